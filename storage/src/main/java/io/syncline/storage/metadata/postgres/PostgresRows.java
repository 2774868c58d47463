package io.syncline.storage.metadata.postgres;

import com.zaxxer.hikari.HikariDataSource;
import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MovedRow;
import io.syncline.storage.metadata.MovedTable;
import io.syncline.storage.metadata.MovedTable.Column;
import io.syncline.storage.metadata.MovedTable.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of a PostgreSQL database, by a connection of its own. */
final class PostgresRows implements MetadataRows {
    private final HikariDataSource pool;
    private final Connection connection;

    /** Takes over a pool of one connection, whose statements aren't committed by themselves. */
    PostgresRows(HikariDataSource pool) {
        this.pool = pool;
        try {
            this.connection = pool.getConnection();
        } catch (SQLException e) {
            pool.close();
            throw Failures.translate(e);
        }
    }

    @Override
    public long count(MovedTable table) {
        return within(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows =
                            statement.executeQuery("SELECT count(*) FROM " + table.text())) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    @Override
    public List<MovedRow> page(MovedTable table, Optional<MovedRow> after, int limit) {
        List<Column> keys = table.keys();
        String behind =
                after.isEmpty()
                        ? ""
                        : " WHERE (" + names(keys) + ") > (" + "?, ".repeat(keys.size() - 1) + "?)";
        List<@Nullable Object> values = new ArrayList<>();
        after.ifPresent(row -> keys.forEach(key -> values.add(row.value(table.index(key.name())))));
        return list(
                table,
                select(table) + behind + " ORDER BY " + names(keys) + " LIMIT " + limit,
                values);
    }

    @Override
    public Optional<MovedRow> last(MovedTable table) {
        String keys =
                table.keys().stream()
                        .map(key -> key.name() + " DESC")
                        .collect(Collectors.joining(", "));
        return list(table, select(table) + " ORDER BY " + keys + " LIMIT 1", List.of()).stream()
                .findFirst();
    }

    @Override
    public List<MovedRow> blocks(long project, Collection<Hash> hashes) {
        byte[][] keys = hashes.stream().map(Hash::toBytes).toArray(byte[][]::new);
        return within(() -> {
            List<MovedRow> found = new ArrayList<>();
            try (PreparedStatement statement =
                    connection.prepareStatement(
                            select(MovedTable.BLOCK) + " WHERE project = ? AND hash = ANY (?)")) {
                statement.setLong(1, project);
                statement.setArray(2, connection.createArrayOf("bytea", keys));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.add(read(MovedTable.BLOCK, rows));
                    }
                }
            }
            return found;
        });
    }

    @Override
    public void put(MovedTable table, List<MovedRow> rows) {
        within(() -> {
            if (table == MovedTable.PROJECT) {
                insert(table, "project", "next_block", rows);
                try (PreparedStatement totals =
                        connection.prepareStatement(
                                "INSERT INTO block_total (project, next_block, frame_bytes,"
                                        + " block_bytes, blocks) VALUES (?, ?, 0, 0, 0)")) {
                    for (MovedRow row : rows) {
                        totals.setLong(1, row.number("key"));
                        totals.setLong(2, row.number("next_block"));
                        totals.addBatch();
                    }
                    totals.executeBatch();
                }
            } else {
                insert(table, table.text(), "", rows);
            }
            return true;
        });
    }

    private void insert(MovedTable table, String name, String without, List<MovedRow> rows)
            throws SQLException {
        List<Column> columns =
                table.columns().stream().filter(column -> !column.name().equals(without)).toList();
        String arrays =
                columns.stream()
                        .map(column -> "?::" + type(column.kind()) + "[]")
                        .collect(Collectors.joining(", "));
        // One statement, so that triggers sum up all rows at once.
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO "
                                + name
                                + " ("
                                + names(columns)
                                + ") OVERRIDING SYSTEM VALUE SELECT * FROM unnest("
                                + arrays
                                + ")")) {
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                int index = table.index(column.name());
                @Nullable Object[] values = array(column.kind(), rows.size());
                for (int j = 0; j < values.length; j++) {
                    values[j] = rows.get(j).value(index);
                }
                insert.setArray(i + 1, connection.createArrayOf(type(column.kind()), values));
            }
            insert.executeUpdate();
        }
    }

    private static @Nullable Object[] array(Kind kind, int length) {
        return switch (kind) {
            case NUMBER -> new Long[length];
            case FLAG -> new Boolean[length];
            case REAL -> new Double[length];
            case TEXT -> new String[length];
            case BYTES -> new byte[length][];
        };
    }

    private static String type(Kind kind) {
        return switch (kind) {
            case NUMBER -> "bigint";
            case FLAG -> "boolean";
            case REAL -> "float8";
            case TEXT -> "text";
            case BYTES -> "bytea";
        };
    }

    /** What comes next is numbered behind what came; the planner is told how much there is. */
    @Override
    public void finish() {
        within(() -> {
            try (Statement statement = connection.createStatement()) {
                for (String table : List.of("project", "pack")) {
                    statement.execute(
                            "SELECT setval(pg_get_serial_sequence('"
                                    + table
                                    + "', 'key'), greatest((SELECT coalesce(max(key), 0) FROM "
                                    + table
                                    + "), 1), (SELECT count(*) > 0 FROM "
                                    + table
                                    + "))");
                }
                statement.execute("ANALYZE");
            }
            return true;
        });
    }

    private List<MovedRow> list(MovedTable table, String text, List<@Nullable Object> values) {
        return within(() -> {
            List<MovedRow> found = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(text)) {
                for (int i = 0; i < values.size(); i++) {
                    statement.setObject(i + 1, values.get(i));
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.add(read(table, rows));
                    }
                }
            }
            return found;
        });
    }

    private static String select(MovedTable table) {
        return "SELECT "
                + names(table.columns())
                + " FROM "
                + (table == MovedTable.PROJECT
                        ? "project JOIN block_total ON block_total.project = project.key"
                        : table.text());
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    private static MovedRow read(MovedTable table, ResultSet row) throws SQLException {
        List<Column> columns = table.columns();
        @Nullable Object[] values = new @Nullable Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            @Nullable Object value =
                    switch (columns.get(i).kind()) {
                        case NUMBER -> (Object) row.getLong(i + 1);
                        case FLAG -> row.getBoolean(i + 1);
                        case REAL -> row.getDouble(i + 1);
                        case TEXT -> row.getString(i + 1);
                        case BYTES -> row.getBytes(i + 1);
                    };
            values[i] = row.wasNull() ? null : value;
        }
        return new MovedRow(table, values);
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    private <T> T within(Work<T> work) {
        try {
            boolean done = false;
            try {
                T result = work.run();
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    @Override
    public void close() {
        try (pool) {
            connection.close();
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }
}
