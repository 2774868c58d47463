package io.syncline.core.wire;

import java.util.Optional;

/**
 * Where a name is in a listing.
 *
 * @param version of the listing
 * @param total rows of the listing
 * @param row the row found; absent where no name begins so
 */
public record ListingPosition(long version, long total, Optional<Row> row) {
    /**
     * A row.
     *
     * @param index from 0
     * @param cursor the row's own
     */
    public record Row(long index, String cursor) {}
}
