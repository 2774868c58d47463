package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.QuotasContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteQuotasTest extends QuotasContract {
    @TempDir private Path folder;

    @Override
    protected MetadataStore open() {
        return SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
    }
}
