package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.metadata.WaitingCallers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers who wait until a deadline. */
final class SqliteDeadlineTest {
    @TempDir private Path folder;
    private SqliteMetadataStore store;

    @BeforeEach
    void open() {
        store = SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    @DisplayName("L9 a write that waited beyond its deadline fails, and is never run")
    void lateWritesNeverBegin() throws Exception {
        WaitingCallers.assertLateWritesNeverBegin(store, 1);
    }

    @Test
    @DisplayName("L9 a read waits no longer than its caller")
    void lateReadsEnd() throws Exception {
        WaitingCallers.assertLateReadsNeverBegin(store, SqliteMetadataStore.READERS_MAX);
        WaitingCallers.assertLateReadsEnd(store);
    }
}
