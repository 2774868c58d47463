package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.AuditContract;
import io.syncline.storage.metadata.MetadataStore;

final class MemoryAuditTest extends AuditContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
