package io.syncline.system.fuzz;

import java.io.IOException;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** A target that needs nothing but its input. */
record Decoder(
        String name,
        int inputBytesMax,
        LongUnaryOperator allocation,
        Property property,
        List<byte[]> samples)
        implements Target {
    /** What is done with an input; see {@link Target#decode}. */
    interface Property {
        void check(byte[] input) throws IOException;
    }

    Decoder {
        samples = List.copyOf(samples);
    }

    @Override
    public void decode(byte[] input) throws IOException {
        property.check(input);
    }

    @Override
    public long allocationMax(int inputBytes) {
        return allocation.applyAsLong(inputBytes);
    }
}
