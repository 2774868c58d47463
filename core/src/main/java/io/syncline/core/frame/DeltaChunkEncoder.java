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

    /** Most of it is what looked like nothing that the receiver has: little is to be gained. */
    private static final int ZSTD_LEVEL = 1;

    private static final int HEAD_BYTES = ChunkHeader.BYTES + Integer.BYTES;

    private final ZstdCompressCtx zstd = FrameEncoder.newContext(ZSTD_LEVEL);
    private final List<Delta> deltas = new ArrayList<>();

    /** Sizes of the bases, in the order of their numbers. */
    private final Map<Hash, Integer> bases = new LinkedHashMap<>();

    private int plainBytes;
    private int basesBytes;
    private int writtenBytes = Short.BYTES;

    /**
     * Adds a block; false, and nothing happens, where the chunk has no room for it. An empty chunk
     * has room for any that copies from at most 8 MiB of bases.
     */
    public boolean add(Delta delta) {
        Map<Hash, Integer> more = delta.bases();
        more.keySet().removeAll(bases.keySet());
        int moreBytes = more.values().stream().mapToInt(Integer::intValue).sum();
        int written = delta.writtenBytes() + more.size() * Hash.BYTES;
        if (plainBytes + delta.sizeBytes() > Limits.CHUNK_BYTES_MAX
                || writtenBytes + written > WRITTEN_BYTES_MAX - (32 << 10)
                || basesBytes + moreBytes > BASES_BYTES_MAX
                || bases.size() + more.size() > BASES_MAX
                || deltas.size() == ChunkEncoder.BLOCKS_MAX) {
            return false;
        }
        bases.putAll(more);
        basesBytes += moreBytes;
        plainBytes += delta.sizeBytes();
        writtenBytes += written;
        deltas.add(delta);
        return true;
    }

    /** The chunk of the blocks added since the last one, at least one; the caller's own. */
    public ByteBuffer finish() {
        if (deltas.isEmpty()) {
            throw new IllegalStateException("a chunk has at least one block");
        }
        Map<Hash, Integer> numbers = new LinkedHashMap<>();
        ByteBuffer written = ByteBuffer.allocate(writtenBytes).putShort((short) bases.size());
        for (Hash base : bases.keySet()) {
            numbers.put(base, numbers.size());
            base.write(written);
        }
        deltas.forEach(delta -> delta.write(written, numbers::get));
        byte[] made = new byte[HEAD_BYTES + (int) Zstd.compressBound(writtenBytes)];
        int length =
                zstd.compressByteArray(
                        made,
                        HEAD_BYTES,
                        made.length - HEAD_BYTES,
                        written.array(),
                        0,
                        written.position());
        ByteBuffer chunk = ByteBuffer.wrap(made);
        new ChunkHeader(ChunkForm.DELTAS, deltas.size(), plainBytes).write(chunk);
        chunk.putInt(written.position()).position(HEAD_BYTES + length);
        deltas.clear();
        bases.clear();
        plainBytes = 0;
        basesBytes = 0;
        writtenBytes = Short.BYTES;
        return chunk.flip();
    }

    @Override
    public void close() {
        zstd.close();
    }
}
