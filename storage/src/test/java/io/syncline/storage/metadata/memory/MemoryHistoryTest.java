package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.HistoryContract;

final class MemoryHistoryTest extends HistoryContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
