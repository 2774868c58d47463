package io.syncline.system.concurrency;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The server's clock: the real one, and what was jumped. The collector's shortest horizon is an
 * hour, longer than any request takes; so the clock jumps between requests only.
 */
final class JumpingClock implements InstantSource {
    private final AtomicReference<Duration> jumped = new AtomicReference<>(Duration.ZERO);

    /** Fair: else a jump would wait for ever behind requests that overlap. */
    private final ReadWriteLock requests = new ReentrantReadWriteLock(true);

    @Override
    public Instant instant() {
        return Instant.now().plus(jumped.get());
    }

    /** Does a request, during which the clock doesn't jump. */
    <T> T request(Supplier<T> request) {
        requests.readLock().lock();
        try {
            return request.get();
        } finally {
            requests.readLock().unlock();
        }
    }

    void jump(Duration by) {
        requests.writeLock().lock();
        try {
            jumped.updateAndGet(by::plus);
        } finally {
            requests.writeLock().unlock();
        }
    }

    Duration jumped() {
        return jumped.get();
    }
}
