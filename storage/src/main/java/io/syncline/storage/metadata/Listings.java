package io.syncline.storage.metadata;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ListingOrder;
import java.util.List;
import java.util.Optional;

/**
 * The live children of one project's directories, in every order that people ask for. A page costs
 * the same wherever it is in the listing.
 */
public interface Listings {
    /** Version and counts; {@link Listing#EMPTY} where there are no live children. */
    Listing of(NodeId directory);

    /**
     * The rows after a position, in the listing's order.
     *
     * @param from where to begin; empty: at the beginning
     */
    List<Node> forward(NodeId directory, ListingOrder order, Optional<Bound> from, int limit);

    /**
     * The last {@code limit} rows before a position, in the listing's order.
     *
     * @param until where to end; empty: at the end
     */
    List<Node> backward(NodeId directory, ListingOrder order, Optional<Bound> until, int limit);

    /**
     * The first row of every page of {@code size} rows, found by one walk: about 0.1 µs a row, of
     * some thousand rows that aren't kept in order 1 µs; memory for the result, or these, alone.
     */
    List<ListingKey> pageStarts(NodeId directory, ListingOrder order, int size);

    /** How many rows are at or after {@code from} and before {@code to}; costs time per row. */
    long distance(NodeId directory, ListingOrder order, ListingKey from, ListingKey to);

    /** A position and whether its own row is meant too. */
    record Bound(ListingKey key, boolean inclusive) {}
}
