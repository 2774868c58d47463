package io.syncline.client.state.sqlite;

import java.util.function.LongSupplier;

/**
 * How many rows a table has, counted once and kept up to date by whoever writes: SQLite counts by
 * looking at each, which at a million rows takes tens of milliseconds, and the engine asks with
 * every status. Guarded by the store's lock; forgotten where it isn't known what was written.
 */
final class Tally {
    private static final long UNKNOWN = -1;

    private long rows = UNKNOWN;

    long get(LongSupplier count) {
        if (rows == UNKNOWN) {
            rows = count.getAsLong();
        }
        return rows;
    }

    /** So many more, or fewer. */
    void add(int more) {
        if (rows != UNKNOWN) {
            rows += more;
        }
    }

    void clear() {
        rows = UNKNOWN;
    }
}
