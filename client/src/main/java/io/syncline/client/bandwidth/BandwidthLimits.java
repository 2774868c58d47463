package io.syncline.client.bandwidth;

import io.syncline.core.error.SynclineException;
import java.util.OptionalLong;

/**
 * The most that a device sends and receives, in bytes per second; empty: as much as the line takes.
 * From {@link #MIN} to {@link #MAX}, else INVALID.
 */
public record BandwidthLimits(OptionalLong upload, OptionalLong download) {
    /**
     * The lowest limit, 10 kB/s. Servers cut off who sends a body at less than 4 KiB/s, and one
     * chunk of 4 MiB takes seven minutes at this.
     */
    public static final long MIN = 10_000;

    /** The highest limit, 1 TB/s: nothing is faster than that. */
    public static final long MAX = 1_000_000_000_000L;

    /** No limits. */
    public static final BandwidthLimits NONE =
            new BandwidthLimits(OptionalLong.empty(), OptionalLong.empty());

    public BandwidthLimits {
        check(upload);
        check(download);
    }

    private static void check(OptionalLong rate) {
        if (rate.isPresent() && (rate.getAsLong() < MIN || rate.getAsLong() > MAX)) {
            throw SynclineException.invalid(
                    "a limit is from 10 kB to 1 TB a second, not " + rate.getAsLong() + " bytes");
        }
    }

    /** The same with another limit of what is sent. */
    public BandwidthLimits withUpload(OptionalLong rate) {
        return new BandwidthLimits(rate, download);
    }

    /** The same with another limit of what is received. */
    public BandwidthLimits withDownload(OptionalLong rate) {
        return new BandwidthLimits(upload, rate);
    }
}
