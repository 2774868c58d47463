package io.syncline.client.bandwidth;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A token bucket for one direction: over any time, at most the limit times that time and what
 * {@link #BURST} earns passes. Kept as the moment when the bucket is full again (the generic cell
 * rate algorithm, ITU-T I.371), so that changing the limit changes nothing of what is owed.
 *
 * <p>Bytes pass in pieces, in the order in which they were asked for. Whole exchanges take turns:
 * so few are under way that each has {@link #SHARE} of the limit, and the others haven't begun.
 * Otherwise a low limit would spread over many half-sent chunks, of which a stop loses all, and
 * which a server takes for dead.
 *
 * <p>Thread-safe. Whoever waits holds no lock, and stops waiting when interrupted.
 */
public final class Pace {
    /** What may pass at once after a rest: so long's worth of bytes. */
    static final Duration BURST = Duration.ofMillis(250);

    /** What each exchange under way has at least, or all of a lower limit: 64 kB/s. */
    static final long SHARE = 64_000;

    /**
     * What may be owed when something small begins: so long's worth of bytes. More than contents
     * alone ever owe, so that it waits for nothing but its like.
     */
    static final Duration DEBT_MAX = Duration.ofSeconds(2);

    /** The largest piece. */
    static final int PIECE_BYTES_MAX = 64 << 10;

    /** A piece takes an eighth of a second at most, which is how soon a new limit is felt. */
    private static final long PIECES_PER_SECOND = 8;

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Time as it passes here. */
    public interface Time {
        /** Really passes. */
        Time REAL =
                new Time() {
                    @Override
                    public long nanos() {
                        return System.nanoTime();
                    }

                    @Override
                    public void pause(long nanos) throws InterruptedException {
                        TimeUnit.NANOSECONDS.sleep(nanos);
                    }
                };

        /** As {@link System#nanoTime}. */
        long nanos();

        /** Returns so many nanoseconds later. */
        void pause(long nanos) throws InterruptedException;
    }

    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();

    /** In bytes per second; 0: no limit. */
    @GuardedBy("lock")
    private long rate;

    /** When all that was let pass is paid for. */
    @GuardedBy("lock")
    private long paidNanos;

    @GuardedBy("lock")
    private int underWay;

    @GuardedBy("lock")
    private final Deque<Turn> waiting = new ArrayDeque<>();

    Pace(Time time) {
        this.time = time;
        this.paidNanos = time.nanos() - BURST.toNanos();
    }

    void limit(OptionalLong wanted) {
        lock.lock();
        try {
            rate = wanted.orElse(0);
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A turn that hasn't begun. */
    public Turn turn() {
        return new Turn(this);
    }

    Time time() {
        return time;
    }

    void begin(Turn turn) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            waiting.add(turn);
            try {
                while (waiting.getFirst() != turn || underWay >= underWayMax()) {
                    moved.await();
                }
                underWay++;
            } finally {
                waiting.remove(turn);
                moved.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            underWay--;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private long underWayMax() {
        return rate == 0 ? Long.MAX_VALUE : Math.max(1, rate / SHARE);
    }

    boolean isLimited() {
        lock.lock();
        try {
            return rate != 0;
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes to ask for at a time. */
    int pieceBytes() {
        lock.lock();
        try {
            return rate == 0
                    ? PIECE_BYTES_MAX
                    : (int) Math.min(PIECE_BYTES_MAX, rate / PIECES_PER_SECOND);
        } finally {
            lock.unlock();
        }
    }

    /** For how long something small must wait before it begins; 0 for not at all. */
    long untilSettledNanos() {
        lock.lock();
        try {
            return rate == 0 ? 0 : Math.max(0, paidNanos - time.nanos() - DEBT_MAX.toNanos());
        } finally {
            lock.unlock();
        }
    }

    /** Takes that many bytes out of the bucket; returns for how long they must wait. */
    long take(int bytes) {
        lock.lock();
        try {
            if (rate == 0) {
                return 0;
            }
            long now = time.nanos();
            long earliest = now - BURST.toNanos();
            // By differences, for nanoTime may wrap around.
            long from = paidNanos - earliest > 0 ? paidNanos : earliest;
            paidNanos = from + Math.ceilDiv(bytes * NANOS_PER_SECOND, rate);
            return Math.max(0, paidNanos - now);
        } finally {
            lock.unlock();
        }
    }
}
