package io.syncline.server.event;

import io.syncline.core.error.ErrorCode;
import io.syncline.server.edge.ProblemException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * How many sockets' rights are being looked up. When thousands of devices come at once and the
 * store is slow, each would wait until it has given up, and come again: the store would be asked
 * for nothing but devices that have left. Thread-safe.
 */
final class Arrivals {
    /** Looked up at once; further devices are told to come back: more wouldn't be faster. */
    static final int MAX = 64;

    private static final Duration RETRY = Duration.ofSeconds(5);

    private final AtomicInteger present = new AtomicInteger();

    /** Before a new socket is looked at: UNAVAILABLE where {@link #MAX} are. */
    void refuseBeyondMax() {
        if (present.get() >= MAX) {
            throw ProblemException.retry(
                    ErrorCode.UNAVAILABLE, "too many devices connect at this moment", RETRY);
        }
    }

    /** Looks something up for a socket, however many are. */
    <T> T during(Supplier<T> look) {
        present.incrementAndGet();
        try {
            return look.get();
        } finally {
            present.decrementAndGet();
        }
    }
}
