package io.syncline.core.frame;

import com.github.luben.zstd.ZstdDecompressCtx;
import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.CutParameters;
import io.syncline.core.delta.Delta;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads and verifies chunks, one after another. Holds native memory, and after a chunk with bare
 * blocks as much as these took; not thread-safe.
 */
public final class ChunkDecoder implements AutoCloseable {
    /**
     * A verified block of a chunk.
     *
     * @param frame its frame, read-only, where it came as one or wasn't compressed: may be stored
     *     as it is
     */
    public record Received(Block block, Optional<ByteBuffer> frame) {}

    private final int plainBytesMax;
    private final FrameDecoder frames = new FrameDecoder();
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final BlockHasher hasher = new BlockHasher();

    /**
     * The frames of the bare blocks of the last chunk, kept for the next one: memory that is taken
     * anew for each chunk costs more than what is done with it.
     */
    private byte[] bareFrames = new byte[0];

    private int bareFramesEnd;

    /**
     * A decoder of chunks with at most that many plain bytes: {@code Limits.CHUNK_BYTES_MAX} for
     * what is uploaded, {@code Limits.READ_BYTES_MAX} for what is read.
     */
    public ChunkDecoder(int plainBytesMax) {
        this.plainBytesMax = plainBytesMax;
    }

    /**
     * The blocks of the chunk that the remaining bytes are, in their order; the position stays. It
     * isn't one of deltas. Every block's name is computed from its bytes. Blocks may share the
     * buffer's memory, so the buffer must not change afterwards, and this decoder's: they are right
     * until the next chunk is decoded. Takes at most {@code plainBytesMax} more memory, and about
     * 350 bytes a block.
     *
     * @throws SynclineException CORRUPT where the form or a name is wrong, something follows, or
     *     there is more than {@code plainBytesMax}; UPGRADE_REQUIRED for a frame that is a delta
     */
    public List<Received> decode(ByteBuffer chunk) {
        return decode(chunk, List.of());
    }

    /**
     * The same, of deltas as well. These take twice {@code plainBytesMax} as memory.
     *
     * @param bases the bytes of the blocks that {@link #bases} names, in this order
     */
    public List<Received> decode(ByteBuffer chunk, List<ByteBuffer> bases) {
        ByteBuffer in = chunk.slice();
        ChunkHeader header = ChunkHeader.read(in);
        if (header.plainBytes() > plainBytesMax) {
            throw SynclineException.corrupt(
                    "a chunk of " + header.plainBytes() + " bytes, above " + plainBytesMax);
        }
        return switch (header.form()) {
            case FRAMES -> frames(header, in);
            case TOGETHER -> together(header, in);
            case DELTAS -> deltas(header, in, bases);
        };
    }

    /**
     * The data blocks that the deltas of a chunk copy from, at most {@link
     * DeltaChunkEncoder#BASES_MAX}; none where it isn't one of deltas. The position stays.
     *
     * @throws SynclineException CORRUPT where it is no chunk, or cut off
     */
    public static List<Hash> bases(ByteBuffer chunk) {
        ByteBuffer in = chunk.slice();
        return ChunkHeader.read(in).form() == ChunkForm.DELTAS ? readBases(in) : List.of();
    }

