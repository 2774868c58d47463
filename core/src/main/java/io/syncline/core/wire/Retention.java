package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import java.time.Duration;

/** How long a project keeps versions after they were replaced or deleted: a day to ten years. */
public record Retention(Duration duration) {
    /** The shortest one: time to notice a mistake. */
    public static final Duration MIN = Duration.ofDays(1);

    /** The longest one. */
    public static final Duration MAX = Duration.ofDays(3_653);

    public Retention {
        if (duration.compareTo(MIN) < 0 || duration.compareTo(MAX) > 0) {
            throw SynclineException.invalid(
                    "history is kept for " + MIN.toDays() + ".." + MAX.toDays() + " days");
        }
    }
}
