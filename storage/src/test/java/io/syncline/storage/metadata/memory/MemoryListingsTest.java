package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.ListingsContract;
import io.syncline.storage.metadata.MetadataStore;

final class MemoryListingsTest extends ListingsContract {

    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
