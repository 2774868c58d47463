package io.syncline.storage.metadata;

/**
 * What is known of a directory's listing without looking at its rows.
 *
 * @param version the highest sequence of a change that touched the listing: gave it a row, took one
 *     away or changed one; 0 for a listing without rows. Never issued twice for two states
 * @param directories how many live children are directories
 * @param others how many aren't
 */
public record Listing(long version, long directories, long others) {
    /** The listing of what has no live children. */
    public static final Listing EMPTY = new Listing(0, 0, 0);

    /** How many rows the listing has. */
    public long total() {
        return directories + others;
    }
}
