package io.syncline.client.state.sqlite;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Opens the file of a replica's state and brings it to the newest form. */
final class StateFile {
    /** The newest form of the file; a file of a later form is refused. */
    private static final int VERSION = 4;

    private StateFile() {}

    /** A connection to the file, which is made where it doesn't exist. */
    static Connection open(Path file) {
        try {
            Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, settings());
            try {
                pragmas(connection);
                migrate(connection, file);
                return connection;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw Statements.failure(e);
        }
    }

    /**
     * Without this the driver asks for the last row's id after every write, by a statement that it
     * prepares anew: a twelfth of the processor time of a first sync.
     */
    private static Properties settings() {
        var settings = new Properties();
        settings.setProperty("jdbc.get_generated_keys", "false");
        return settings;
    }

    private static void pragmas(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA locking_mode = EXCLUSIVE");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA wal_autocheckpoint = 10000");
            statement.execute("PRAGMA cache_size = -32768");
            statement.execute("PRAGMA temp_store = MEMORY");
        }
    }

    private static void migrate(Connection connection, Path file) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int from;
            try (var answer = statement.executeQuery("PRAGMA user_version")) {
                from = answer.getInt(1);
            }
            if (from > VERSION) {
                throw new SynclineException(
                        ErrorCode.UPGRADE_REQUIRED,
                        "the state " + file.getFileName() + " was written by a later Syncline");
            }
            for (int version = from + 1; version <= VERSION; version++) {
                statement.execute("BEGIN IMMEDIATE");
                // The driver runs the statements of one text one after another.
                statement.executeUpdate(migration(version));
                statement.execute("PRAGMA user_version = " + version);
                statement.execute("COMMIT");
            }
        }
    }

    private static String migration(int version) {
        String name = "/io/syncline/client/state/sqlite/%03d.sql".formatted(version);
        try (InputStream in = StateFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no migration " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
