package io.syncline.core.frame;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.nio.ByteBuffer;

/** Reads and verifies frames. Holds native memory; not thread-safe. */
public final class FrameDecoder implements AutoCloseable {
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final BlockHasher hasher = new BlockHasher();

    /**
     * The block of the frame that the remaining bytes are; the position stays. A plain block shares
     * the buffer's memory, so the buffer must not change afterwards.
     *
     * @throws SynclineException CORRUPT where form, checksum or name is wrong, or something
     *     follows; UPGRADE_REQUIRED for a delta
     */
    public Block decode(ByteBuffer frame) {
        FrameHeader header = check(frame);
        ByteBuffer payload =
                frame.slice(frame.position() + FrameHeader.BYTES, header.storedBytes());
        ByteBuffer plain =
                switch (header.encoding()) {
                    case PLAIN -> payload;
                    case ZSTD -> ByteBuffer.wrap(decompress(zstd, payload, header.plainBytes()));
                    case DELTA ->
                            throw new SynclineException(
                                    ErrorCode.UPGRADE_REQUIRED,
                                    "block "
                                            + header.hash()
                                            + " is a delta: a newer version is needed");
                };
        if (!hasher.hash(header.level(), plain).equals(header.hash())) {
            throw SynclineException.corrupt("block " + header.hash() + " has another's bytes");
        }
        return new Block(header.hash(), header.level(), plain);
    }

    /**
     * The header of the frame that the remaining bytes are, its form and both checksums checked,
     * but not the block's name: a fast proof that a disk kept what it was given. The position
     * stays.
     *
     * @throws SynclineException CORRUPT where they aren't exactly one frame
     */
    public static FrameHeader check(ByteBuffer frame) {
        FrameHeader header = FrameHeader.read(frame.duplicate());
        if (frame.remaining() != header.frameBytes()) {
            throw SynclineException.corrupt(
                    "a frame of " + header.frameBytes() + " bytes in " + frame.remaining());
        }
        ByteBuffer payload =
                frame.slice(frame.position() + FrameHeader.BYTES, header.storedBytes());
        if (FrameHeader.checksum(payload) != header.payloadChecksum()) {
            throw SynclineException.corrupt("block " + header.hash() + " has a damaged payload");
        }
        return header;
    }

    /**
     * Decompresses exactly one zstd frame to exactly {@code plainBytes}, which the caller has
     * bounded: what it states is compared before any memory is taken, and it can't write beyond.
     */
    static byte[] decompress(ZstdDecompressCtx zstd, ByteBuffer compressed, int plainBytes) {
        byte[] in;
        int from;
        int length = compressed.remaining();
        if (length == 0) {
            throw SynclineException.corrupt("there are no compressed bytes");
        }
        if (compressed.hasArray()) {
            in = compressed.array();
            from = compressed.arrayOffset() + compressed.position();
        } else {
            in = new byte[length];
            from = 0;
            compressed.duplicate().get(in);
        }
        try {
            if (Zstd.getFrameContentSize(in, from, length) != plainBytes
                    || Zstd.findFrameCompressedSize(in, from, length) != length) {
                throw SynclineException.corrupt(
                        "compressed bytes aren't one zstd frame of " + plainBytes + " bytes");
            }
            byte[] plain = new byte[plainBytes];
            int written = zstd.decompressByteArray(plain, 0, plainBytes, in, from, length);
            if (written != plainBytes) {
                throw SynclineException.corrupt(
                        "compressed bytes gave " + written + " of " + plainBytes + " bytes");
            }
            return plain;
        } catch (ZstdException e) {
            throw new SynclineException(ErrorCode.CORRUPT, "cannot decompress", e);
        }
    }

    @Override
    public void close() {
        zstd.close();
    }
}
