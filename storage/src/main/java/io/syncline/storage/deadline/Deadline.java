package io.syncline.storage.deadline;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * When what a thread works on has to be over. It is bound to a thread by {@link #call} and seen by
 * whatever that calls; work of other threads has none unless it is handed on. Whoever makes
 * progress {@linkplain #renew renews} it, so that a bound on idleness is a deadline, too.
 * Thread-safe.
 */
public final class Deadline {
    private static final ScopedValue<Deadline> CURRENT = ScopedValue.newInstance();

    /** What is left while it is held: beyond anything that is waited for. */
    private static final long HELD_NANOS = Long.MAX_VALUE / 4;

    /** What threads go by that have none: never over, and never given out. */
    private static final Deadline NONE = new Deadline(0);

    static {
        NONE.hold();
    }

    private final long budgetNanos;

    /** By {@link System#nanoTime}. */
    private volatile long startNanos = System.nanoTime();

    private volatile boolean held;

    private Deadline(long budgetNanos) {
        this.budgetNanos = budgetNanos;
    }

    /** One that is over after this time from now. */
    public static Deadline after(Duration budget) {
        return new Deadline(budget.toNanos());
    }

    /** The deadline that the calling thread works under. */
    public static Optional<Deadline> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** What may be waited for now: the given time, or what is left where that is less. */
    public static long leftNanos(Duration most) {
        return Math.min(most.toNanos(), CURRENT.orElse(NONE).leftNanos());
    }

    /**
     * Ends work that nobody waits for any more.
     *
     * @throws SynclineException UNAVAILABLE where the thread's deadline is over
     */
    public static void check() {
        if (CURRENT.orElse(NONE).isOver()) {
            throw over();
        }
    }

    /** The failure that {@link #check} ends work with. */
    public static SynclineException over() {
        return new SynclineException(ErrorCode.UNAVAILABLE, "it was not done in time");
    }

    /** Does something under this deadline. */
    public <T> T call(Supplier<T> work) {
        return ScopedValue.where(CURRENT, this).call(work::get);
    }

    /** Does something under the calling thread's deadline, if it has one, on another thread. */
    public static <T> Supplier<T> handOn(Supplier<T> work) {
        Optional<Deadline> mine = current();
        return mine.<Supplier<T>>map(deadline -> () -> deadline.call(work)).orElse(work);
    }

    /** Does something that others wait for as well, under no deadline. */
    public static void without(Runnable work) {
        Deadline none = new Deadline(0);
        none.hold();
        ScopedValue.where(CURRENT, none).run(work);
    }

    /** Lets no time pass until it is renewed: somebody else bounds what comes now. */
    public void hold() {
        held = true;
    }

    /** All of the time is left again. */
    public void renew() {
        startNanos = System.nanoTime();
        held = false;
    }

    /** How much is left, in nanoseconds; 0 or less where it is over. */
    public long leftNanos() {
        return held ? HELD_NANOS : budgetNanos - (System.nanoTime() - startNanos);
    }

    /** Whether nothing is left. */
    public boolean isOver() {
        return leftNanos() <= 0;
    }

    /** The time that it began, and begins anew, with. */
    public Duration budget() {
        return Duration.ofNanos(budgetNanos);
    }
}
