package io.syncline.server;

import io.syncline.storage.block.BlockStore;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.metadata.MetadataStore;

/** The three ports that a server stands on; closed by the server. */
public record Stores(MetadataStore metadata, BlockStore blocks, EventBus events)
        implements AutoCloseable {
    /** Closes all three, whichever of them fails. */
    @Override
    public void close() {
        try (metadata;
                blocks;
                events) {
            // The resources' own close is all there is to do, in reverse order.
        }
    }
}
