package io.syncline.client.state;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.state.sqlite.SqliteStateStore;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStateStoreTest extends StateStoreContract {
    @TempDir private Path directory;

    @Override
    StateStore create() {
        return SqliteStateStore.open(directory.resolve("state.db"));
    }

    @Override
    StateStore reopen(StateStore before) {
        before.close();
        return create();
    }

    @Test
    void aFileThatIsNoStateIsCorrupt() throws Exception {
        Path file = directory.resolve("other.db");
        Files.writeString(file, "this is not a database, and never was one".repeat(100));
        assertThatThrownBy(() -> SqliteStateStore.open(file))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e ->
                                org.assertj.core.api.Assertions.assertThat(e.code())
                                        .isEqualTo(ErrorCode.CORRUPT));
    }
}
