package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.metadata.KeepingContract;
import io.syncline.storage.metadata.MetadataStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteKeepingTest extends KeepingContract {
    @TempDir private Path folder;

    @Override
    protected MetadataStore open() {
        return SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
    }
}
