package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.LineagesContract;
import io.syncline.storage.metadata.MetadataStore;

final class MemoryLineagesTest extends LineagesContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
