package io.syncline.storage.metadata.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.deadline.Deadline;
import io.syncline.storage.metadata.MetadataStore.Write;
import java.sql.Connection;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A work with its outcome, handed from its caller to a lane and back. */
final class Job<T> {
    /** What became of a run; in all cases but the first what it wrote has to be undone. */
    enum Outcome {
        DONE,
        FAILED,
        /** To be run again, at once. */
        AGAIN,
        /** To be run again, as the first of a transaction, where it may wait for locks. */
        AGAIN_FIRST
    }

    /** Most runs of one work; then it is {@code UNAVAILABLE}. */
    static final int RUNS_MAX = 10;

    /** How long a caller waits for its answer. */
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private enum State {
        WAITING,
        RUNNING,
        ANSWERED,
        ABANDONED
    }

    private final Write<T> work;
    private final boolean behind;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition answered = lock.newCondition();

    /** What it takes before it looks at anything. Used by its lane only, as is the count. */
    private final TreeSet<Lock> locks = new TreeSet<>();

    private int runs;

    @GuardedBy("lock")
    private State state = State.WAITING;

    // Written by the lane before the state becomes ANSWERED, read by the caller after.
    private @Nullable T result;
    private @Nullable Throwable failure;

    Job(Write<T> work, boolean behind) {
        this.work = work;
        this.behind = behind;
    }

    /** Whether it goes behind what is in the foreground. */
    boolean behind() {
        return behind;
    }

    /** How often it was run. */
    int runs() {
        return runs;
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

    /**
     * Runs the work.
     *
     * @param schema see {@link Lock#name}
     * @param first whether the transaction holds nothing yet: then it waits for locks long enough
     */
    Outcome run(Connection connection, long schema, boolean first) {
        failure = null;
        runs++;
        try (PostgresTransaction transaction = new PostgresTransaction(connection, schema, true)) {
            try {
                locks.forEach(transaction::lock);
                result = work.run(transaction);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            RuntimeException reason = transaction.failure();
            if (reason != null) {
                // What the work made of it may be anything.
                failure = failure == null ? reason : failure;
                return outcomeOf(reason, first);
            }
            if (transaction.again()) {
                transaction.wanted().ifPresent(locks::add);
                return orFailed(Outcome.AGAIN);
            }
        }
        return failure == null ? Outcome.DONE : Outcome.FAILED;
    }

    private Outcome outcomeOf(RuntimeException reason, boolean first) {
        boolean again =
                Failures.isUndoneForAnother(reason) || (!first && Failures.isLockTimeout(reason));
        return again ? orFailed(Outcome.AGAIN_FIRST) : Outcome.FAILED;
    }

    private Outcome orFailed(Outcome again) {
        if (runs < RUNS_MAX) {
            failure = null;
            return again;
        }
        SynclineException refusal =
                new SynclineException(
                        ErrorCode.UNAVAILABLE,
                        "the write was undone for others " + runs + " times");
        if (failure != null) {
            refusal.addSuppressed(failure);
        }
        failure = refusal;
        return Outcome.FAILED;
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
