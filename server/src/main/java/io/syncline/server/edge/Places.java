package io.syncline.server.edge;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The places for requests that are handled at once. Who finds none waits for a moment, with no more
 * others than there are places; no body is read meanwhile. Thread-safe.
 */
final class Places {
    private final int count;
    private final Duration wait;
    private final Semaphore all;

    /** What {@link RequestKind#LOOK} leaves to the others. */
    private final Semaphore heavy;

    private final Map<RequestKind, Semaphore> byKind = new EnumMap<>(RequestKind.class);
    private final Semaphore waiting;

    /**
     * All free.
     *
     * @param wait how long a request waits for one
     */
    Places(int count, Duration wait) {
        this.count = count;
        this.wait = wait;
        this.all = new Semaphore(count);
        this.heavy = new Semaphore(Math.max(1, count * 3 / 4));
        this.waiting = new Semaphore(count);
        for (RequestKind kind : RequestKind.values()) {
            byKind.put(kind, new Semaphore(share(kind)));
        }
    }

    private int share(RequestKind kind) {
        return kind == RequestKind.LOOK ? count : Math.max(1, count / 2);
    }

    private Semaphore of(RequestKind kind) {
        Semaphore places = byKind.get(kind);
        if (places == null) {
            throw new IllegalStateException("no places for " + kind);
        }
        return places;
    }

    /** Takes a place for a request; false where there was none in time. */
    boolean take(RequestKind kind) {
        if (takeWithin(kind, 0)) {
            return true;
        }
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            return takeWithin(kind, wait.toNanos());
        } finally {
            waiting.release();
        }
    }

    private boolean takeWithin(RequestKind kind, long nanos) {
        long end = System.nanoTime() + nanos;
        Semaphore own = of(kind);
        // The narrowest first: who waits for it takes nothing from the others.
        if (!take(own, end)) {
            return false;
        }
        boolean isHeavy = kind != RequestKind.LOOK;
        if (isHeavy && !take(heavy, end)) {
            own.release();
            return false;
        }
        if (take(all, end)) {
            return true;
        }
        if (isHeavy) {
            heavy.release();
        }
        own.release();
        return false;
    }

    private static boolean take(Semaphore places, long end) {
        try {
            return places.tryAcquire()
                    || places.tryAcquire(
                            Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Gives a place back. */
    void giveBack(RequestKind kind) {
        all.release();
        if (kind != RequestKind.LOOK) {
            heavy.release();
        }
        of(kind).release();
    }

    /** How many are taken. */
    int taken() {
        return count - all.availablePermits();
    }

    /** Takes all of them for good, once they are free; false where that takes longer. */
    boolean takeAll(Duration timeout) throws InterruptedException {
        return all.tryAcquire(count, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
