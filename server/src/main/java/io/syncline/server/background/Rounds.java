package io.syncline.server.background;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a round of work again and again on a thread of its own, each a pause after the end of the
 * one before. A round that fails is reported, and tried again as the next one. Thread-safe.
 */
public final class Rounds implements AutoCloseable {
    /** How long an end waits for the round under way before it interrupts it. */
    private static final Duration END_WAIT = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(Rounds.class);

    private final String name;
    private final Supplier<Duration> pause;
    private final Runnable round;
    private final ScheduledThreadPoolExecutor thread;
    private volatile boolean closed;

    /**
     * Rounds that begin with {@link #start}.
     *
     * @param name of the thread, and in reports
     * @param pause asked before each round
     * @param round looks at {@link #isClosed} between its steps
     */
    public Rounds(String name, Supplier<Duration> pause, Runnable round) {
        this(name, pause, round, Thread.ofPlatform().daemon().factory());
    }

    /** The same on a thread of that kind, which gets the name. */
    public Rounds(
            String name, Supplier<Duration> pause, Runnable round, ThreadFactory threads) {
        this.name = name;
        this.pause = pause;
        this.round = round;
        this.thread =
                new ScheduledThreadPoolExecutor(1, work -> named(name, threads.newThread(work)));
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private static Thread named(String name, Thread thread) {
        thread.setName(name);
        return thread;
    }

    /** Begins, with a pause. Call once. */
    public void start() {
        schedule();
    }

    private void schedule() {
        try {
            var _ =
                    thread.schedule(
                            this::roundAndSchedule, pause.get().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            if (!closed) {
                throw e;
            }
        }
    }

    private void roundAndSchedule() {
        reporting(round);
        if (!closed) {
            schedule();
        }
    }

    private void reporting(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            if (!closed) {
                log.atError().setCause(e).addKeyValue("work", name).log("background work failed");
            }
        }
    }

    /** Runs something on the same thread as soon as it is free; false when it ends already. */
    public boolean soon(Runnable work) {
        try {
            thread.execute(() -> reporting(work));
            return true;
        } catch (RejectedExecutionException _) {
            return false;
        }
    }

    /** Whether the end was asked for. */
    public boolean isClosed() {
        return closed;
    }

    /** Ends with the round under way, which is interrupted if that takes long. Idempotent. */
    @Override
    public void close() {
        closed = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(END_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                log.atWarn().addKeyValue("work", name).log("background work is interrupted");
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
