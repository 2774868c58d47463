package io.syncline.storage.metadata.postgres;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.deadline.Deadline;
import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.MetadataTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metadata in a PostgreSQL database, version 15 or later, which any number of nodes use at once. A
 * write is committed, with a flush as the database is set, before it is answered. See {@code
 * docs/decisions.md} for how writes of several nodes are ordered.
 */
public final class PostgresMetadataStore implements MetadataStore, MetadataTables {
    /** The oldest PostgreSQL that is used, as {@code server_version_num} says it. */
    public static final int VERSION_MIN = 150_000;

    /** How long a read waits for a connection; then it is {@code LIMITED}. */
    private static final Duration READER_TIMEOUT = Duration.ofSeconds(30);

    /** Longest read of a caller who waits for it. */
    private static final Duration READ_MAX = Duration.ofMinutes(10);

    /** How long a cancelled statement may take to end. */
    private static final Duration CANCEL = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(PostgresMetadataStore.class);

    private final HikariDataSource writes;
    private final HikariDataSource reads;

    /** What {@link #reads} takes its connections from: by itself it has one bound for all waits. */
    private final HikariPool readPool;

    private final Lanes lanes;
    private final long schema;
    private final PostgresAddress address;
    private final int readers;
    private final Semaphore permits;
    private volatile boolean closed;

    private PostgresMetadataStore(
            HikariDataSource writes, HikariDataSource reads, long schema, PostgresAddress address) {
        this.writes = writes;
        this.reads = reads;
        this.readPool = (HikariPool) reads.getHikariPoolMXBean();
        this.schema = schema;
        this.address = address;
        this.readers = address.readers();
        this.permits = new Semaphore(readers, true);
        this.lanes = new Lanes(writes, schema, address.writers());
    }

    /**
     * Opens the store in this database and brings its schema up to date; several nodes may do so at
     * once. {@code UNAVAILABLE} when it can't be reached or refuses the credentials, {@code
     * INVALID} when it is too old, has another encoding than UTF-8 or no schema to make tables in.
     */
    public static PostgresMetadataStore open(PostgresAddress address) {
        HikariDataSource writes = pool(address, Connections::forWrites);
        try {
            long schema = prepare(writes);
            HikariDataSource reads = pool(address, Connections::forReads);
            PostgresMetadataStore store = new PostgresMetadataStore(writes, reads, schema, address);
            store.lanes.start();
            return store;
        } catch (RuntimeException e) {
            writes.close();
            throw e;
        }
    }

