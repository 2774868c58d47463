package io.syncline.core.frame;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.syncline.core.block.Block;
import io.syncline.core.block.CutParameters;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects blocks until a chunk is full, and makes it: all blocks compressed together, which for
 * many small files is smaller and faster than each alone; or, where that doesn't help, as plain
 * frames, which the other side can store as they are. A chunk never is longer than {@link
 * Limits#CHUNK_BYTES_MAX}. Holds that much memory twice; not thread-safe; used for one chunk after
 * another.
 *
 * {@snippet :
 * if (!encoder.add(block)) {
 *     send(encoder.finish());
 *     encoder.add(block);
 * }
 * }
 */
public final class ChunkEncoder implements AutoCloseable {
    /** Most blocks of one chunk. */
    public static final int BLOCKS_MAX = Limits.MISSING_HASHES_MAX;

    /**
     * Room for the blocks of a chunk and the word before each: a thirty-second of a MiB below a
     * chunk's length, so that they fit however badly they compress.
     */
    static final int TOGETHER_BYTES_MAX = Limits.CHUNK_BYTES_MAX - (32 << 10);

    private final ZstdCompressCtx zstd = FrameEncoder.newContext();
    private final ByteBuffer collected = ByteBuffer.allocate(TOGETHER_BYTES_MAX);
    private final List<Hash> hashes = new ArrayList<>();

    /** Adds a block; false, and nothing happens, where the chunk has no room for it. */
    public boolean add(Block block) {
        return add(block.hash(), block.level(), block.bytes());
    }

    /**
     * Adds a block of 1..256 KiB, copying it; false, and nothing happens, where the chunk has no
     * room for it. An empty chunk has room for any block.
     *
     * @param hash the block's name, which the caller computed
     */
    public boolean add(Hash hash, int level, ByteBuffer bytes) {
        int size = bytes.remaining();
        if (size < 1 || size > CutParameters.BLOCK_BYTES_MAX) {
            throw new IllegalArgumentException("a block of " + size + " bytes");
        }
        if (hashes.size() == BLOCKS_MAX || collected.remaining() < Integer.BYTES + size) {
            return false;
        }
        collected.putInt(level << 24 | size).put(bytes.duplicate());
        hashes.add(hash);
        return true;
    }

    /** How many blocks wait to be made a chunk. */
    public int blockCount() {
        return hashes.size();
    }

    /** How many bytes the waiting blocks have. */
    public int plainBytes() {
        return collected.position() - hashes.size() * Integer.BYTES;
    }

    /** The chunk of the blocks added since the last one, at least one; in a new buffer. */
    public ByteBuffer finish() {
        if (hashes.isEmpty()) {
            throw new IllegalStateException("a chunk has at least one block");
        }
        ByteBuffer chunk = together();
        int asFrames = ChunkHeader.BYTES + plainBytes() + hashes.size() * FrameHeader.BYTES;
        if (asFrames <= Limits.CHUNK_BYTES_MAX
                && !FrameEncoder.helps(chunk.remaining(), plainBytes())) {
            chunk = frames(asFrames);
        }
        collected.clear();
        hashes.clear();
        return chunk;
    }

    private ByteBuffer together() {
        int length = collected.position();
        int room = (int) Zstd.compressBound(length);
        ByteBuffer chunk = ByteBuffer.allocate(ChunkHeader.BYTES + room);
        new ChunkHeader(ChunkForm.TOGETHER, hashes.size(), plainBytes()).write(chunk);
        int compressed =
                zstd.compressByteArray(
                        chunk.array(), ChunkHeader.BYTES, room, collected.array(), 0, length);
        return chunk.position(ChunkHeader.BYTES + compressed).flip();
    }

    private ByteBuffer frames(int length) {
        ByteBuffer chunk = ByteBuffer.allocate(length);
        new ChunkHeader(ChunkForm.FRAMES, hashes.size(), plainBytes()).write(chunk);
        ByteBuffer blocks = collected.duplicate().flip();
        for (Hash hash : hashes) {
            int word = blocks.getInt();
            int size = word & 0xFF_FFFF;
            ByteBuffer payload = blocks.slice(blocks.position(), size);
            blocks.position(blocks.position() + size);
            FrameEncoder.write(chunk, Encoding.PLAIN, hash, word >>> 24, size, payload);
        }
        return chunk.flip();
    }

    /**
     * The chunk of these frames in their order, as parts to be sent one after another without
     * copying: the answer to a read. Together they may be longer than a chunk that is uploaded.
     *
     * @param frames 1..{@link #BLOCKS_MAX} frames, checked by the caller, at most {@link
     *     Limits#READ_BYTES_MAX} plain bytes
     */
    public static List<ByteBuffer> ofFrames(List<ByteBuffer> frames) {
        long plain = 0;
        List<ByteBuffer> parts = new ArrayList<>(frames.size() + 1);
        ByteBuffer header = ByteBuffer.allocate(ChunkHeader.BYTES);
        parts.add(header);
        for (ByteBuffer frame : frames) {
            plain += FrameHeader.read(frame.duplicate()).plainBytes();
            parts.add(frame.duplicate());
        }
        if (plain > Limits.READ_BYTES_MAX) {
            throw new IllegalArgumentException("a chunk of " + plain + " bytes");
        }
        new ChunkHeader(ChunkForm.FRAMES, frames.size(), (int) plain).write(header);
        header.flip();
        return parts;
    }

    @Override
    public void close() {
        zstd.close();
    }
}
