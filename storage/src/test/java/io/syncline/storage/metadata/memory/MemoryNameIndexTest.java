package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.NameIndexContract;
import io.syncline.storage.metadata.MetadataStore;


final class MemoryNameIndexTest extends NameIndexContract {

    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
