package io.syncline.core.frame;

import io.syncline.core.block.CutParameters;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The first 52 bytes of a frame; the payload of {@code storedBytes} follows.
 *
 * @param level 0 for a data block, n for a tree block of level n
 * @param plainBytes of the block, 1..256 KiB
 * @param storedBytes of the payload: as many where it is plain, else fewer
 * @param hash the block's name
 * @param payloadChecksum CRC32C of the payload
 */
public record FrameHeader(
        Encoding encoding,
        int level,
        int plainBytes,
        int storedBytes,
        Hash hash,
        int payloadChecksum) {
    /** Length of a header. */
    public static final int BYTES = 52;

    /** Longest frame. */
    public static final int FRAME_BYTES_MAX = BYTES + CutParameters.BLOCK_BYTES_MAX;

    /** {@code SF}, version 1, and room for the encoding. */
    static final int MAGIC = 'S' << 24 | 'F' << 16 | 1 << 8;

    private static final int CHECKED_BYTES = BYTES - Integer.BYTES;

    public FrameHeader {
        if (level < 0 || level > Content.MAX_LEVEL) {
            throw SynclineException.corrupt("a frame's level is 0..8, not " + level);
        }
        if (plainBytes < 1 || plainBytes > CutParameters.BLOCK_BYTES_MAX) {
            throw SynclineException.corrupt("a frame of a block of " + plainBytes + " bytes");
        }
        boolean fits =
                encoding == Encoding.PLAIN
                        ? storedBytes == plainBytes
                        : storedBytes >= 1 && storedBytes < plainBytes;
        if (!fits) {
            throw SynclineException.corrupt(
                    "a frame stores " + plainBytes + " bytes as " + storedBytes);
        }
    }

    /** Length of the whole frame. */
    public int frameBytes() {
        return BYTES + storedBytes;
    }

    /**
     * Reads a header at the buffer's position, which moves behind it.
     *
     * @throws SynclineException CORRUPT where there is none
     */
    public static FrameHeader read(ByteBuffer in) {
        if (in.remaining() < BYTES) {
            throw SynclineException.corrupt("a frame's header is cut off");
        }
        ByteBuffer header = in.slice(in.position(), BYTES).order(ByteOrder.BIG_ENDIAN);
        if (!looksLikeOne(header, 0)) {
            throw SynclineException.corrupt("no frame header of version 1, or a damaged one");
        }
        int magic = header.getInt();
        int levelAndPlain = header.getInt();
        int stored = header.getInt();
        Hash hash = Hash.read(header);
        FrameHeader read =
                new FrameHeader(
                        encoding(magic & 0xFF),
                        levelAndPlain >>> 24,
                        levelAndPlain & 0xFF_FFFF,
                        stored,
                        hash,
                        header.getInt());
        in.position(in.position() + BYTES);
        return read;
    }

    /** Whether magic and checksum of a header are right at this offset of a big-endian buffer. */
    static boolean looksLikeOne(ByteBuffer in, int offset) {
        return (in.getInt(offset) & ~0xFF) == MAGIC
                && in.getInt(offset + CHECKED_BYTES) == checksum(in.slice(offset, CHECKED_BYTES));
    }

    private static Encoding encoding(int code) {
        for (Encoding encoding : Encoding.values()) {
            if (encoding.code() == code) {
                return encoding;
            }
        }
        throw SynclineException.corrupt("a frame of unknown encoding " + code);
    }

    /** Writes the header at the buffer's position, which moves behind it. */
    void write(ByteBuffer out) {
        ByteBuffer header = ByteBuffer.allocate(BYTES);
        header.putInt(MAGIC | encoding.code()).putInt(level << 24 | plainBytes).putInt(storedBytes);
        hash.write(header);
        header.putInt(payloadChecksum);
        header.putInt(checksum(header.slice(0, CHECKED_BYTES))).flip();
        out.put(header);
    }

    static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
