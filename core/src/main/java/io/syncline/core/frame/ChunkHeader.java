package io.syncline.core.frame;

import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;

/**
 * The first 16 bytes of a chunk.
 *
 * @param blockCount 1..16,384
 * @param plainBytes the sum of the blocks' sizes
 */
record ChunkHeader(ChunkForm form, int blockCount, int plainBytes) {
    static final int BYTES = 16;

    /** In a block's word: its bytes aren't compressed, but follow as they are. */
    static final int BARE = 1 << 31;

    /** In a block's word: its size. The level is between the two. */
    static final int SIZE = 0xFF_FFFF;

    private static final int MAGIC = 'S' << 24 | 'L' << 16 | 'C' << 8 | 1;

    ChunkHeader {
        if (blockCount < 1 || blockCount > ChunkEncoder.BLOCKS_MAX) {
            throw SynclineException.corrupt("a chunk of " + blockCount + " blocks");
        }
        if (plainBytes < blockCount || plainBytes > Limits.READ_BYTES_MAX) {
            throw SynclineException.corrupt(
                    "a chunk of " + blockCount + " blocks of " + plainBytes + " bytes");
        }
    }

    static ChunkHeader read(ByteBuffer in) {
        if (in.remaining() < BYTES || in.getInt() != MAGIC) {
            throw SynclineException.corrupt("no chunk of version 1");
        }
        return new ChunkHeader(ChunkForm.of(in.getInt()), in.getInt(), in.getInt());
    }

    void write(ByteBuffer out) {
        out.putInt(MAGIC).putInt(form.code()).putInt(blockCount).putInt(plainBytes);
    }
}
