package io.syncline.core.column;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;

/** Times as two columns: those of whole seconds have a second one of zeros, which packs well. */
public final class Timestamps {
    /** Nanoseconds in a second. */
    public static final int NANOS = 1_000_000_000;

    private Timestamps() {}

    /** The seconds of a time in nanoseconds since 1970, rounded down. */
    public static long second(long time) {
        return Math.floorDiv(time, (long) NANOS);
    }

    /** The rest, 0..999,999,999. */
    public static int rest(long time) {
        return Math.floorMod(time, NANOS);
    }

    /**
     * The time of both.
     *
     * @param rest 0..999,999,999
     * @throws SynclineException CORRUPT where a long doesn't hold it
     */
    public static long time(long second, int rest) {
        try {
            // The first second of all begins before what a long holds.
            return second < 0
                    ? Math.addExact(Math.multiplyExact(second + 1, NANOS), (long) rest - NANOS)
                    : Math.addExact(Math.multiplyExact(second, NANOS), (long) rest);
        } catch (ArithmeticException e) {
            throw new SynclineException(ErrorCode.CORRUPT, "a time that can't be", e);
        }
    }
}
