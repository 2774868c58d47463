package io.syncline.server;

import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.metadata.MetadataStore;

/** The ports that a server stands on; closed by the server. */
public record Stores(
        MetadataStore metadata, BlockStore blocks, SnapshotFiles snapshots, EventBus events)
        implements AutoCloseable {
    /** Closes all, whichever of them fails. */
    @Override
    public void close() {
        try (metadata;
                blocks;
                snapshots;
                events) {
            // The resources' own close is all there is to do, in reverse order.
        }
    }
}
