package io.syncline.storage;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition with a deadline. */
public final class Poll {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private Poll() {}

    /** Returns as soon as the condition holds; fails after 20 seconds. */
    public static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the condition did not hold within " + DEADLINE);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
