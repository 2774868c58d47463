package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.metadata.ListingsContract;
import io.syncline.storage.metadata.MetadataStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** With directories that are kept in order from a few rows on, and forgotten again. */
final class SqliteKeptListingsTest extends ListingsContract {
    private static final int KEPT_ROWS_MIN = 12;

    @TempDir private Path folder;

    @Override
    protected MetadataStore open() {
        return SqliteMetadataStore.open(folder.resolve("metadata.sqlite"), 1 << 30, KEPT_ROWS_MIN);
    }
}
