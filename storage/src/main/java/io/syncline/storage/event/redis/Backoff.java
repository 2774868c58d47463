package io.syncline.storage.event.redis;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Waits between attempts to reach the server. Belongs to one thread. */
final class Backoff {
    private final RedisSettings.Timing timing;
    private final RandomGenerator random;
    private final CountDownLatch closed;
    private long boundNanos;

    /**
     * @param closed ends every wait
     */
    Backoff(RedisSettings.Timing timing, RandomGenerator random, CountDownLatch closed) {
        this.timing = timing;
        this.random = random;
        this.closed = closed;
        this.boundNanos = timing.retryMin().toNanos();
    }

    /** An attempt succeeded. */
    void reset() {
        boundNanos = timing.retryMin().toNanos();
    }

    /** Waits; false where it is closed. */
    boolean await() {
        long wait = boundNanos / 2 + random.nextLong(boundNanos / 2 + 1);
        boundNanos = Math.min(timing.retryMax().toNanos(), boundNanos * 2);
        try {
            return !closed.await(wait, TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
