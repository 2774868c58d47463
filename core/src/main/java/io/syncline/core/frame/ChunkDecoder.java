package io.syncline.core.frame;

import com.github.luben.zstd.ZstdDecompressCtx;
import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.CutParameters;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and verifies chunks. Holds native memory; not thread-safe. */
public final class ChunkDecoder implements AutoCloseable {
    /**
     * A verified block of a chunk.
     *
     * @param frame its frame, read-only, where it came as one: may be stored as it is
     */
    public record Received(Block block, Optional<ByteBuffer> frame) {}

    private final int plainBytesMax;
    private final FrameDecoder frames = new FrameDecoder();
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final BlockHasher hasher = new BlockHasher();

    /**
     * A decoder of chunks with at most that many plain bytes: {@code Limits.CHUNK_BYTES_MAX} for
     * what is uploaded, {@code Limits.READ_BYTES_MAX} for what is read.
     */
    public ChunkDecoder(int plainBytesMax) {
        this.plainBytesMax = plainBytesMax;
    }

    /**
     * The blocks of the chunk that the remaining bytes are, in their order; the position stays.
     * Every block's name is computed from its bytes. Blocks may share the buffer's memory, so the
     * buffer must not change afterwards. Takes at most {@code plainBytesMax} more memory, and a
     * sixteenth for its lists.
     *
     * @throws SynclineException CORRUPT where the form or a name is wrong, something follows, or
     *     there is more than {@code plainBytesMax}; UPGRADE_REQUIRED for a delta
     */
    public List<Received> decode(ByteBuffer chunk) {
        ByteBuffer in = chunk.slice();
        ChunkHeader header = ChunkHeader.read(in);
        if (header.plainBytes() > plainBytesMax) {
            throw SynclineException.corrupt(
                    "a chunk of " + header.plainBytes() + " bytes, above " + plainBytesMax);
        }
        return switch (header.form()) {
            case FRAMES -> frames(header, in);
            case TOGETHER -> together(header, in);
        };
    }

    private List<Received> frames(ChunkHeader header, ByteBuffer in) {
        if (in.remaining() < header.blockCount() * (FrameHeader.BYTES + 1)) {
            throw SynclineException.corrupt("a chunk is shorter than its frames");
        }
        List<Received> blocks = new ArrayList<>(header.blockCount());
        long plain = 0;
        for (int i = 0; i < header.blockCount(); i++) {
            FrameHeader frame = FrameHeader.read(in.duplicate());
            plain += frame.plainBytes();
            if (frame.frameBytes() > in.remaining() || plain > header.plainBytes()) {
                throw SynclineException.corrupt("a chunk has other frames than it says");
            }
            ByteBuffer bytes = in.slice(in.position(), frame.frameBytes());
            in.position(in.position() + frame.frameBytes());
            blocks.add(new Received(frames.decode(bytes), Optional.of(bytes.asReadOnlyBuffer())));
        }
        checkEnd(in, plain, header);
        return blocks;
    }

    private List<Received> together(ChunkHeader header, ByteBuffer in) {
        byte[] plainBytes = FrameDecoder.decompress(zstd, in, header.togetherBytes());
        ByteBuffer plain = ByteBuffer.wrap(plainBytes);
        List<Received> blocks = new ArrayList<>(header.blockCount());
        long sum = 0;
        for (int i = 0; i < header.blockCount(); i++) {
            if (plain.remaining() < Integer.BYTES) {
                throw SynclineException.corrupt("a chunk has fewer blocks than it says");
            }
            int word = plain.getInt();
            int level = word >>> 24;
            int size = word & 0xFF_FFFF;
            if (level > Content.MAX_LEVEL
                    || size < 1
                    || size > CutParameters.BLOCK_BYTES_MAX
                    || size > plain.remaining()) {
                throw SynclineException.corrupt("a chunk has a block of " + size + " bytes");
            }
            int from = plain.position();
            ByteBuffer bytes = plain.slice(from, size);
            plain.position(from + size);
            sum += size;
            Block block =
                    new Block(hasher.hash(level, plainBytes, from, from + size), level, bytes);
            blocks.add(new Received(block, Optional.empty()));
        }
        checkEnd(plain, sum, header);
        return blocks;
    }

    private static void checkEnd(ByteBuffer rest, long plain, ChunkHeader header) {
        if (rest.hasRemaining() || plain != header.plainBytes()) {
            throw SynclineException.corrupt("a chunk has other blocks than it says");
        }
    }

    @Override
    public void close() {
        zstd.close();
        frames.close();
    }
}
