package io.syncline.client.state.sqlite;

import io.syncline.client.state.Durability;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The store's one connection under its one lock: transactions, which hold the lock from begin to
 * end, and single reads.
 */
final class Session {
    private final ReentrantLock lock = new ReentrantLock();
    private final Connection connection;
    private final Statements statements;
    private boolean open;
    private boolean synchronousFull = true;

    Session(Connection connection) {
        this.connection = connection;
        this.statements = new Statements(connection);
    }

    /** For whoever is inside {@link #read} or a transaction. */
    Statements statements() {
        return statements;
    }

    void begin(Durability durability) {
        lock.lock();
        try {
            if (open) {
                throw new IllegalStateException("a transaction is open already");
            }
            setSynchronous(durability == Durability.DURABLE);
            statements.run("BEGIN IMMEDIATE");
        } catch (RuntimeException e) {
            lock.unlock();
            throw e;
        }
        open = true;
    }

    /** SQLite takes this outside transactions only. */
    private void setSynchronous(boolean full) {
        if (synchronousFull != full) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA synchronous = " + (full ? "FULL" : "NORMAL"));
                synchronousFull = full;
            } catch (SQLException e) {
                throw Statements.failure(e);
            }
        }
    }

    void commit() {
        checkOpen();
        statements.run("COMMIT");
        open = false;
        lock.unlock();
    }

    void rollback() {
        checkOpen();
        try {
            statements.run("ROLLBACK");
        } finally {
            open = false;
            lock.unlock();
        }
    }

    /** That this thread has a transaction open: who keeps what it writes in memory asks first. */
    void checkOpen() {
        if (!lock.isHeldByCurrentThread() || !open) {
            throw new IllegalStateException("no transaction is open on this thread");
        }
    }

    <T> T read(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    <T> List<T> list(String sql, Statements.Reader<T> reader, @Nullable Object... parameters) {
        return read(() -> statements.list(sql, reader, parameters));
    }

    List<NodeId> ids(String sql, @Nullable Object... parameters) {
        return list(sql, Statements.Row::id, parameters);
    }

    /** The nodes at a place; takes its parent and name. */
    List<NodeId> at(String sql, Place place) {
        return ids(sql, place.parent(), place.name().value());
    }

    /** For the driver an answer costs by its columns, even an empty one. */
    boolean exists(String sql, NodeId id) {
        return statements.one(sql, Statements.Row::integer, id).isPresent();
    }

    void write(String sql, @Nullable Object... parameters) {
        checkOpen();
        statements.run(sql, parameters);
    }

    void close() {
        lock.lock();
        try {
            statements.close();
            connection.close();
        } catch (SQLException e) {
            throw Statements.failure(e);
        } finally {
            lock.unlock();
        }
    }
}
