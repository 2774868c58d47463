package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.AccountsContract;
import io.syncline.storage.metadata.MetadataStore;

final class MemoryAccountsTest extends AccountsContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
