package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.SnapshotsContract;

final class MemorySnapshotsTest extends SnapshotsContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
