package io.syncline.client.api;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.SynclineException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Repeats calls whose failure may pass: exponential backoff with full jitter, at least as long as
 * the server asked, at most {@link #ATTEMPTS_MAX} times, and only while a budget lasts that
 * successes refill, so that many callers don't pile onto a server in trouble. Thread-safe.
 */
public final class Retries {
    /** Most tries of one call, the first included. */
    public static final int ATTEMPTS_MAX = 5;

    /** The longest that a server may ask to wait here; beyond it the caller is told at once. */
    public static final Duration RETRY_AFTER_MAX = Duration.ofSeconds(60);

    private static final Duration BACKOFF_FIRST = Duration.ofMillis(200);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(10);

    /** Repeats that may be under way before any success; a success earns a fifth of one. */
    private static final double BUDGET_MAX = 20;

    private static final double EARNED = 0.2;

    /** Lets time pass. */
    @FunctionalInterface
    public interface Pause {
        /** Really sleeps. */
        Pause REAL = Thread::sleep;

        /** Returns after that time. */
        void pause(Duration time) throws InterruptedException;
    }

    private final RandomGenerator random;
    private final Pause pause;

    @GuardedBy("this")
    private double budget = BUDGET_MAX;

    /** Retries that take their jitter from {@code random}, used by one thread at a time. */
    public Retries(RandomGenerator random, Pause pause) {
        this.random = random;
        this.pause = pause;
    }

    /** What {@code call} returns, the last failure if all tries failed. */
    <T> T call(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                T result = call.get();
                earn();
                return result;
            } catch (SynclineException e) {
                Optional<Duration> asked =
                        e instanceof ServerFailure failure
                                ? failure.retryAfter()
                                : Optional.empty();
                boolean soon = asked.isEmpty() || asked.get().compareTo(RETRY_AFTER_MAX) <= 0;
                boolean interrupted = Thread.currentThread().isInterrupted();
                if (!e.code().retryable()
                        || !soon
                        || interrupted
                        || attempt == ATTEMPTS_MAX
                        || !spend()) {
                    throw e;
                }
                sleep(asked.orElse(Duration.ZERO).plus(backoff(attempt)), e);
            }
        }
    }

    private void sleep(Duration time, SynclineException failure) {
        try {
            pause.pause(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure.addSuppressed(e);
            throw failure;
        }
    }

    private Duration backoff(int attempt) {
        long most = Math.min(BACKOFF_MAX.toMillis(), BACKOFF_FIRST.toMillis() << (attempt - 1));
        synchronized (this) {
            return Duration.ofMillis(random.nextLong(most + 1));
        }
    }

    private synchronized void earn() {
        budget = Math.min(BUDGET_MAX, budget + EARNED);
    }

    private synchronized boolean spend() {
        if (budget < 1) {
            return false;
        }
        budget--;
        return true;
    }
}
