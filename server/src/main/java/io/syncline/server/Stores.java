package io.syncline.server;

import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.metadata.MetadataStore;

/**
 * The ports that a server stands on; closed by the server.
 *
 * @param held what is let go when the ports are closed
 */
public record Stores(
        MetadataStore metadata,
        BlockStore blocks,
        SnapshotFiles snapshots,
        EventBus events,
        Held held)
        implements AutoCloseable {
    /** Something that is held as long as the ports are open. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Ports alone. */
    public Stores(
            MetadataStore metadata, BlockStore blocks, SnapshotFiles snapshots, EventBus events) {
        this(metadata, blocks, snapshots, events, () -> {});
    }

    /** Closes all, whichever of them fails. */
    @Override
    public void close() {
        try (held;
                metadata;
                blocks;
                snapshots;
                events) {
            // The resources' own close is all there is to do, in reverse order.
        }
    }
}
