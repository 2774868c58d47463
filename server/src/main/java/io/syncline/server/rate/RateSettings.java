package io.syncline.server.rate;

import io.syncline.core.error.SynclineException;
import java.time.Duration;

/**
 * What one account may ask for, over all nodes together; one device may use half of it.
 *
 * @param requestsPerSecond in the long run
 * @param bytesPerSecond of bodies, of requests and answers together, in the long run
 * @param burst who asked for less before may use what that is worth at once
 */
public record RateSettings(long requestsPerSecond, long bytesPerSecond, Duration burst) {
    /** Most that either can be set to. */
    public static final long MAX = 1L << 50;

    private static final Duration BURST_MAX = Duration.ofMinutes(1);

    /**
     * A first sync of 1,000,000 files is 2,000 commits and some ten thousand chunks, spread over
     * minutes.
     */
    public static final RateSettings DEFAULT =
            new RateSettings(1_000, 1L << 30, Duration.ofSeconds(20));

    public RateSettings {
        if (requestsPerSecond < 1
                || requestsPerSecond > MAX
                || bytesPerSecond < 1
                || bytesPerSecond > MAX) {
            throw SynclineException.invalid("a rate is 1.." + MAX + " a second");
        }
        // Devices wait for as long as they are told only up to a minute.
        if (burst.isNegative() || burst.isZero() || burst.compareTo(BURST_MAX) > 0) {
            throw SynclineException.invalid("a burst is worth at most " + BURST_MAX.toSeconds());
        }
    }
}
