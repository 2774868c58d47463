package io.syncline.storage.metadata.sqlite;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.deadline.Deadline;
import io.syncline.storage.metadata.MetadataStore.Write;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. It takes what waits, runs each work inside a savepoint of its own and
 * commits all of them at once, so that they share one flush; only then does it answer them. A work
 * that fails is rolled back to its savepoint and fails alone (R1). The first one of a transaction
 * needs no savepoint, which would copy every page that it changes.
 */
final class Writer implements AutoCloseable {
    /** Most writes that may wait; one more is refused at once with {@code LIMITED}. */
    static final int WAITING_MAX = 4_096;

    /** Most writes in one database transaction. */
    static final int GROUP_MAX = 256;

    /** A group takes no further work after this long, so that the first one isn't kept waiting. */
    private static final long GROUP_NANOS = Duration.ofMillis(20).toNanos();

    /** Under foreground load one background write is let through this often (R47). */
    private static final long BEHIND_NANOS = Duration.ofMillis(100).toNanos();

    /** How long a caller waits for its answer. */
    private static final Duration ANSWER = Duration.ofSeconds(60);

    /** The WAL's size is looked at after so many groups. */
    private static final int WAL_LOOK_GROUPS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    private final Sql sql;
    private final Path wal;
    private final long walBytesMax;

    /** Used by the writer's thread only. */
    private long groups;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    @GuardedBy("lock")
    private final ArrayDeque<Job<?>> foreground = new ArrayDeque<>();

    @GuardedBy("lock")
    private final ArrayDeque<Job<?>> background = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean closing;

    @GuardedBy("lock")
    private long behindSince = System.nanoTime();

    private final Thread thread;

