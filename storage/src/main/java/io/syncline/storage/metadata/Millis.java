package io.syncline.storage.metadata;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Cuts times to what every adapter keeps, so that what is read equals what was written. */
final class Millis {
    private Millis() {}

    static Instant of(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }
}
