package io.syncline.core.delta;

import io.syncline.core.block.CutParameters;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * A data block as a list of steps, each of which appends to it: a copy out of a base, or bytes.
 *
 * @param sizeBytes of the block, which is what the steps add up to
 */
public record Delta(int sizeBytes, List<Step> steps) {
    /** In a step's word: a copy. The length is below it. */
    private static final int COPY = 1 << 31;

    private static final int COPY_BYTES = Integer.BYTES + Short.BYTES + Integer.BYTES;

    /** What is appended next. */
    public sealed interface Step {
        /** How much it appends. */
        int length();
    }

    /**
     * A part of a base.
     *
     * @param from where it begins in the base
     */
    public record Copy(Signature base, int from, int length) implements Step {}

    /** Bytes that no base has: the remaining ones. */
    public record Literal(ByteBuffer bytes) implements Step {
        @Override
        public int length() {
            return bytes.remaining();
        }
    }

    public Delta {
        steps = List.copyOf(steps);
    }

    /** The bases that it copies from, with their sizes. */
    public Map<Hash, Integer> bases() {
        Map<Hash, Integer> bases = new LinkedHashMap<>();
        for (Step step : steps) {
            if (step instanceof Copy copy) {
                bases.put(copy.base().block(), copy.base().sizeBytes());
            }
        }
        return bases;
    }

    /** How many bytes {@link #write} takes. */
    public int writtenBytes() {
        int bytes = Integer.BYTES;
        for (Step step : steps) {
            bytes +=
                    switch (step) {
                        case Copy _ -> COPY_BYTES;
                        case Literal literal -> Integer.BYTES + literal.length();
                    };
        }
        return bytes;
    }

    /**
     * Writes it: the block's size, then the steps.
     *
     * @param number of each base, 0..65,535
     */
    public void write(ByteBuffer out, ToIntFunction<Hash> number) {
        out.putInt(sizeBytes);
        for (Step step : steps) {
            switch (step) {
                case Copy copy ->
                        out.putInt(COPY | copy.length())
                                .putShort((short) number.applyAsInt(copy.base().block()))
                                .putInt(copy.from());
                case Literal literal ->
                        out.putInt(literal.length()).put(literal.bytes().duplicate());
            }
        }
    }

    /**
     * Rebuilds the block that is spelt at the buffer's position, which moves behind it. Takes no
     * more memory than the block.
     *
     * @param bases by their numbers; their positions stay
     * @param sizeMax most bytes that it may have
     * @throws SynclineException CORRUPT where it breaks the form, or copies from outside of a base
     */
    public static byte[] rebuild(ByteBuffer in, List<ByteBuffer> bases, int sizeMax) {
        int size = in.remaining() < Integer.BYTES ? 0 : in.getInt();
        if (size < 1 || size > Math.min(sizeMax, CutParameters.BLOCK_BYTES_MAX)) {
            throw SynclineException.corrupt("a delta of a block of " + size + " bytes");
        }
        byte[] block = new byte[size];
        int at = 0;
        while (at < size) {
            int word = in.remaining() < Integer.BYTES ? 0 : in.getInt();
            int length = word & ~COPY;
            if (length < 1 || length > size - at) {
                throw SynclineException.corrupt("a delta appends " + length + " bytes");
            }
            if ((word & COPY) != 0) {
                copy(in, bases, block, at, length);
            } else if (length > in.remaining()) {
                throw cutOff();
            } else {
                in.get(block, at, length);
            }
            at += length;
        }
        return block;
    }

    private static void copy(
            ByteBuffer in, List<ByteBuffer> bases, byte[] block, int at, int length) {
        if (in.remaining() < COPY_BYTES - Integer.BYTES) {
            throw cutOff();
        }
        int number = in.getShort() & 0xFFFF;
        int from = in.getInt();
        ByteBuffer base = number < bases.size() ? bases.get(number) : ByteBuffer.allocate(0);
        if (from < 0 || from > base.remaining() - length) {
            throw SynclineException.corrupt("a delta copies from outside of a base");
        }
        base.get(base.position() + from, block, at, length);
    }

    private static SynclineException cutOff() {
        return SynclineException.corrupt("a delta is cut off");
    }

    /** Collects steps; copies that follow one another in a base become one. */
    static final class Builder {
        private final List<Step> steps = new ArrayList<>();

        void copy(Signature base, int from, int length) {
            if (!steps.isEmpty()
                    && steps.getLast() instanceof Copy before
                    && before.base() == base
                    && before.from() + before.length() == from) {
                steps.removeLast();
                steps.add(new Copy(base, before.from(), before.length() + length));
            } else {
                steps.add(new Copy(base, from, length));
            }
        }

        void literal(byte[] bytes, int from, int to) {
            if (to > from) {
                steps.add(new Literal(ByteBuffer.wrap(bytes, from, to - from)));
            }
        }

        Delta build(int sizeBytes) {
            return new Delta(sizeBytes, steps);
        }
    }
}
