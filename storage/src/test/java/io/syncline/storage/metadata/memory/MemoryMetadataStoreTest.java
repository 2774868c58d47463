package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.MetadataStoreContract;

final class MemoryMetadataStoreTest extends MetadataStoreContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
