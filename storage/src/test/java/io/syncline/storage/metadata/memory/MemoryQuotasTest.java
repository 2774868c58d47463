package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.QuotasContract;

final class MemoryQuotasTest extends QuotasContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
