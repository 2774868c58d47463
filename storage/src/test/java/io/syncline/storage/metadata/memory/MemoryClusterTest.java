package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.ClusterContract;
import io.syncline.storage.metadata.MetadataStore;

final class MemoryClusterTest extends ClusterContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
