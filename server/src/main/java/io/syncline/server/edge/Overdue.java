package io.syncline.server.edge;

import io.syncline.storage.deadline.Deadline;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Answers in the place of handlers that are past their deadline and still don't answer themselves,
 * such as one that waits for a disk. They aren't interrupted, which would close files that others
 * read, and keep their places until they end: so that what hangs is bounded, and nobody waits for
 * it. Looks at all requests that are handled, at most as many as there are places. Thread-safe.
 */
final class Overdue implements AutoCloseable {
    /** How long a handler that is past its deadline has for an answer of its own. */
    private final long graceNanos;

    private final Set<Handled> all = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService looking =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("edge-overdue").factory());

    /** A request that is handled; its answer is sent by whoever claims it first. */
    static final class Handled {
        private final Deadline deadline;
        private final Runnable answer;
        private final AtomicBoolean claimed = new AtomicBoolean();

        private Handled(Deadline deadline, Runnable answer) {
            this.deadline = deadline;
            this.answer = answer;
        }

        /** Whether the caller is the one to answer. */
        boolean claim() {
            return !claimed.getAndSet(true);
        }
    }

    /** Looks as often as the grace lasts. */
    Overdue(Duration grace) {
        this.graceNanos = grace.toNanos();
        var _ =
                looking.scheduleWithFixedDelay(
                        this::look, graceNanos, graceNanos, TimeUnit.NANOSECONDS);
    }

    /**
     * A request begins to be handled.
     *
     * @param answer sends an answer instead of the handler's
     */
    Handled begin(Deadline deadline, Runnable answer) {
        Handled handled = new Handled(deadline, answer);
        all.add(handled);
        return handled;
    }

    /** A request's handler has ended. */
    void end(Handled handled) {
        all.remove(handled);
    }

    private void look() {
        for (Handled handled : all) {
            if (handled.deadline.leftNanos() < -graceNanos && handled.claim()) {
                // On a thread of its own: its peer may be slow.
                Thread.ofVirtual().name("overdue").start(handled.answer);
            }
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
