package io.syncline.core.delta;

import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds the pieces of some bases in blocks: at every byte the weak sum is looked up, and where it
 * is a piece's the strong one is compared. Not thread-safe.
 */
public final class DeltaEncoder {
    /** A delta is worth it below this many eighths of the block. */
    private static final int WORTH_EIGHTHS = 6;

    private static final int NONE = -1;

    private final List<Signature> bases;

    /** Of each piece: its base's number, and its number in there. */
    private final int[] base;

    private final int[] within;

    /** Numbers of pieces by weak sum, or {@link #NONE}: open addressing, at most half full. */
    private final int[] table;

    private final MessageDigest digest = Hash.newDigest();

    /** Whether {@link #strong} is the strong sum at the present place. */
    private boolean isHashed;

    private long strong;

    /** Looks for the pieces of these; takes about 24 bytes a piece. */
    public DeltaEncoder(List<Signature> bases) {
        this.bases = List.copyOf(bases);
        int count = bases.stream().mapToInt(Signature::pieces).sum();
        base = new int[count];
        within = new int[count];
        table = new int[Integer.highestOneBit(Math.max(8, count)) << 2];
        Arrays.fill(table, NONE);
        int piece = 0;
        for (int i = 0; i < bases.size(); i++) {
            for (int j = 0; j < bases.get(i).pieces(); j++) {
                base[piece] = i;
                within[piece] = j;
                add(piece++);
            }
        }
    }

    /** Of equal pieces only the first is kept, so that no search gets long. */
    private void add(int piece) {
        int at = slot(weak(piece));
        while (table[at] != NONE) {
            int other = table[at];
            if (weak(other) == weak(piece) && strong(other) == strong(piece)) {
                return;
            }
            at = (at + 1) & (table.length - 1);
        }
        table[at] = piece;
    }

    private int weak(int piece) {
        return bases.get(base[piece]).weak(within[piece]);
    }

    private long strong(int piece) {
        return bases.get(base[piece]).strong(within[piece]);
    }

    /** Fibonacci hashing: the sums of similar pieces are similar. */
    private int slot(int weak) {
        return (weak * 0x9E37_79B9) >>> Integer.numberOfLeadingZeros(table.length - 1);
    }

    /** The block as a delta, where that is worth it; shares the buffer's memory if it has any. */
    public Optional<Delta> encode(ByteBuffer block) {
        byte[] bytes = block.array();
        int start = block.arrayOffset() + block.position();
        int end = start + block.remaining();
        if (base.length == 0 || end - start < Signature.PIECE_BYTES) {
            return Optional.empty();
        }
        var found = new Delta.Builder();
        var sum = new RollingSum();
        sum.begin(bytes, start);
        int literal = start;
        int follows = NONE;
        for (int at = start; at + Signature.PIECE_BYTES <= end; ) {
            isHashed = false;
            int piece = find(sum.value(), bytes, at, follows);
            if (piece != NONE) {
                found.literal(bytes, literal, at);
                found.copy(
                        bases.get(base[piece]),
                        within[piece] * Signature.PIECE_BYTES,
                        Signature.PIECE_BYTES);
                at += Signature.PIECE_BYTES;
                literal = at;
                follows = piece + 1;
                if (at + Signature.PIECE_BYTES <= end) {
                    sum.begin(bytes, at);
                }
            } else {
                if (at + Signature.PIECE_BYTES < end) {
                    sum.move(bytes[at], bytes[at + Signature.PIECE_BYTES]);
                }
                at++;
            }
        }
        found.literal(bytes, literal, end);
        Delta delta = found.build(end - start);
        return delta.writtenBytes() * 8L <= (long) delta.sizeBytes() * WORTH_EIGHTHS
                ? Optional.of(delta)
                : Optional.empty();
    }

    /** A piece that is there, first of all the one that follows the piece before. */
    private int find(int weak, byte[] bytes, int at, int follows) {
        if (follows >= 0
                && follows < base.length
                && weak(follows) == weak
                && strong(follows) == hashed(bytes, at)) {
            return follows;
        }
        for (int slot = slot(weak); table[slot] != NONE; slot = (slot + 1) & (table.length - 1)) {
            int piece = table[slot];
            if (weak(piece) == weak && strong(piece) == hashed(bytes, at)) {
                return piece;
            }
        }
        return NONE;
    }

    private long hashed(byte[] bytes, int at) {
        if (!isHashed) {
            strong = Signature.strong(digest, bytes, at);
            isHashed = true;
        }
        return strong;
    }
}
