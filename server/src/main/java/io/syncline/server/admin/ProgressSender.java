package io.syncline.server.admin;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Sends the newest progress four times a second, whether or not it is new: so the two ends notice
 * one another's end also while a task says nothing.
 */
final class ProgressSender implements AdminProgress, AutoCloseable {
    static final long PERIOD_MILLIS = 250;

    private final DataOutputStream out;
    private final BooleanSupplier stopping;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("admin-progress").factory());

    @GuardedBy("this")
    private String latest = "0 0 false ";

    private volatile boolean gone;

    /**
     * @param stopping whether the task is to end at its next report
     */
    ProgressSender(DataOutputStream out, BooleanSupplier stopping) {
        this.out = out;
        this.stopping = stopping;
        var _ =
                timer.scheduleWithFixedDelay(
                        this::send, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void at(String what, long done, long total, boolean bytes) {
        latest = done + " " + total + " " + bytes + " " + what;
        if (gone || stopping.getAsBoolean()) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE,
                    gone ? "whoever asked for this went away" : "the server is stopping");
        }
    }

    private synchronized void send() {
        try {
            new AdminMessage(AdminMessage.Kind.PROGRESS, latest).write(out);
            out.flush();
        } catch (IOException e) {
            gone = true;
            timer.shutdown();
        }
    }

    /** Nothing is sent any more when this returns. */
    @Override
    public void close() {
        timer.shutdownNow();
        timer.close();
    }
}
