package io.syncline.server.collect;

import java.util.Arrays;

/**
 * A set of block numbers as a bitmap (R47): 20 MB for 160 million blocks. Parts of 65,536 numbers
 * are made when one of theirs is set, so numbers of blocks deleted long ago cost an eighth of a
 * thousandth of a byte. Used by one thread.
 */
final class Marks {
    private static final int PART_BITS = 16;
    private static final int PART_LONGS = 1 << (PART_BITS - 6);
    private static final long[] NONE = {};

    private long[][] parts = new long[0][];
    private long count;

    /** Adds a number, from 0 to 2^46; false when it was there. */
    boolean add(long number) {
        int part = Math.toIntExact(number >>> PART_BITS);
        if (part >= parts.length) {
            int before = parts.length;
            parts = Arrays.copyOf(parts, Math.max(part + 1, before + before / 2));
            Arrays.fill(parts, before, parts.length, NONE);
        }
        long[] bits = parts[part];
        if (bits.length == 0) {
            bits = new long[PART_LONGS];
            parts[part] = bits;
        }
        int index = (int) (number >>> 6) & (PART_LONGS - 1);
        long bit = 1L << (number & 63);
        if ((bits[index] & bit) != 0) {
            return false;
        }
        bits[index] |= bit;
        count++;
        return true;
    }

    boolean has(long number) {
        long part = number >>> PART_BITS;
        if (part >= parts.length) {
            return false;
        }
        long[] bits = parts[(int) part];
        return bits.length > 0
                && (bits[(int) (number >>> 6) & (PART_LONGS - 1)] & 1L << (number & 63)) != 0;
    }

    long count() {
        return count;
    }
}
