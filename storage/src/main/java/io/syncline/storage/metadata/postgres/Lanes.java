package io.syncline.storage.metadata.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.metadata.MetadataStore.Write;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The threads that write, each in one transaction at a time. A lane takes what waits, runs each
 * work inside a savepoint of its own and commits all of them at once, so that they share one flush;
 * only then does it answer them. A work that fails is rolled back to its savepoint and fails alone
 * (R1).
 *
 * <p>The first work of a transaction waits for the locks that it needs. Those after it would wait
 * while their transaction holds locks of others, in whatever order: they wait for a moment only,
 * and then are the first of the next transaction. So lanes, of this node and of others, don't
 * deadlock over what works lock in an order of their own; where works themselves disagree,
 * PostgreSQL undoes one of them, and it is run again.
 */
final class Lanes implements AutoCloseable {
    /** Most writes that may wait; one more is refused at once with {@code LIMITED}. */
    static final int WAITING_MAX = 4_096;

    /**
     * Most writes in one database transaction. PostgreSQL keeps up to 64 savepoints of a
     * transaction where others can look at them cheaply ({@code PGPROC_MAX_CACHED_SUBXIDS}).
     */
    static final int GROUP_MAX = 60;

    /** A group takes no further work after this long, so that the first one isn't kept waiting. */
    private static final long GROUP_NANOS = Duration.ofMillis(20).toNanos();

    /** Under foreground load one background write is let through this often (R47). */
    private static final long BEHIND_NANOS = Duration.ofMillis(100).toNanos();

    /** What was undone for another waits this long, times its runs, before it is run again. */
    private static final long BACKOFF_NANOS = Duration.ofMillis(2).toNanos();

    private static final String SAVE = "SAVEPOINT work; SET LOCAL lock_timeout = 10";
    private static final String SAVE_NEXT = "RELEASE work; " + SAVE;
    private static final String UNDO = "ROLLBACK TO work";

    private final DataSource connections;
    private final long schema;
    private final List<Thread> threads;

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

    /**
     * Prepares the lanes.
     *
     * @param connections at least one for each lane
     * @param schema see {@link Lock#name}
     */
    Lanes(DataSource connections, long schema, int count) {
        this.connections = connections;
        this.schema = schema;
        this.threads =
                IntStream.range(0, count)
                        .mapToObj(i ->
                                Thread.ofVirtual()
                                        .name("metadata-lane-" + i)
                                        .unstarted(this::runAll))
                        .toList();
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Runs the work and returns its result once it is durable. */
    <T> T write(Write<T> work, boolean behind) {
        Job<T> job = new Job<>(work, behind);
        lock.lock();
        try {
            if (closing) {
                throw closed();
            }
            if (foreground.size() + background.size() >= WAITING_MAX) {
                throw new SynclineException(
                        ErrorCode.LIMITED, "more than " + WAITING_MAX + " writes wait");
            }
            queue(job).add(job);
            arrived.signal();
        } finally {
            lock.unlock();
        }
        return job.await();
    }

    private static SynclineException closed() {
        return new SynclineException(ErrorCode.UNAVAILABLE, "the metadata store is closed");
    }

    @GuardedBy("lock")
    private ArrayDeque<Job<?>> queue(Job<?> job) {
        return job.behind() ? background : foreground;
    }

    private void putBack(Job<?> job) {
        lock.lock();
        try {
            queue(job).addFirst(job);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    private void runAll() {
        try {
            Job<?> first = take(true);
            while (first != null) {
                runGroup(first);
                first = take(true);
            }
        } finally {
            refuseAllIfLast();
        }
    }

    /** Reached early only by a defect or want of memory; then nobody may wait in vain. */
    private void refuseAllIfLast() {
        lock.lock();
        try {
            Thread self = Thread.currentThread();
            if (threads.stream().anyMatch(thread -> !thread.equals(self) && thread.isAlive())) {
                return;
            }
            closing = true;
            foreground.forEach(job -> job.fail(closed()));
            background.forEach(job -> job.fail(closed()));
            foreground.clear();
            background.clear();
        } finally {
            lock.unlock();
        }
    }

    /** The next work; null when there is none, or, if waiting, when the lanes are closing. */
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

    private void runGroup(Job<?> first) {
        Group group = new Group(first);
        try (Connection connection = connections.getConnection()) {
            group.run(connection);
        } catch (SQLException e) {
            group.fail(Failures.translate(e));
        } catch (RuntimeException | Error e) {
            group.fail(e);
            throw e;
        }
    }

    /** Works that share a transaction. */
    private final class Group {
        private final List<Job<?>> done = new ArrayList<>();
        private final long end = System.nanoTime() + GROUP_NANOS;
        private @Nullable Job<?> current;
        private boolean saved;
        private int runs;

        Group(Job<?> first) {
            this.current = first;
        }

        void run(Connection connection) throws SQLException {
            while (current != null) {
                current = runOne(connection, current);
            }
            if (done.isEmpty()) {
                return;
            }
            try {
                connection.commit();
            } catch (SQLException e) {
                fail(Failures.translateCommit(e));
                throw e;
            }
            done.forEach(Job::answer);
            done.clear();
        }

        /** Runs a work, and undoes it where need be; the work that comes next. */
        private @Nullable Job<?> runOne(Connection connection, Job<?> job) throws SQLException {
            boolean alone = done.isEmpty();
            runs++;
            if (!alone) {
                execute(connection, saved ? SAVE_NEXT : SAVE);
                saved = true;
            }
            Job.Outcome outcome = job.run(connection, schema, alone);
            if (outcome == Job.Outcome.DONE) {
                done.add(job);
                return next();
            }
            if (alone) {
                connection.rollback();
            } else {
                execute(connection, UNDO);
            }
            switch (outcome) {
                case FAILED -> job.answer();
                case AGAIN_FIRST -> {
                    if (alone) {
                        // The one that this was undone for goes first.
                        LockSupport.parkNanos(job.runs() * BACKOFF_NANOS);
                        return job;
                    }
                    current = null;
                    putBack(job);
                    return null;
                }
                case AGAIN -> {
                    return job;
                }
                case DONE -> throw new IllegalStateException("a work that is done isn't undone");
            }
            return next();
        }

        private @Nullable Job<?> next() {
            current = null;
            return runs < GROUP_MAX && System.nanoTime() < end ? take(false) : null;
        }

        /** Nothing of what ran is kept, or known to be. */
        void fail(Throwable reason) {
            if (current != null) {
                current.fail(reason);
                current = null;
            }
            done.forEach(job -> job.fail(reason));
            done.clear();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Finishes all that waits. */
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
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
