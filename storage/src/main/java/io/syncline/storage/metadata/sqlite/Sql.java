package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.deadline.Deadline;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection with its prepared statements, which are few, because all SQL is constant. Used by
 * one thread at a time.
 */
final class Sql implements AutoCloseable {
    /** Turns the present row into a value. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Keys in one look-up. */
    static final int CHUNK = 64;

    /** The list of as many parameters. */
    static final String IN_CHUNK = "(" + "?, ".repeat(CHUNK - 1) + "?)";

    private final Connection connection;
    private final int keptRowsMin;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    /**
     * Takes over the connection.
     *
     * @param keptRowsMin see {@link SqliteListingRows#KEPT_ROWS_MIN}
     */
    Sql(Connection connection, int keptRowsMin) {
        this.connection = connection;
        this.keptRowsMin = keptRowsMin;
    }

    /** From which size on a directory is kept in order. */
    int keptRowsMin() {
        return keptRowsMin;
    }

    /** What all statements run on. */
    Connection connection() {
        return connection;
    }

    /** The prepared statement of this text. */
    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    /** Runs one or more statements that neither take nor give values, such as a pragma. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs one statement that neither takes nor gives values, again and again; prepared once. */
    void repeat(String sql) throws SQLException {
        prepare(sql).executeUpdate();
    }

    <T> List<T> list(Row<T> row, String sql, @Nullable Object... values) {
        Deadline.check();
        try {
            PreparedStatement statement = bind(prepare(sql), values);
            List<T> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(row.read(rows));
                }
            }
            return found;
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    <T> Optional<T> one(Row<T> row, String sql, @Nullable Object... values) {
        Deadline.check();
        try {
            PreparedStatement statement = bind(prepare(sql), values);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    /**
     * Looks many keys up, {@link #CHUNK} at a time, which costs a fifth of asking for each.
     *
     * @param sql ends with {@link #IN_CHUNK} for the keys, after parameters for the fixed values
     */
    <T> List<T> lookUp(Row<T> row, String sql, List<?> keys, Object... fixed) {
        List<T> found = new ArrayList<>();
        try {
            PreparedStatement statement = prepare(sql);
            for (int from = 0; from < keys.size(); from += CHUNK) {
                Deadline.check();
                bind(statement, fixed);
                for (int i = 0; i < CHUNK; i++) {
                    // The last chunk is filled up with its last key.
                    Object key = keys.get(Math.min(from + i, keys.size() - 1));
                    statement.setObject(fixed.length + 1 + i, key);
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.add(row.read(rows));
                    }
                }
            }
            return found;
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    /** Runs a mutation and says how many rows it changed. */
    int update(String sql, @Nullable Object... values) {
        try {
            return bind(prepare(sql), values).executeUpdate();
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    private static PreparedStatement bind(PreparedStatement statement, @Nullable Object... values)
            throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
        connection.close();
    }
}
