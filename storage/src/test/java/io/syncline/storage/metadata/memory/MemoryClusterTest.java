package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ClusterContract;

final class MemoryClusterTest extends ClusterContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
