package io.syncline.system.fuzz;

import java.io.IOException;
import java.util.List;

/** A decoder of bytes from outside, and what must hold for it. Used by one thread. */
interface Target extends AutoCloseable {
    /** By which it is asked for, and its corpus is found. */
    String name();

    /** Inputs that are right, made by the real encoders. */
    List<byte[]> samples();

    /**
     * Decodes the input: returns where it is right or refused as documented, and throws whatever
     * else comes, or an {@link AssertionError} where what was decoded isn't right.
     */
    void decode(byte[] input) throws IOException;

    /** Longest input worth trying, in bytes. */
    default int inputBytesMax() {
        return 4_096;
    }

    /** Most memory that decoding {@code inputBytes} may take from the heap, in bytes. */
    long allocationMax(int inputBytes);

    /** How many inputs a brief run tries. */
    default int briefly() {
        return 1_000;
    }

    @Override
    default void close() {
        // Most hold nothing.
    }
}
