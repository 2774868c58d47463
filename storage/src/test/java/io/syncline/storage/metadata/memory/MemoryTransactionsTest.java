package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.TransactionsContract;

final class MemoryTransactionsTest extends TransactionsContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
