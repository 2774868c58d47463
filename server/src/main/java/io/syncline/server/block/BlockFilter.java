package io.syncline.server.block;

import io.syncline.core.tree.Hash;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Tells of most hashes that aren't in a set that they aren't: a Bloom filter whose bits of one hash
 * lie in one cache line (Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom
 * Filters", 2007). The hashes are SHA-256, so their own bits are as random as any. With 10 bits a
 * member, 2 of 100 others look like members. Any number of threads may add and ask at once; what is
 * added is seen at once.
 */
final class BlockFilter {
    /** R48. */
    static final int BITS_PER_BLOCK = 10;

    private static final int LINE_LONGS = 8;
    private static final int LINE_BITS = LINE_LONGS * 64;
    private static final int PROBES = 6;

    private final AtomicLongArray bits;
    private final int lines;

    /** An empty filter for about so many members; more make it answer "maybe" more often. */
    BlockFilter(long members) {
        lines = lines(members);
        bits = new AtomicLongArray(lines * LINE_LONGS);
    }

    private static int lines(long members) {
        long lines = (members * BITS_PER_BLOCK + LINE_BITS - 1) / LINE_BITS;
        return (int) Math.clamp(lines, 1L, Integer.MAX_VALUE / LINE_LONGS);
    }

    /** How much memory a filter for so many members takes. */
    static long bytes(long members) {
        return (long) lines(members) * LINE_LONGS * 8;
    }

    void add(Hash hash) {
        int line = line(hash);
        long probes = hash.c();
        for (int i = 0; i < PROBES; i++) {
            int bit = (int) probes & (LINE_BITS - 1);
            long mask = 1L << (bit & 63);
            int at = line + (bit >>> 6);
            if ((bits.get(at) & mask) == 0) {
                bits.getAndAccumulate(at, mask, (old, added) -> old | added);
            }
            probes >>>= 9;
        }
    }

    /** False when the hash was never added. */
    boolean mayHave(Hash hash) {
        int line = line(hash);
        long probes = hash.c();
        for (int i = 0; i < PROBES; i++) {
            int bit = (int) probes & (LINE_BITS - 1);
            if ((bits.get(line + (bit >>> 6)) & 1L << (bit & 63)) == 0) {
                return false;
            }
            probes >>>= 9;
        }
        return true;
    }

    /** The first place of the hash's line, by multiplication instead of division. */
    private int line(Hash hash) {
        return (int) Math.unsignedMultiplyHigh(hash.b(), lines) * LINE_LONGS;
    }
}
