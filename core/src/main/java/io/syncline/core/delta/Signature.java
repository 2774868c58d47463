package io.syncline.core.delta;

import io.syncline.core.block.CutParameters;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * What whoever has a data block tells of it, so that others can say which parts of theirs it holds:
 * a weak and a strong sum of each whole piece of {@link #PIECE_BYTES}, from its beginning on. A sum
 * that is met by chance costs a block sent again, never a wrong one: what is rebuilt is hashed.
 * Immutable. Form: docs/formats.md, <em>Signatures</em>.
 */
public final class Signature {
    /** A piece: 12 bytes tell of 2 KiB. */
    public static final int PIECE_BYTES = 2 << 10;

    /** Most signatures in one answer: the blocks of 8 MiB, none shorter than 2 KiB. */
    public static final int COUNT_MAX = 4_096;

    private static final int MAGIC = 'S' << 24 | 'L' << 16 | 'S' << 8 | 1;
    private static final int HEADER_BYTES = 2 * Integer.BYTES;
    private static final int SUMS_BYTES = Integer.BYTES + Long.BYTES;

    private final Hash block;
    private final int sizeBytes;
    private final int[] weak;
    private final long[] strong;

    private Signature(Hash block, int sizeBytes, int[] weak, long[] strong) {
        this.block = block;
        this.sizeBytes = sizeBytes;
        this.weak = weak;
        this.strong = strong;
    }

    /** The signature of a data block with these remaining bytes; the position stays. */
    public static Signature of(Hash block, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        int pieces = copy.length / PIECE_BYTES;
        int[] weak = new int[pieces];
        long[] strong = new long[pieces];
        var sum = new RollingSum();
        var digest = Hash.newDigest();
        for (int i = 0; i < pieces; i++) {
            sum.begin(copy, i * PIECE_BYTES);
            weak[i] = sum.value();
            strong[i] = strong(digest, copy, i * PIECE_BYTES);
        }
        return new Signature(block, copy.length, weak, strong);
    }

    /** The strong sum of the piece at {@code from}: the first 8 bytes of its SHA-256. */
    static long strong(MessageDigest digest, byte[] bytes, int from) {
        digest.update(bytes, from, PIECE_BYTES);
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    /** The block's name. */
    public Hash block() {
        return block;
    }

    /** How long the block is. */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** How many whole pieces it has. */
    public int pieces() {
        return weak.length;
    }

    int weak(int piece) {
        return weak[piece];
    }

    long strong(int piece) {
        return strong[piece];
    }

    /** These signatures, at most {@link #COUNT_MAX}, as they travel. */
    public static ByteBuffer write(List<Signature> signatures) {
        int pieces = signatures.stream().mapToInt(Signature::pieces).sum();
        ByteBuffer out =
                ByteBuffer.allocate(
                        HEADER_BYTES
                                + signatures.size() * (Hash.BYTES + Integer.BYTES)
                                + pieces * SUMS_BYTES);
        out.putInt(MAGIC).putInt(signatures.size());
        for (Signature signature : signatures) {
            signature.block.write(out);
            out.putInt(signature.sizeBytes);
            for (int i = 0; i < signature.pieces(); i++) {
                out.putInt(signature.weak[i]).putLong(signature.strong[i]);
            }
        }
        return out.flip();
    }

    /**
     * The signatures that the remaining bytes spell; the position stays.
     *
     * @throws SynclineException CORRUPT where they break the form
     */
    public static List<Signature> read(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice();
        if (in.remaining() < HEADER_BYTES || in.getInt() != MAGIC) {
            throw SynclineException.corrupt("no signatures of version 1");
        }
        int count = in.getInt();
        if (count < 0 || count > COUNT_MAX) {
            throw SynclineException.corrupt(count + " signatures at once");
        }
        List<Signature> signatures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            signatures.add(readOne(in));
        }
        if (in.hasRemaining()) {
            throw SynclineException.corrupt("something follows the signatures");
        }
        return signatures;
    }

    private static Signature readOne(ByteBuffer in) {
        if (in.remaining() < Hash.BYTES + Integer.BYTES) {
            throw cutOff();
        }
        Hash block = Hash.read(in);
        int size = in.getInt();
        if (size < 1 || size > CutParameters.BLOCK_BYTES_MAX) {
            throw SynclineException.corrupt("a signature of a block of " + size + " bytes");
        }
        int pieces = size / PIECE_BYTES;
        if (in.remaining() < pieces * SUMS_BYTES) {
            throw cutOff();
        }
        int[] weak = new int[pieces];
        long[] strong = new long[pieces];
        for (int i = 0; i < pieces; i++) {
            weak[i] = in.getInt();
            strong[i] = in.getLong();
        }
        return new Signature(block, size, weak, strong);
    }

    private static SynclineException cutOff() {
        return SynclineException.corrupt("signatures are cut off");
    }
}
