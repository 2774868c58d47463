package io.syncline.storage.metadata;

import java.time.Instant;

/**
 * Deletes what has expired, up to {@code limit} rows each, by index, and says how many: a result
 * below the limit means that nothing is left. Use with {@link MetadataStore#writeBehind}.
 */
public interface Sweeper {
    /** Sessions that expired at or before now. */
    int sessions(Instant now, int limit);

    /** Join links that are used up, or expired at or before now. */
    int links(Instant now, int limit);

    /** Uploads that expired at or before now. */
    int uploads(Instant now, int limit);

    /** Replicas that were last seen before a time: whoever comes back registers anew (R42). */
    int replicas(Instant seenBefore, int limit);

    /** Answers given before a time (R9: 30 days ago). */
    int answers(Instant before, int limit);
}
