package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.KeepingContract;
import io.syncline.storage.metadata.MetadataStore;

final class MemoryKeepingTest extends KeepingContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
