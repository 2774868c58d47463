package io.syncline.storage.metadata.postgres;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings a database to this program's schema: runs the numbered files that it doesn't have yet, all
 * in one transaction, one node at a time. A file that was applied never changes: its checksum is
 * kept and compared. A database of a newer program is refused.
 */
final class Migrator {
    /** In order of their numbers, {@code VNNN__}, which may leave gaps. */
    private static final List<String> FILES =
            List.of(
                    "V001__metadata.sql",
                    "V002__nodes.sql",
                    "V003__operator.sql",
                    "V004__account_names.sql");

    private Migrator() {}

    /**
     * Does it.
     *
     * @param schema see {@link Lock#name}
     */
    static void migrate(Connection connection, long schema) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + Lock.SCHEMA.name(schema) + ")");
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS schema_version (number INTEGER NOT NULL PRIMARY"
                            + " KEY, file TEXT NOT NULL, checksum TEXT NOT NULL)");
            Map<Integer, String> applied = applied(statement);
            List<Integer> known = FILES.stream().map(Migrator::number).toList();
            if (!known.containsAll(applied.keySet())) {
                throw new SynclineException(
                        ErrorCode.INVALID, "the metadata store was made by a newer Syncline");
            }
            for (String file : FILES) {
                String text = read(file);
                String checksum = Hash.sha256(text.getBytes(StandardCharsets.UTF_8)).toHex();
                String old = applied.get(number(file));
                if (old == null) {
                    apply(connection, file, text, checksum);
                } else if (!old.equals(checksum)) {
                    throw new IllegalStateException(
                            file + " was changed after it had been applied");
                }
            }
        }
        connection.commit();
    }

    private static Map<Integer, String> applied(Statement statement) throws SQLException {
        Map<Integer, String> applied = new HashMap<>();
        try (ResultSet rows =
                statement.executeQuery("SELECT number, checksum FROM schema_version")) {
            while (rows.next()) {
                applied.put(rows.getInt(1), rows.getString(2));
            }
        }
        return applied;
    }

    private static int number(String file) {
        return Integer.parseInt(file.substring(1, 4));
    }

    private static void apply(Connection connection, String file, String text, String checksum)
            throws SQLException {
        try (Statement statement = connection.createStatement();
                PreparedStatement version =
                        connection.prepareStatement(
                                "INSERT INTO schema_version VALUES (?, ?, ?)")) {
            for (String one : text.strip().split(";\n", -1)) {
                statement.execute(one);
            }
            version.setInt(1, number(file));
            version.setString(2, file);
            version.setString(3, checksum);
            version.executeUpdate();
        }
    }

    private static String read(String file) {
        try (InputStream in = Migrator.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
