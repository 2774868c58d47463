package io.syncline.server.collect;

import io.syncline.core.error.SynclineException;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A wish to collect one project.
 *
 * @param dryRun only counts what would be done
 * @param deletionsMax overrides the setting, to be careful the first time
 * @param progress is handed the report so far, now and then, on the calling thread
 */
public record CollectRequest(
        boolean dryRun, OptionalLong deletionsMax, Consumer<CollectReport> progress) {
    public CollectRequest {
        if (deletionsMax.isPresent() && deletionsMax.getAsLong() < 0) {
            throw SynclineException.invalid("the number of deletions can't be negative");
        }
    }

    /** Everything, within the settings. */
    public static CollectRequest full() {
        return new CollectRequest(false, OptionalLong.empty(), _ -> {});
    }

    /** Only what it would come to. */
    public static CollectRequest dry() {
        return new CollectRequest(true, OptionalLong.empty(), _ -> {});
    }
}
