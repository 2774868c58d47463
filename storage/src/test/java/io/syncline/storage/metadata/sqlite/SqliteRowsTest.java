package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.RowsContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteRowsTest extends RowsContract {
    @TempDir private Path directory;
    private SqliteMetadataStore store;

    @Override
    protected MetadataRows open() {
        store = SqliteMetadataStore.open(directory.resolve("metadata.sqlite"));
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
