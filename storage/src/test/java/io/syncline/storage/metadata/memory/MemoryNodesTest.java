package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NodesContract;

final class MemoryNodesTest extends NodesContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
