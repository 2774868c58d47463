package io.syncline.storage.metadata.sqlite;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.deadline.Deadline;
import io.syncline.storage.metadata.MetadataCopy;
import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.MetadataTables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metadata in one SQLite file in WAL mode with {@code synchronous=FULL}: a commit is flushed before
 * it is answered. See {@code docs/decisions.md} for the settings.
 */
public final class SqliteMetadataStore implements MetadataStore, MetadataCopy, MetadataTables {
    /** Most reads at once; one more waits. */
    public static final int READERS_MAX = 16;

    /** The WAL is begun anew about here, even if that has to wait for reads. */
    private static final long WAL_BYTES_MAX = 512L << 20;

    /** How long a read waits for a connection; then it is {@code LIMITED}. */
    private static final Duration READER_TIMEOUT = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(SqliteMetadataStore.class);

    private final Path file;
    private final Writer writer;
    private final Semaphore permits = new Semaphore(READERS_MAX, true);
    private final ConcurrentLinkedDeque<Sql> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    private SqliteMetadataStore(Path file, Writer writer) {
        this.file = file;
        this.writer = writer;
    }

    /**
     * Opens the store in this file, which is made if it isn't there, and brings its schema up to
     * date. The folder must exist.
     */
    public static SqliteMetadataStore open(Path file) {
        return open(file, WAL_BYTES_MAX, SqliteListingRows.KEPT_ROWS_MIN);
    }

    static SqliteMetadataStore open(Path file, long walBytesMax, int keptRowsMin) {
        try {
            Sql sql = connect(file, keptRowsMin);
            try {
                sql.execute("PRAGMA journal_mode = WAL");
                sql.execute("PRAGMA synchronous = FULL");
                // 20,000 pages, 80 MB: random updates reach the database file rarely and together.
                sql.execute("PRAGMA wal_autocheckpoint = 20000");
                sql.execute("PRAGMA cache_size = -65536");
                Migrator.migrate(sql);
                // A savepoint's copies of the pages that a work changes, at most some thousand, are
                // kept in memory: in a file they cost as much as the WAL itself.
                sql.execute("PRAGMA temp_store = MEMORY");
            } catch (SQLException | RuntimeException e) {
                sql.close();
                throw e;
            }
            Writer writer = new Writer(sql, Path.of(file + "-wal"), walBytesMax);
            writer.start();
            return new SqliteMetadataStore(file, writer);
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    private static Sql connect(Path file, int keptRowsMin) throws SQLException {
        // Else the driver asks for the last row's id after every write, by a statement that it
        // prepares anew.
        Properties settings = new Properties();
        settings.setProperty("jdbc.get_generated_keys", "false");
        Sql sql =
                new Sql(DriverManager.getConnection("jdbc:sqlite:" + file, settings), keptRowsMin);
        try {
            sql.execute("PRAGMA busy_timeout = 10000");
        } catch (SQLException e) {
            sql.close();
            throw e;
        }
        return sql;
    }

    @Override
    public <T> T read(Read<T> work) {
        Sql sql = borrow();
        boolean healthy = false;
        try {
            sql.repeat("BEGIN");
            try (SqliteTransaction transaction = new SqliteTransaction(sql)) {
                return work.run(transaction);
            } finally {
                sql.repeat("ROLLBACK");
                healthy = true;
            }
        } catch (SQLException e) {
            throw Failures.translate(e);
        } finally {
            giveBack(sql, healthy);
        }
    }

    @Override
    public <T> T write(Write<T> work) {
        return writer.write(work, false);
    }

    @Override
    public <T> T writeBehind(Write<T> work) {
        return writer.write(work, true);
    }

    @Override
    public void copyTo(Path target, Listener listener) {
        if (Files.exists(target)) {
            throw SynclineException.invalid(target + " exists already");
        }
        try (Sql sql = openReader()) {
            // Within one transaction of the connection that is copied all steps see one snapshot,
            // and what others write doesn't make the copy begin anew.
            sql.execute("BEGIN");
            sql.one(row -> row.getLong(1), "SELECT count(*) FROM schema_version");
            SqliteCopy.copy(sql.connection(), target, listener);
            sql.execute("ROLLBACK");
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    @Override
    public long bytes() {
        return file.toFile().length();
    }

    @Override
    public List<TableSize> tables() {
        try (Sql sql = openReader()) {
            List<TableSize> found = new ArrayList<>();
            for (String table :
                    sql.list(
                            row -> row.getString(1),
                            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE"
                                    + " 'sqlite%' ORDER BY name")) {
                long rows =
                        sql.one(row -> row.getLong(1), "SELECT count(*) FROM \"" + table + "\"")
                                .orElse(0L);
                long bytes =
                        sql.one(
                                        row -> row.getLong(1),
                                        "SELECT sum(d.pgsize) FROM dbstat d JOIN sqlite_schema s"
                                                + " ON s.name = d.name WHERE s.tbl_name = ?"
                                                + " AND d.aggregate = 1",
                                        table)
                                .orElse(0L);
                found.add(new TableSize(table, rows, bytes));
            }
            return found;
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    /** The rows as they are, for moving to another kind of store. */
    public MetadataRows rows() {
        try {
            Sql sql = connect(file, SqliteListingRows.KEPT_ROWS_MIN);
            sql.execute("PRAGMA synchronous = FULL");
            sql.execute("PRAGMA cache_size = -65536");
            return new SqliteRows(sql);
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    private Sql borrow() {
        try {
            if (!permits.tryAcquire(Deadline.leftNanos(READER_TIMEOUT), TimeUnit.NANOSECONDS)) {
                throw new SynclineException(ErrorCode.LIMITED, "no read could begin in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SynclineException(ErrorCode.UNAVAILABLE, "a read was interrupted", e);
        }
        try {
            if (closed) {
                throw new SynclineException(ErrorCode.UNAVAILABLE, "the metadata store is closed");
            }
            Sql sql = idle.pollFirst();
            return sql == null ? openReader() : sql;
        } catch (RuntimeException e) {
            permits.release();
            throw e;
        }
    }

    private Sql openReader() {
        try {
            // A reader keeps nothing in order.
            Sql sql = connect(file, Integer.MAX_VALUE);
            sql.execute("PRAGMA query_only = ON");
            sql.execute("PRAGMA cache_size = -16384");
            return sql;
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    private void giveBack(Sql sql, boolean healthy) {
        if (healthy && !closed) {
            idle.addFirst(sql);
        } else {
            discard(sql);
        }
        permits.release();
    }

    private static void discard(@Nullable Sql sql) {
        try (sql) {
            LOG.debug("a read connection is closed");
        } catch (SQLException e) {
            LOG.atWarn().setCause(e).log("closing a read connection failed");
        }
    }

    @Override
    public void close() {
        closed = true;
        writer.close();
        // Reads that are running end within their own time; their connections are closed then.
        permits.acquireUninterruptibly(READERS_MAX);
        for (Sql sql = idle.pollFirst(); sql != null; sql = idle.pollFirst()) {
            discard(sql);
        }
        permits.release(READERS_MAX);
    }
}
