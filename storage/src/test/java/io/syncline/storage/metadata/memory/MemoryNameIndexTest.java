package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NameIndexContract;

final class MemoryNameIndexTest extends NameIndexContract {

    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
