package io.syncline.client.bandwidth;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;

/**
 * One exchange's way through a {@link Pace}: begun, passed by piece after piece, closed. Used by
 * one thread, but {@link #heldNanos} by any.
 */
public final class Turn implements AutoCloseable {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Pace pace;
    private boolean begun;

    @GuardedBy("this")
    private long heldNanos;

    /** Since when it waits, while {@link #waits}. */
    @GuardedBy("this")
    private long sinceNanos;

    @GuardedBy("this")
    private boolean waits;

    Turn(Pace pace) {
        this.pace = pace;
    }

    /** Waits until it is this exchange's turn. */
    public void begin() throws InterruptedException {
        startWaiting();
        try {
            pace.begin(this);
            begun = true;
        } finally {
            stopWaiting();
        }
    }

    /**
     * Instead of {@link #begin}, for what is small: waits until not much more is owed than contents
     * owe, and takes nobody's turn.
     */
    public void beginSmall() throws InterruptedException {
        long nanos = pace.untilSettledNanos();
        while (nanos > 0) {
            hold(Math.min(nanos, STEP_NANOS));
            nanos = pace.untilSettledNanos();
        }
    }

    private void hold(long nanos) throws InterruptedException {
        startWaiting();
        try {
            pace.time().pause(nanos);
        } finally {
            stopWaiting();
        }
    }

    /** Lets so many bytes pass at once; what comes next pays for them. */
    public void owe(long bytes) {
        long left = bytes;
        while (left > 0) {
            int some = (int) Math.min(left, Pace.PIECE_BYTES_MAX);
            var _ = pace.take(some);
            left -= some;
        }
    }

    /** The most bytes to {@link #pass} with next, from 1 to 64 KiB. */
    public int pieceBytes() {
        return pace.pieceBytes();
    }

    /** Waits until so many bytes may pass. */
    public void pass(int bytes) throws InterruptedException {
        long nanos = pace.take(bytes);
        while (nanos > 0 && pace.isLimited()) {
            // In steps, so that a limit that is lifted is soon felt.
            long step = Math.min(nanos, STEP_NANOS);
            hold(step);
            nanos -= step;
        }
    }

    private synchronized void startWaiting() {
        sinceNanos = pace.time().nanos();
        waits = true;
    }

    private synchronized void stopWaiting() {
        heldNanos += pace.time().nanos() - sinceNanos;
        waits = false;
    }

    /** How long it was made to wait until now, in nanoseconds: time that is nobody's fault. */
    public synchronized long heldNanos() {
        return waits ? heldNanos + pace.time().nanos() - sinceNanos : heldNanos;
    }

    /** Lets the next one begin. May be repeated. */
    @Override
    public void close() {
        if (begun) {
            begun = false;
            pace.end();
        }
    }
}
