package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The binary bodies of {@code blocks/missing} and {@code blocks/read}: hashes of 32 bytes one after
 * another, and a bitmap over them, bit i being bit {@code i % 8}, least significant first, of byte
 * {@code i / 8}.
 */
public final class Hashes {
    private Hashes() {}

    /** These hashes one after another. */
    public static byte[] toBytes(List<Hash> hashes) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(hashes.size(), Hash.BYTES));
        hashes.forEach(hash -> hash.write(bytes));
        return bytes.array();
    }

    /**
     * The hashes that a body spells, in its order; repeats are kept.
     *
     * @throws SynclineException INVALID where it isn't 1..{@code countMax} whole hashes
     */
    public static List<Hash> fromBytes(byte[] body, int countMax) {
        if (body.length == 0 || body.length % Hash.BYTES != 0) {
            throw SynclineException.invalid(
                    "a list of hashes has 32 bytes for each, not " + body.length);
        }
        int count = body.length / Hash.BYTES;
        if (count > countMax) {
            throw SynclineException.invalid("a list of hashes has at most " + countMax);
        }
        ByteBuffer bytes = ByteBuffer.wrap(body);
        List<Hash> hashes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            hashes.add(Hash.read(bytes));
        }
        return List.copyOf(hashes);
    }

    /** The bitmap of {@code count} bits, those set that {@code set} holds. */
    public static byte[] bitmap(BitSet set, int count) {
        if (set.length() > count) {
            throw new IllegalStateException("bit " + (set.length() - 1) + " of " + count);
        }
        byte[] bytes = new byte[bitmapBytes(count)];
        byte[] used = set.toByteArray();
        System.arraycopy(used, 0, bytes, 0, used.length);
        return bytes;
    }

    /**
     * The bits that are set in a bitmap of {@code count} bits.
     *
     * @throws SynclineException INVALID where its length is another, or a bit beyond is set
     */
    public static BitSet bitmap(byte[] bitmap, int count) {
        if (bitmap.length != bitmapBytes(count)) {
            throw SynclineException.invalid(
                    "a bitmap of " + count + " bits has not " + bitmap.length + " bytes");
        }
        BitSet set = BitSet.valueOf(bitmap);
        if (set.length() > count) {
            throw SynclineException.invalid("a bitmap has a bit beyond its " + count);
        }
        return set;
    }

    private static int bitmapBytes(int count) {
        return (count + 7) / 8;
    }
}