    /**
     * Takes over the connection.
     *
     * @param wal the file whose size is kept near {@code walBytesMax}
     */
    Writer(Sql sql, Path wal, long walBytesMax) {
        this.sql = sql;
        this.wal = wal;
        this.walBytesMax = walBytesMax;
        // A platform thread: it sits in native code and in flushes, which would pin a carrier.
        this.thread = Thread.ofPlatform().name("metadata-writer").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Runs the work and returns its result once it is durable. */
    <T> T write(Write<T> work, boolean behind) {
        Job<T> job = new Job<>(work);
        lock.lock();
        try {
            if (closing) {
                throw new SynclineException(ErrorCode.UNAVAILABLE, "the metadata store is closed");
            }
            if (foreground.size() + background.size() >= WAITING_MAX) {
                throw new SynclineException(
                        ErrorCode.LIMITED, "more than " + WAITING_MAX + " writes wait");
            }
            (behind ? background : foreground).add(job);
            arrived.signal();
        } finally {
            lock.unlock();
        }
        return job.await();
    }

    private void run() {
        try (sql) {
            Job<?> first = take(true);
            while (first != null) {
                runGroup(first, true);
                boundWal();
                first = take(true);
            }
        } catch (SQLException e) {
            LOG.atWarn().setCause(e).log("closing the metadata store failed");
        } finally {
            // Reached early only by a defect or want of memory; then nobody may wait in vain.
            refuseAll();
        }
    }

    private void refuseAll() {
        lock.lock();
        try {
            closing = true;
            SynclineException refusal =
                    new SynclineException(ErrorCode.UNAVAILABLE, "the metadata store is closed");
            foreground.forEach(job -> job.fail(refusal));
            background.forEach(job -> job.fail(refusal));
            foreground.clear();
            background.clear();
        } finally {
            lock.unlock();
        }
    }

    /** The next work; null when there is none, or, if waiting, when the writer is closing. */
    private @Nullable Job<?> take(boolean wait) {
        lock.lock();
        try {
            while (true) {
                long now = System.nanoTime();
                boolean overdue = now - behindSince > BEHIND_NANOS;
                Job<?> job = null;
                if (background.isEmpty()) {
                    behindSince = now;
                } else if (foreground.isEmpty() || overdue) {
                    job = background.poll();
                    behindSince = now;
                }
                if (job == null) {
                    job = foreground.poll();
                }
                if (job == null && wait && !closing) {
                    arrived.awaitUninterruptibly();
                } else if (job == null || job.begin()) {
                    return job;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * While reads overlap without end, SQLite's own checkpoints never get to begin the WAL anew,
     * and it grows. Then one that waits for the readers of old pages is due.
     */
    private void boundWal() {
        groups++;
        if (groups % WAL_LOOK_GROUPS != 0 || wal.toFile().length() <= walBytesMax) {
            return;
        }
        try {
            sql.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (SQLException e) {
            LOG.atWarn().setCause(e).log("the WAL could not be begun anew");
        }
    }

    /** Runs a work, with company those that arrive meanwhile, and commits them at once. */
    private void runGroup(Job<?> first, boolean company) {
        List<Job<?>> group = new ArrayList<>();
        long end = System.nanoTime() + GROUP_NANOS;
        try {
            sql.execute("BEGIN IMMEDIATE");
            Job<?> next = first;
            boolean empty = true;
            while (next != null) {
                group.add(next);
                if (empty) {
                    empty = !runFirst(next);
                } else {
                    runAfterOthers(next);
                }
                boolean more = company && group.size() < GROUP_MAX && System.nanoTime() < end;
                next = more ? take(false) : null;
            }
            sql.execute("COMMIT");
        } catch (AbortedException e) {
            // SQLite gave up the whole transaction because of one work (a full disk, no memory):
            // that one fails, and the others run again, each alone.
            rollback();
            if (group.size() == 1) {
                first.fail(e.reason);
                return;
            }
            group.forEach(job -> runGroup(job, false));
            return;
        } catch (SQLException e) {
            rollback();
            RuntimeException failure = Failures.translate(e);
            if (group.isEmpty()) {
                first.fail(failure);
            }
            group.forEach(job -> job.fail(failure));
            return;
        }
        group.forEach(Job::answer);
    }

    /** Runs a work in a transaction that holds nothing yet; false if that is so afterwards. */
    private boolean runFirst(Job<?> job) throws SQLException {
        if (job.run(sql)) {
            return true;
        }
        rollback();
        sql.execute("BEGIN IMMEDIATE");
        return false;
    }

    private void runAfterOthers(Job<?> job) throws SQLException, AbortedException {
        sql.execute("SAVEPOINT work");
        if (job.run(sql)) {
            sql.execute("RELEASE work");
            return;
        }
        try {
            sql.execute("ROLLBACK TO work");
            sql.execute("RELEASE work");
        } catch (SQLException e) {
            Throwable reason = job.failure();
            reason.addSuppressed(e);
            throw new AbortedException(reason);
        }
    }

    private void rollback() {
        try {
            sql.execute("ROLLBACK");
        } catch (SQLException e) {
            // SQLite had rolled back by itself, which is what was wanted.
            LOG.atDebug().setCause(e).log("no transaction was left to roll back");
        }
    }

    /** Finishes all that waits, then closes the connection. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The database transaction is gone. */
    private static final class AbortedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Throwable reason;

        AbortedException(Throwable reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** A work with its outcome, handed from its caller to the writer and back. */
    private static final class Job<T> {
        private enum State {
            WAITING,
            RUNNING,
            ANSWERED,
            ABANDONED
        }

        private final Write<T> work;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition answered = lock.newCondition();

        @GuardedBy("lock")
        private State state = State.WAITING;

        // Written by the writer before the state becomes ANSWERED, read by the caller after.
        private @Nullable T result;
        private @Nullable Throwable failure;

        Job(Write<T> work) {
            this.work = work;
        }

        /** False when the caller has gone. */
        boolean begin() {
            lock.lock();
            try {
                if (state == State.ABANDONED) {
                    return false;
                }
                state = State.RUNNING;
                return true;
            } finally {
                lock.unlock();
            }
        }

        /** Runs the work; false when it failed and must be undone. */
        boolean run(Sql sql) {
            failure = null;
            try (SqliteTransaction transaction = new SqliteTransaction(sql)) {
                result = work.run(transaction);
                failure = transaction.failure();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            return failure == null;
        }

        Throwable failure() {
            Throwable known = failure;
            return known == null ? new IllegalStateException("the work did not fail") : known;
        }

        void fail(Throwable reason) {
            // The reason of its own comes first: that one is about this work.
            failure = failure == null ? reason : failure;
            answer();
        }

        void answer() {
            lock.lock();
            try {
                state = State.ANSWERED;
                answered.signalAll();
            } finally {
                lock.unlock();
            }
        }

        T await() {
            lock.lock();
            try {
                long left = Deadline.leftNanos(ANSWER);
                while (state != State.ANSWERED) {
                    if (left <= 0) {
                        throw abandon("in time");
                    }
                    left = answered.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw abandon("before the caller was interrupted");
            } finally {
                lock.unlock();
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
            return castResult();
        }

        /** A work may return null where its own type says so; then T is a nullable type. */
        @SuppressWarnings("NullAway")
        private T castResult() {
            return result;
        }

        @GuardedBy("lock")
        private SynclineException abandon(String when) {
            boolean never = state == State.WAITING;
            if (never) {
                state = State.ABANDONED;
            }
            return new SynclineException(
                    ErrorCode.UNAVAILABLE,
                    never
                            ? "the write did not begin " + when
                            : "the write did not end " + when + "; its outcome is unknown");
        }
    }
}
