package io.syncline.core.frame;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.syncline.core.block.Block;
import io.syncline.core.block.CutParameters;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;

/**
 * Makes frames: zstd where that saves a sixteenth or more, else plain. Holds native memory; not
 * thread-safe.
 */
public final class FrameEncoder implements AutoCloseable {
    /** The store's own time is spent, for bytes on a disk: the fastest. */
    private static final int ZSTD_LEVEL = 1;

    private final ZstdCompressCtx zstd = newContext(ZSTD_LEVEL);
    private final byte[] compressed =
            new byte[(int) Zstd.compressBound(CutParameters.BLOCK_BYTES_MAX)];

    static ZstdCompressCtx newContext(int level) {
        ZstdCompressCtx context = new ZstdCompressCtx();
        context.setLevel(level);
        context.setContentSize(true);
        context.setChecksum(false);
        return context;
    }

    /**
     * Whether storing {@code compressed} bytes instead of {@code plain} ones is worth a reader's
     * time.
     */
    static boolean helps(int compressed, int plain) {
        return compressed <= plain - Math.max(1, plain / 16);
    }

    /** The frame of a block, in a new buffer. */
    public ByteBuffer encode(Block block) {
        ByteBuffer bytes = block.bytes();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return encode(block.hash(), block.level(), copy, 0, copy.length);
    }

    /**
     * The frame of a block of 1..256 KiB, in a new buffer.
     *
     * @param hash the block's name, which the caller computed
     */
    public ByteBuffer encode(Hash hash, int level, byte[] bytes, int from, int to) {
        int plain = to - from;
        if (plain < 1 || plain > CutParameters.BLOCK_BYTES_MAX) {
            throw new IllegalArgumentException("a block of " + plain + " bytes");
        }
        int stored = zstd.compressByteArray(compressed, 0, compressed.length, bytes, from, plain);
        return helps(stored, plain)
                ? frame(Encoding.ZSTD, hash, level, plain, ByteBuffer.wrap(compressed, 0, stored))
                : frame(Encoding.PLAIN, hash, level, plain, ByteBuffer.wrap(bytes, from, plain));
    }

    private static ByteBuffer frame(
            Encoding encoding, Hash hash, int level, int plain, ByteBuffer payload) {
        ByteBuffer frame = ByteBuffer.allocate(FrameHeader.BYTES + payload.remaining());
        write(frame, encoding, hash, level, plain, payload);
        return frame.flip();
    }

    static void write(
            ByteBuffer out,
            Encoding encoding,
            Hash hash,
            int level,
            int plain,
            ByteBuffer payload) {
        int checksum = FrameHeader.checksum(payload.duplicate());
        new FrameHeader(encoding, level, plain, payload.remaining(), hash, checksum).write(out);
        out.put(payload);
    }

    @Override
    public void close() {
        zstd.close();
    }
}
