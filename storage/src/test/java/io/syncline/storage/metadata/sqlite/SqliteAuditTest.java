package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.metadata.AuditContract;
import io.syncline.storage.metadata.MetadataStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteAuditTest extends AuditContract {
    @TempDir private Path folder;

    @Override
    protected MetadataStore open() {
        return SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
    }
}
