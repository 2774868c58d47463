package io.syncline.storage.metadata.sqlite;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings a database to this program's schema: runs the numbered files that it doesn't have yet,
 * each in one transaction. A file that was applied never changes: its checksum is kept and
 * compared. A database of a newer program is refused.
 */
final class Migrator {
    /** In order of their numbers, {@code VNNN__}, which may leave gaps. */
    private static final List<String> FILES =
            List.of(
                    "V001__metadata.sql",
                    "V002__pages_and_search.sql",
                    "V003__lineage.sql",
                    "V004__snapshot.sql",
                    "V005__collect.sql",
                    "V006__history.sql",
                    "V007__quotas.sql",
                    "V008__fewer_indexes.sql",
                    "V009__nodes.sql",
                    "V010__operator.sql",
                    "V011__account_names.sql");

    private Migrator() {}

    static void migrate(Sql sql) throws SQLException {
        sql.execute(
                "CREATE TABLE IF NOT EXISTS schema_version (number INTEGER NOT NULL PRIMARY KEY,"
                        + " file TEXT NOT NULL, checksum TEXT NOT NULL) STRICT");
        Map<Integer, String> applied = new HashMap<>();
        sql.list(
                row -> applied.put(row.getInt(1), row.getString(2)),
                "SELECT number, checksum FROM schema_version");
        List<Integer> known = FILES.stream().map(Migrator::number).toList();
        if (!known.containsAll(applied.keySet())) {
            throw new SynclineException(
                    ErrorCode.INVALID, "the metadata store was made by a newer Syncline");
        }
        for (String file : FILES) {
            int number = number(file);
            String text = read(file);
            String checksum = Hash.sha256(text.getBytes(StandardCharsets.UTF_8)).toHex();
            String old = applied.get(number);
            if (old == null) {
                apply(sql, number, file, text, checksum);
            } else if (!old.equals(checksum)) {
                throw new IllegalStateException(file + " was changed after it had been applied");
            }
        }
    }

    private static int number(String file) {
        return Integer.parseInt(file.substring(1, 4));
    }

    private static void apply(Sql sql, int number, String file, String text, String checksum)
            throws SQLException {
        sql.execute("BEGIN IMMEDIATE");
        try {
            for (String statement : text.strip().split(";\n", -1)) {
                sql.execute(statement);
            }
            sql.update("INSERT INTO schema_version VALUES (?, ?, ?)", number, file, checksum);
            sql.execute("COMMIT");
        } catch (SQLException | RuntimeException e) {
            sql.execute("ROLLBACK");
            throw e;
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