    private static HikariDataSource pool(
            PostgresAddress address, Function<PostgresAddress, HikariDataSource> make) {
        try {
            return make.apply(address);
        } catch (PoolInitializationException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw Failures.translate(cause);
            }
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "the metadata store can't be used now", e);
        }
    }

    private static long prepare(HikariDataSource pool) {
        try (Connection connection = pool.getConnection()) {
            long schema = look(connection);
            Migrator.migrate(connection, schema);
            return schema;
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    /** Looks whether the database is of use, and returns its schema's number. */
    private static long look(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT current_setting('server_version_num')::int,"
                                        + " current_setting('server_encoding'),"
                                        + " current_setting('fsync'), (SELECT oid::bigint FROM"
                                        + " pg_namespace WHERE nspname = current_schema())")) {
            row.next();
            int version = row.getInt(1);
            if (version < VERSION_MIN) {
                throw SynclineException.invalid(
                        "PostgreSQL "
                                + version / 10_000
                                + " is too old for the metadata; it has to be "
                                + VERSION_MIN / 10_000
                                + " or later");
            }
            if (!row.getString(2).equals("UTF8")) {
                throw SynclineException.invalid(
                        "the metadata's database has the encoding "
                                + row.getString(2)
                                + "; it has to be UTF8");
            }
            if (!row.getString(3).equals("on")) {
                LOG.atWarn()
                        .log("the metadata's database runs without fsync: a power cut ruins it");
            }
            long schema = row.getLong(4);
            if (row.wasNull()) {
                throw SynclineException.invalid(
                        "the metadata's database has no schema of the search path; make it first");
            }
            return schema;
        }
    }

    /** The rows as they are, for moving to or from another kind of store. */
    public MetadataRows rows() {
        return new PostgresRows(pool(address, Connections::forRows));
    }

    @Override
    public <T> T read(Read<T> work) {
        acquire();
        Optional<Deadline> deadline = Deadline.current();
        try (Connection connection = readConnection()) {
            if (deadline.isPresent()) {
                connection.setNetworkTimeout(Runnable::run, silence(deadline.get()));
            }
            try (PostgresTransaction transaction =
                    new PostgresTransaction(connection, schema, false)) {
                return work.run(transaction);
            } finally {
                end(connection, deadline.filter(Deadline::isOver).isPresent());
            }
        } catch (SQLException e) {
            throw Failures.translate(e);
        } finally {
            permits.release();
        }
    }

    /** One that reads, waited for no longer than its caller waits. */
    private Connection readConnection() throws SQLException {
        Deadline.check();
        long nanos = Deadline.leftNanos(Connections.CONNECT_TIMEOUT);
        return readPool.getConnection(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    }

    private void end(Connection connection, boolean late) throws SQLException {
        try {
            connection.rollback();
        } finally {
            if (late && !connection.isClosed()) {
                // A statement's cancellation may still be on its way.
                reads.evictConnection(connection);
            }
        }
    }

    /** How long the database may say nothing: a statement is cancelled before. In milliseconds. */
    private static int silence(Deadline deadline) {
        long left = Math.min(READ_MAX.toNanos(), Math.max(0, deadline.leftNanos()));
        return (int) Duration.ofNanos(left).plus(CANCEL).toMillis();
    }

    private void acquire() {
        try {
            if (!permits.tryAcquire(Deadline.leftNanos(READER_TIMEOUT), TimeUnit.NANOSECONDS)) {
                throw new SynclineException(ErrorCode.LIMITED, "no read could begin in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "a read was interrupted", e);
        }
        if (closed) {
            permits.release();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the metadata store is closed");
        }
    }

    @Override
    public <T> T write(Write<T> work) {
        return lanes.write(work, false);
    }

    @Override
    public <T> T writeBehind(Write<T> work) {
        return lanes.write(work, true);
    }

    @Override
    public long bytes() {
        acquire();
        try (Connection connection = readConnection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT pg_database_size(current_database())")) {
            row.next();
            long bytes = row.getLong(1);
            connection.rollback();
            return bytes;
        } catch (SQLException e) {
            throw Failures.translate(e);
        } finally {
            permits.release();
        }
    }

    @Override
    public List<TableSize> tables() {
        acquire();
        try (Connection connection = readConnection();
                Statement statement = connection.createStatement()) {
            List<TableSize> found = new ArrayList<>();
            // A table that is cut into parts has the size of them all.
            try (ResultSet rows =
                    statement.executeQuery(
                            "SELECT c.relname, (SELECT sum(pg_total_relation_size(t.relid))"
                                    + " FROM pg_partition_tree(c.oid) AS t),"
                                    + " pg_total_relation_size(c.oid) FROM pg_class AS c"
                                    + " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
                                    + " WHERE n.nspname = current_schema()"
                                    + " AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
                                    + " ORDER BY c.relname COLLATE \"C\"")) {
                while (rows.next()) {
                    long parts = rows.getLong(2);
                    long bytes = rows.wasNull() ? rows.getLong(3) : parts;
                    found.add(new TableSize(rows.getString(1), 0, bytes));
                }
            }
            List<TableSize> counted = new ArrayList<>();
            for (TableSize table : found) {
                try (ResultSet rows =
                        statement.executeQuery("SELECT count(*) FROM \"" + table.name() + "\"")) {
                    rows.next();
                    counted.add(new TableSize(table.name(), rows.getLong(1), table.bytes()));
                }
            }
            connection.rollback();
            return counted;
        } catch (SQLException e) {
            throw Failures.translate(e);
        } finally {
            permits.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        lanes.close();
        // Reads that are running end within their own time; their connections are closed then.
        permits.acquireUninterruptibly(readers);
        writes.close();
        reads.close();
        permits.release(readers);
    }
}
