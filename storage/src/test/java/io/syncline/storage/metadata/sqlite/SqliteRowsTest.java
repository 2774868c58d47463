package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.RowsContract;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteRowsTest extends RowsContract {
    @TempDir private Path directory;
    private @Nullable SqliteMetadataStore store;

    @Override
    protected MetadataRows open() {
        SqliteMetadataStore opened = SqliteMetadataStore.open(directory.resolve("metadata.sqlite"));
        store = opened;
        return opened.rows();
    }

    @Override
    protected MetadataStore store() {
        return Objects.requireNonNull(store);
    }

    @AfterEach
    void closeStore() {
        store().close();
    }
}
