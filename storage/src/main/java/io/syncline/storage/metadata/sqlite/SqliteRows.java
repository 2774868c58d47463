package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MovedRow;
import io.syncline.storage.metadata.MovedTable;
import io.syncline.storage.metadata.MovedTable.Column;
import io.syncline.storage.metadata.ProjectKey;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of a database in SQLite, by a connection of its own. */
final class SqliteRows implements MetadataRows {
    private final Sql sql;

    SqliteRows(Sql sql) {
        this.sql = sql;
    }

    @Override
    public long count(MovedTable table) {
        return sql.one(row -> row.getLong(1), "SELECT count(*) FROM " + table.text()).orElse(0L);
    }

    @Override
    public List<MovedRow> page(MovedTable table, Optional<MovedRow> after, int limit) {
        List<Object> values = new ArrayList<>();
        String behind = "";
        if (after.isPresent()) {
            List<Column> keys = table.keys();
            behind =
                    " WHERE ("
                            + names(table, keys)
                            + ") > ("
                            + "?, ".repeat(keys.size() - 1)
                            + "?)";
            for (Column key : keys) {
                values.add(after.get().value(table.index(key.name())));
            }
        }
        values.add(limit);
        return sql.list(
                row -> read(table, row),
                select(table) + behind + " ORDER BY " + names(table, table.keys()) + " LIMIT ?",
                values.toArray());
    }

    @Override
    public Optional<MovedRow> last(MovedTable table) {
        String keys =
                table.keys().stream()
                        .map(key -> name(table, key) + " DESC")
                        .collect(Collectors.joining(", "));
        return sql.one(row -> read(table, row), select(table) + " ORDER BY " + keys + " LIMIT 1");
    }

    @Override
    public List<MovedRow> blocks(long project, Collection<Hash> hashes) {
        return sql.lookUp(
                row -> read(MovedTable.BLOCK, row),
                select(MovedTable.BLOCK) + " WHERE project = ? AND hash IN " + Sql.IN_CHUNK,
                hashes.stream().map(Hash::toBytes).toList(),
                project);
    }

    @Override
    public void put(MovedTable table, List<MovedRow> rows) {
        List<Column> columns =
                table == MovedTable.PROJECT
                        ? table.columns().stream()
                                .filter(column -> !column.name().equals("content_bytes"))
                                .toList()
                        : table.columns();
        String text =
                "INSERT INTO "
                        + table.text()
                        + " ("
                        + columns.stream()
                                .map(column -> bare(table, column))
                                .collect(Collectors.joining(", "))
                        + ") VALUES ("
                        + "?, ".repeat(columns.size() - 1)
                        + "?)";
        try {
            sql.repeat("BEGIN IMMEDIATE");
            try {
                PreparedStatement insert = sql.prepare(text);
                for (MovedRow row : rows) {
                    for (int i = 0; i < columns.size(); i++) {
                        insert.setObject(
                                i + 1, stored(row.value(table.index(columns.get(i).name()))));
                    }
                    insert.executeUpdate();
                }
                if (table == MovedTable.PROJECT) {
                    for (MovedRow row : rows) {
                        sql.update(
                                "UPDATE usage SET content_bytes = ? WHERE project = ?",
                                row.number("content_bytes"),
                                row.number("key"));
                    }
                }
                sql.repeat("COMMIT");
            } catch (SQLException | RuntimeException e) {
                sql.repeat("ROLLBACK");
                throw e;
            }
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    /** Large directories are kept in order of size and of time. */
    @Override
    public void finish() {
        List<long[]> large =
                sql.list(
                        row -> new long[] {row.getLong(1), row.getLong(2)},
                        "SELECT project, directory FROM listing WHERE ordered = 0 AND others > ?",
                        sql.keptRowsMin());
        try {
            for (long[] one : large) {
                sql.repeat("BEGIN IMMEDIATE");
                try {
                    new SqliteListingRows(sql, new ProjectKey(one[0])).keep(new NodeId(one[1]));
                    sql.repeat("COMMIT");
                } catch (RuntimeException e) {
                    sql.repeat("ROLLBACK");
                    throw e;
                }
            }
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    private static String select(MovedTable table) {
        return "SELECT "
                + names(table, table.columns())
                + " FROM "
                + (table == MovedTable.PROJECT
                        ? "project JOIN usage ON usage.project = project.key"
                        : table.text());
    }

    private static String names(MovedTable table, List<Column> columns) {
        return columns.stream()
                .map(column -> name(table, column))
                .collect(Collectors.joining(", "));
    }

    private static String name(MovedTable table, Column column) {
        // Versions without content were once written without a size.
        return table == MovedTable.HISTORY && column.name().equals("size")
                ? "coalesce(size, 0)"
                : bare(table, column);
    }

    private static String bare(MovedTable table, Column column) {
        return table == MovedTable.BLOCK && column.name().equals("place")
                ? "offset"
                : column.name();
    }

    private static @Nullable Object stored(@Nullable Object value) {
        return value instanceof Boolean flag ? (Object) (flag ? 1 : 0) : value;
    }

    private static MovedRow read(MovedTable table, ResultSet row) throws SQLException {
        List<Column> columns = table.columns();
        @Nullable Object[] values = new @Nullable Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            @Nullable Object value =
                    switch (columns.get(i).kind()) {
                        case NUMBER -> (Object) row.getLong(i + 1);
                        case FLAG -> row.getInt(i + 1) != 0;
                        case REAL -> row.getDouble(i + 1);
                        case TEXT -> row.getString(i + 1);
                        case BYTES -> row.getBytes(i + 1);
                    };
            values[i] = row.wasNull() ? null : value;
        }
        return new MovedRow(table, values);
    }

    @Override
    public void close() {
        try {
            sql.close();
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }
}
