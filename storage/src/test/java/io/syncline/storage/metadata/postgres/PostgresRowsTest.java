package io.syncline.storage.metadata.postgres;

import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.RowsContract;
import org.junit.jupiter.api.AfterEach;

final class PostgresRowsTest extends RowsContract {
    private final PostgresMetadataStore store = PostgresServer.open();

    @Override
    protected MetadataRows open() {
        return store.rows();
    }

    @Override
    protected MetadataStore store() {
        return store;
    }

    @AfterEach
    void closeStore() {
        store.close();
    }
}
