package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.BlocksContract;
import io.syncline.storage.metadata.MetadataStore;

final class MemoryBlocksTest extends BlocksContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
