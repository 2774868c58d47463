package io.syncline.client.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.state.sqlite.SqliteStateStore;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.NodeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.DisplayName;
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
    @DisplayName("R31: a check after a power cut that an older Syncline began is made anew")
    void aCheckOfAnOlderVersion() throws Exception {
        String url = "jdbc:sqlite:" + directory.resolve("old.db");
        SqliteStateStore.open(directory.resolve("old.db")).close();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("ALTER TABLE suspect DROP COLUMN until");
            statement.executeUpdate("INSERT INTO suspect VALUES (4, 0, 7, 5, NULL, NULL, NULL, 0)");
            statement.executeUpdate("INSERT INTO value VALUES ('checking-from', '1000')");
            statement.executeUpdate("INSERT INTO value VALUES ('suspected', '')");
            statement.executeUpdate("PRAGMA user_version = 3");
        }
        try (StateStore old = SqliteStateStore.open(directory.resolve("old.db"))) {
            assertThat(old.value("checking-from")).contains("1000");
            assertThat(old.value("suspecting")).contains("cut");
            assertThat(old.value("suspected")).isEmpty();
            assertThat(old.suspect(new NodeId(4))).isEmpty();
        }
    }

    @Test
    void aFileThatIsNoStateIsCorrupt() throws Exception {
        Path file = directory.resolve("other.db");
        Files.writeString(file, "this is not a database, and never was one".repeat(100));
        assertThatThrownBy(() -> SqliteStateStore.open(file))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }
}
