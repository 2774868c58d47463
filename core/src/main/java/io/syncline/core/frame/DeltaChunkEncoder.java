package io.syncline.core.frame;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.syncline.core.delta.Delta;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects data blocks as deltas until a chunk is full, and makes it. Holds native memory; not
 * thread-safe; used for one chunk after another.
 */
public final class DeltaChunkEncoder implements AutoCloseable {
    /** Most bases of one chunk. */
    public static final int BASES_MAX = 1_024;

    /** Most bytes that the bases of one chunk have: a receiver reads all of them. */
    public static final int BASES_BYTES_MAX = 2 * Limits.CHUNK_BYTES_MAX;

    /** Room for what deltas say, which is less than the blocks. */
    static final int WRITTEN_BYTES_MAX = Limits.CHUNK_BYTES_MAX;

    /** What precedes the deltas, and what zstd adds to what it can't compress. */
    private static final int HEAD_BYTES_MAX = 64 << 10;

    /** Most of it is what looked like nothing that the receiver has: little is to be gained. */
    private static final int ZSTD_LEVEL = 1;

    private final ZstdCompressCtx zstd = FrameEncoder.newContext(ZSTD_LEVEL);
    private final List<Delta> deltas = new ArrayList<>();

    /** Sizes of the bases, in the order of their numbers. */
    private final Map<Hash, Integer> bases = new LinkedHashMap<>();

    private int plainBytes;
    private int basesBytes;
    private int writtenBytes;

    /**
     * Adds a block; false, and nothing happens, where the chunk has no room for it. An empty chunk
     * has room for any that copies from at most 8 MiB of bases.
     */
    public boolean add(Delta delta) {
        Map<Hash, Integer> more = delta.bases();
        more.keySet().removeAll(bases.keySet());
        int moreBytes = more.values().stream().mapToInt(Integer::intValue).sum();
        if (plainBytes + delta.sizeBytes() > Limits.CHUNK_BYTES_MAX
                || writtenBytes + delta.writtenBytes() > WRITTEN_BYTES_MAX - HEAD_BYTES_MAX
                || basesBytes + moreBytes > BASES_BYTES_MAX
                || bases.size() + more.size() > BASES_MAX
                || deltas.size() == ChunkEncoder.BLOCKS_MAX) {
            return false;
        }
        bases.putAll(more);
        basesBytes += moreBytes;
        plainBytes += delta.sizeBytes();
        writtenBytes += delta.writtenBytes();
        deltas.add(delta);
        return true;
    }

    /** The chunk of the blocks added since the last one, at least one; the caller's own. */
    public ByteBuffer finish() {
        if (deltas.isEmpty()) {
            throw new IllegalStateException("a chunk has at least one block");
        }
        Map<Hash, Integer> numbers = new LinkedHashMap<>();
        bases.keySet().forEach(base -> numbers.put(base, numbers.size()));
        ByteBuffer written = ByteBuffer.allocate(writtenBytes);
        deltas.forEach(delta -> delta.write(written, numbers::get));
        int headBytes = ChunkHeader.BYTES + Short.BYTES + bases.size() * Hash.BYTES + Integer.BYTES;
        byte[] made = new byte[headBytes + (int) Zstd.compressBound(writtenBytes)];
        int length =
                zstd.compressByteArray(
                        made, headBytes, made.length - headBytes, written.array(), 0, writtenBytes);
        ByteBuffer chunk = ByteBuffer.wrap(made);
        new ChunkHeader(ChunkForm.DELTAS, deltas.size(), plainBytes).write(chunk);
        chunk.putShort((short) bases.size());
        bases.keySet().forEach(base -> base.write(chunk));
        chunk.putInt(writtenBytes).position(headBytes + length);
        deltas.clear();
        bases.clear();
        plainBytes = 0;
        basesBytes = 0;
        writtenBytes = 0;
        return chunk.flip();
    }

    @Override
    public void close() {
        zstd.close();
    }
}
