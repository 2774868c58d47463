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
 * Collects blocks until a chunk is full, and makes it: blocks that may shrink are compressed
 * together, which for many small files is smaller and faster than each alone; blocks that look
 * random go beside them as they are, where they'd only cost time and spoil the others' statistics.
 * A chunk never is longer than {@link Limits#CHUNK_BYTES_MAX}. Holds that much memory twice; not
 * thread-safe; used for one chunk after another.
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

    /**
     * A tenth fewer bytes than level 1 on source code, at two thirds of its speed, which still is
     * more than a gigabit a second: the wire is what a sender waits for.
     */
    private static final int ZSTD_LEVEL = 3;

    private static final int WORDS_BYTES_MAX = BLOCKS_MAX * Integer.BYTES;

    private final ZstdCompressCtx zstd = FrameEncoder.newContext(ZSTD_LEVEL);

    /**
     * Room for the words, right-aligned; then blocks to be compressed, in order; at the end,
     * growing downwards, those that aren't.
     */
    private final byte[] collected = new byte[WORDS_BYTES_MAX + TOGETHER_BYTES_MAX];

    /** What precedes the compressed blocks: the header, and their compressed length. */
    private static final int HEAD_BYTES = ChunkHeader.BYTES + Integer.BYTES;

    /** The chunk, made anew each time: what is compressed shrinks or grows by little. */
    private final byte[] made = new byte[HEAD_BYTES + (int) Zstd.compressBound(TOGETHER_BYTES_MAX)];

    private final List<Integer> words = new ArrayList<>();
    private int shrinkingEnd = WORDS_BYTES_MAX;
    private int bareStart = collected.length;

    /** Adds a block; false, and nothing happens, where the chunk has no room for it. */
    public boolean add(Block block) {
        return add(block.hash(), block.level(), block.bytes());
    }

    /**
     * Adds a block of 1..256 KiB, copying it; false, and nothing happens, where the chunk has no
     * room for it. An empty chunk has room for any block.
     *
     * @param hash the block's name; not sent, for the receiver computes it
     */
    public boolean add(Hash hash, int level, ByteBuffer bytes) {
        int size = bytes.remaining();
        if (size < 1 || size > CutParameters.BLOCK_BYTES_MAX) {
            throw new IllegalArgumentException("a block of " + size + " bytes");
        }
        int room = TOGETHER_BYTES_MAX - plainBytes() - (words.size() + 1) * Integer.BYTES;
        if (words.size() == BLOCKS_MAX || size > room) {
            return false;
        }
        boolean bare = Randomness.looksRandom(bytes);
        words.add((bare ? ChunkHeader.BARE : 0) | level << 24 | size);
        if (bare) {
            bareStart -= size;
        }
        bytes.get(bytes.position(), collected, bare ? bareStart : shrinkingEnd, size);
        if (!bare) {
            shrinkingEnd += size;
        }
        return true;
    }

    /** How many blocks wait to be made a chunk. */
    public int blockCount() {
        return words.size();
    }

    /** How many bytes the waiting blocks have. */
    public int plainBytes() {
        return shrinkingEnd - WORDS_BYTES_MAX + collected.length - bareStart;
    }

    /**
     * The chunk of the blocks added since the last one, at least one. It is in a buffer of this
     * encoder, and right until the next chunk is made: a sender of thousands needs no memory for
     * each.
     */
    public ByteBuffer finish() {
        if (words.isEmpty()) {
            throw new IllegalStateException("a chunk has at least one block");
        }
        int from = WORDS_BYTES_MAX - words.size() * Integer.BYTES;
        ByteBuffer head = ByteBuffer.wrap(collected).position(from);
        words.forEach(head::putInt);
        int length =
                zstd.compressByteArray(
                        made,
                        HEAD_BYTES,
                        made.length - HEAD_BYTES,
                        collected,
                        from,
                        shrinkingEnd - from);
        ByteBuffer chunk = ByteBuffer.wrap(made);
        new ChunkHeader(ChunkForm.TOGETHER, words.size(), plainBytes()).write(chunk);
        chunk.putInt(length).position(HEAD_BYTES + length);
        int at = collected.length;
        for (int word : words) {
            if ((word & ChunkHeader.BARE) != 0) {
                int size = word & ChunkHeader.SIZE;
                at -= size;
                chunk.put(collected, at, size);
            }
        }
        words.clear();
        shrinkingEnd = WORDS_BYTES_MAX;
        bareStart = collected.length;
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
