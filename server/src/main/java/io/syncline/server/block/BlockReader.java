package io.syncline.server.block;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds and reads one project's blocks. Thread-safe. */
public final class BlockReader {
    private final MetadataStore store;
    private final BlockStore blocks;

    /** Reads from these stores. */
    public BlockReader(MetadataStore store, BlockStore blocks) {
        this.store = store;
        this.blocks = blocks;
    }

    /** The rows of these blocks that count as stored: condemned ones don't (R10). */
    public Map<Hash, BlockRow> find(Project project, Collection<Hash> hashes) {
        Map<Hash, BlockRow> rows =
                new HashMap<>(store.read(read -> read.blocks(project.key()).find(hashes)));
        rows.values().removeIf(BlockRow::condemned);
        return rows;
    }

    /** The frames behind these rows, verified by the store, in this order. */
    public List<ByteBuffer> frames(Project project, List<BlockRow> rows) {
        return blocks.read(
                project.id(),
                rows.stream().map(row -> new FrameRequest(row.hash(), row.location())).toList());
    }
}
