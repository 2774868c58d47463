package io.syncline.storage.metadata.sqlite;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.metadata.MetadataCopy.Listener;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/** Copies a database page by page by SQLite's online backup (sqlite.org/backup.html). */
final class SqliteCopy {
    /** Pages between two reports: 16 MiB. */
    private static final int STEP_PAGES = 4096;

    private static final int PAGE_BYTES = 4096;

    /** How long and how often a step waits that can't go on; nobody else uses the target. */
    private static final int WAIT_MILLIS = 100;

    private static final int WAITS_MAX = 100;

    private SqliteCopy() {}

    /** Copies what the connection's transaction sees. */
    static void copy(Connection connection, Path target, Listener listener) throws SQLException {
        DB database = connection.unwrap(SQLiteConnection.class).getDatabase();
        Reports reports = new Reports(listener);
        int code =
                database.backup(
                        "main", target.toString(), reports, WAIT_MILLIS, WAITS_MAX, STEP_PAGES);
        if (code != 0) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE,
                    "cannot copy the metadata to " + target + ": SQLite says " + code);
        }
        if (reports.failure != null) {
            throw reports.failure;
        }
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "cannot flush " + target + ": " + e.getMessage(), e);
        }
    }

    /** Called from native code, through which nothing may be thrown. */
    private static final class Reports implements DB.ProgressObserver {
        private final Listener listener;
        private @Nullable RuntimeException failure;

        Reports(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void progress(int remaining, int pageCount) {
            if (failure == null) {
                try {
                    listener.copied(
                            (long) (pageCount - remaining) * PAGE_BYTES,
                            (long) pageCount * PAGE_BYTES);
                } catch (RuntimeException e) {
                    failure = e;
                }
            }
        }
    }
}
