package io.syncline.system.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Tries inputs, and measures what they cost. */
final class Trying {
    /** Of processor time; an input that takes longer would stop a server. */
    private static final Duration TIME_MAX = Duration.ofSeconds(5);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Trying() {}

    /** What an input cost. */
    private record Cost(long bytes, long nanos) {}

    /** Lets a target decode an input within its bounds. */
    static void run(Target target, byte[] input) {
        Cost cost = measure(target, input);
        if (cost.bytes > target.allocationMax(input.length) || cost.nanos > TIME_MAX.toNanos()) {
            // The first time may have loaded classes and filled caches.
            cost = measure(target, input);
        }
        Refusals.require(
                cost.bytes <= target.allocationMax(input.length),
                "%s: %,d bytes of input took %,d bytes of memory, above %,d",
                target.name(),
                input.length,
                cost.bytes,
                target.allocationMax(input.length));
        Refusals.require(
                cost.nanos <= TIME_MAX.toNanos(),
                "%s: %,d bytes of input took %,d ms of processor time",
                target.name(),
                input.length,
                cost.nanos / 1_000_000);
    }

    private static Cost measure(Target target, byte[] input) {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        try {
            target.decode(input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Cost(
                THREADS.getCurrentThreadAllocatedBytes() - bytes,
                THREADS.getCurrentThreadCpuTime() - nanos);
    }
}
