package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.HistoryContract;
import io.syncline.storage.metadata.MetadataStore;

final class MemoryHistoryTest extends HistoryContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
