package io.syncline.core.frame;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import io.syncline.core.error.SynclineException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bare zstd frames (RFC 8878) that state their content size, for formats whose sections carry names
 * and checksums of their own. Holds native memory; not thread-safe.
 */
public final class Zstandard implements AutoCloseable {
    private final ZstdCompressCtx compressor;
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

    /** A codec that compresses at that level. */
    public Zstandard(int level) {
        compressor = FrameEncoder.newContext(level);
    }

    /** The first {@code length} bytes as one frame, in a new array. */
    public byte[] compress(byte[] plain, int length) {
        byte[] out = new byte[(int) Zstd.compressBound(length)];
        int written = compressor.compressByteArray(out, 0, out.length, plain, 0, length);
        return Arrays.copyOf(out, written);
    }

    /**
     * The bytes of exactly one frame, which must state {@code plainBytes}; the caller has bounded
     * that.
     *
     * @throws SynclineException CORRUPT
     */
    public byte[] decompress(ByteBuffer compressed, int plainBytes) {
        return FrameDecoder.decompress(decompressor, compressed, plainBytes);
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}
