package io.syncline.system.endtoend;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition by asking it again and again, up to a deadline. */
public final class Await {
    private Await() {}

    public static void until(
            Duration timeout, BooleanSupplier condition, Supplier<String> otherwise) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + timeout + ": " + otherwise.get());
            }
            pause(Duration.ofMillis(5));
        }
    }

    /**
     * Lets some time pass: only where the time itself is the input, such as a random moment to kill
     * at.
     */
    public static void pause(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }
}