    private static List<Hash> readBases(ByteBuffer in) {
        int count = in.remaining() < Short.BYTES ? 0 : in.getShort() & 0xFFFF;
        if (count < 1
                || count > DeltaChunkEncoder.BASES_MAX
                || in.remaining() < count * Hash.BYTES) {
            throw SynclineException.corrupt("deltas against " + count + " bases");
        }
        List<Hash> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add(Hash.read(in));
        }
        return names;
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
        if (in.hasRemaining() || plain != header.plainBytes()) {
            throw SynclineException.corrupt("a chunk has other blocks than it says");
        }
        return blocks;
    }

    private List<Received> together(ChunkHeader header, ByteBuffer in) {
        int compressedBytes = in.remaining() < Integer.BYTES ? 0 : in.getInt();
        if (compressedBytes < 1 || compressedBytes > in.remaining()) {
            throw SynclineException.corrupt("a chunk is cut off");
        }
        ByteBuffer compressed = in.slice(in.position(), compressedBytes);
        ByteBuffer bare = in.position(in.position() + compressedBytes);
        int wordsBytes = header.blockCount() * Integer.BYTES;
        int shrunkBytes = wordsBytes + header.plainBytes() - bare.remaining();
        if (shrunkBytes < wordsBytes) {
            throw SynclineException.corrupt("a chunk is longer than its blocks");
        }
        ByteBuffer shrunk = ByteBuffer.wrap(FrameDecoder.decompress(zstd, compressed, shrunkBytes));
        ByteBuffer words = shrunk.slice(0, wordsBytes);
        shrunk.position(wordsBytes);
        int frameBytesMax = bare.remaining() + header.blockCount() * FrameHeader.BYTES;
        if (bareFrames.length < frameBytesMax && bare.hasRemaining()) {
            bareFrames = new byte[frameBytesMax];
        }
        bareFramesEnd = 0;
        List<Received> blocks = new ArrayList<>(header.blockCount());
        while (words.hasRemaining()) {
            int word = words.getInt();
            boolean isBare = (word & ChunkHeader.BARE) != 0;
            int level = (word & ~ChunkHeader.BARE) >>> 24;
            ByteBuffer bytes = take(isBare ? bare : shrunk, level, word & ChunkHeader.SIZE);
            blocks.add(isBare ? framed(level, bytes) : unframed(level, bytes));
        }
        if (shrunk.hasRemaining() || bare.hasRemaining()) {
            throw SynclineException.corrupt("a chunk has other blocks than it says");
        }
        return blocks;
    }

    private List<Received> deltas(ChunkHeader header, ByteBuffer in, List<ByteBuffer> bases) {
        if (readBases(in).size() != bases.size()) {
            throw SynclineException.corrupt("deltas without their bases");
        }
        int size = in.remaining() < Integer.BYTES ? 0 : in.getInt();
        if (size < 1 || size > DeltaChunkEncoder.WRITTEN_BYTES_MAX) {
            throw SynclineException.corrupt("deltas of " + size + " bytes");
        }
        ByteBuffer written = ByteBuffer.wrap(FrameDecoder.decompress(zstd, in, size));
        List<Received> blocks = new ArrayList<>();
        int left = header.plainBytes();
        for (int i = 0; i < header.blockCount(); i++) {
            byte[] block = Delta.rebuild(written, bases, left);
            left -= block.length;
            blocks.add(unframed(0, ByteBuffer.wrap(block)));
        }
        if (written.hasRemaining() || left != 0) {
            throw SynclineException.corrupt("a chunk has other deltas than it says");
        }
        return blocks;
    }

    private static ByteBuffer take(ByteBuffer from, int level, int size) {
        if (level > Content.MAX_LEVEL
                || size < 1
                || size > CutParameters.BLOCK_BYTES_MAX
                || size > from.remaining()) {
            throw SynclineException.corrupt("a chunk has a block of " + size + " bytes");
        }
        ByteBuffer bytes = from.slice(from.position(), size);
        from.position(from.position() + size);
        return bytes;
    }

    private Received unframed(int level, ByteBuffer bytes) {
        return new Received(new Block(hasher.hash(level, bytes), level, bytes), Optional.empty());
    }

    /** What came uncompressed isn't worth compressing: it gets a frame without another try. */
    private Received framed(int level, ByteBuffer bytes) {
        int size = bytes.remaining();
        int frameBytes = FrameHeader.BYTES + size;
        ByteBuffer frame = ByteBuffer.wrap(bareFrames, bareFramesEnd, frameBytes).slice();
        bareFramesEnd += frameBytes;
        Hash hash = hasher.hash(level, bytes);
        FrameEncoder.write(frame, Encoding.PLAIN, hash, level, size, bytes);
        frame.flip();
        Block block = new Block(hash, level, frame.slice(FrameHeader.BYTES, size));
        return new Received(block, Optional.of(frame.asReadOnlyBuffer()));
    }

    @Override
    public void close() {
        zstd.close();
        frames.close();
    }
}
