package io.syncline.client.state.sqlite;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.NodeId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection's prepared statements by their text, which are a fixed set, and the translation of
 * failures. Guarded by the store's lock.
 */
final class Statements {
    /** Reads one row of an answer. */
    interface Reader<T> {
        T read(Row row) throws SQLException;
    }

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    Statements(Connection connection) {
        this.connection = connection;
    }

    /**
     * Parameters are {@code Long}, {@code Integer}, {@code String}, {@code byte[]}, ids or null.
     */
    void run(String sql, @Nullable Object... parameters) {
        try {
            statement(sql, parameters).executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    <T> List<T> list(String sql, Reader<T> reader, @Nullable Object... parameters) {
        try (ResultSet answer = statement(sql, parameters).executeQuery()) {
            var rows = new ArrayList<T>();
            var row = new Row(answer);
            while (answer.next()) {
                row.rewind();
                rows.add(reader.read(row));
            }
            return rows;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    <T> Optional<T> one(String sql, Reader<T> reader, @Nullable Object... parameters) {
        return list(sql, reader, parameters).stream().findFirst();
    }

    long count(String sql) {
        return one(sql, Row::integer).orElse(0L);
    }

    private PreparedStatement statement(String sql, @Nullable Object... parameters)
            throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            switch (parameters[i]) {
                case null -> statement.setNull(i + 1, java.sql.Types.NULL);
                case NodeId id -> statement.setLong(i + 1, id.value());
                case Long value -> statement.setLong(i + 1, value);
                case Integer value -> statement.setInt(i + 1, value);
                case Boolean value -> statement.setInt(i + 1, value ? 1 : 0);
                case String value -> statement.setString(i + 1, value);
                case byte[] value -> statement.setBytes(i + 1, value);
                default -> throw new IllegalStateException("no SQL type for " + parameters[i]);
            }
        }
        return statement;
    }

    void close() throws SQLException {
        for (PreparedStatement statement : prepared.values()) {
            statement.close();
        }
    }

    static SynclineException failure(SQLException e) {
        String message = String.valueOf(e.getMessage());
        boolean corrupt =
                message.contains("SQLITE_CORRUPT")
                        || message.contains("SQLITE_NOTADB")
                        || message.contains("malformed");
        return new SynclineException(
                corrupt ? ErrorCode.CORRUPT : ErrorCode.UNAVAILABLE,
                "cannot use the folder's state: " + message,
                e);
    }

    /** A row read column by column, from the left. */
    static final class Row {
        private final ResultSet answer;
        private int column;

        Row(ResultSet answer) {
            this.answer = answer;
        }

        void rewind() {
            column = 0;
        }

        long integer() throws SQLException {
            return answer.getLong(++column);
        }

        /** The next column's number, empty for NULL. */
        Optional<Long> optional() throws SQLException {
            long value = answer.getLong(++column);
            return answer.wasNull() ? Optional.empty() : Optional.of(value);
        }

        String text() throws SQLException {
            return answer.getString(++column);
        }

        Optional<String> optionalText() throws SQLException {
            return Optional.ofNullable(answer.getString(++column));
        }

        byte[] bytes() throws SQLException {
            return answer.getBytes(++column);
        }

        NodeId id() throws SQLException {
            return new NodeId(integer());
        }

        void skip(int columns) {
            column += columns;
        }
    }
}
