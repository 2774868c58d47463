package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.CollectingContract;
import io.syncline.storage.metadata.MetadataStore;

final class MemoryCollectingTest extends CollectingContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
