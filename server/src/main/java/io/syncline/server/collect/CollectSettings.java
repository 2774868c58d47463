package io.syncline.server.collect;

import io.syncline.core.error.SynclineException;
import java.time.Duration;

/**
 * How unused blocks are collected.
 *
 * @param enabled whether it happens by itself in the background; asked for, it happens anyway
 * @param interval from the end of one run over a project to the next one
 * @param grace how long a block that nothing names yet is kept in any case
 * @param horizon the age of the oldest backup that can be restored: what was condemned or
 *     superseded is deleted only after that (R5). At least {@link #HORIZON_MIN}
 * @param deletionsMax most blocks that one run deletes; the rest waits for the next
 * @param rewriteBytesMax most bytes that one run copies out of packs that hold little
 */
public record CollectSettings(
        boolean enabled,
        Duration interval,
        Duration grace,
        Duration horizon,
        long deletionsMax,
        long rewriteBytesMax) {
    /** Longer than any request, and any read from an old place, can take. */
    public static final Duration HORIZON_MIN = Duration.ofHours(1);

    /** Once a day, a day of grace, backups of 14 days, 10 M blocks and 16 GiB a run. */
    public static final CollectSettings DEFAULT =
            new CollectSettings(
                    true,
                    Duration.ofDays(1),
                    Duration.ofDays(1),
                    Duration.ofDays(14),
                    10_000_000,
                    16L << 30);

    public CollectSettings {
        if (horizon.compareTo(HORIZON_MIN) < 0) {
            throw SynclineException.invalid(
                    "the backup horizon is at least " + HORIZON_MIN.toHours() + " h");
        }
        if (interval.isNegative()
                || interval.isZero()
                || grace.isNegative()
                || deletionsMax < 0
                || rewriteBytesMax < 0) {
            throw SynclineException.invalid(
                    "intervals and bounds of the collector can't be negative");
        }
    }

    /** The same with another age of the oldest backup. */
    public CollectSettings withHorizon(Duration other) {
        return new CollectSettings(enabled, interval, grace, other, deletionsMax, rewriteBytesMax);
    }
}
