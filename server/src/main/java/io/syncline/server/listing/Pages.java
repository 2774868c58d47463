package io.syncline.server.listing;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.WireJson;
import io.syncline.server.edge.SharedBytes;
import io.syncline.storage.metadata.Listing;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.Listings.Bound;
import java.util.List;
import java.util.Optional;

/**
 * Makes pages of listings, and keeps those asked for last: who opens a folder that somebody has
 * opened before gets it for the price of a look at its version. Thread-safe.
 */
final class Pages {
    /** Most memory that kept pages take: about 400 of 500 rows. */
    private static final long BYTES_MAX = 64L << 20;

    /** What a page takes beside its bytes: question, map entries and buffers. */
    private static final int PAGE_BYTES = 1_000;

    /** Where a page lies. */
    record Start(Side side, Optional<ListingKey> key) {
        /** The first page of a listing. */
        static final Start BEGINNING = new Start(Side.AFTER, Optional.empty());

        Start(Side side, ListingKey key) {
            this(side, Optional.of(key));
        }

        /** As the query's parameters are called, in small letters. */
        enum Side {
            /** Behind that row. */
            AFTER,
            /** That row is the first one. */
            FROM,
            /** It ends in front of that row. */
            BEFORE
        }
    }

    /** Which page. */
    record Question(
            ProjectId project, NodeId directory, ListingOrder order, Start start, int limit) {}

    /**
     * A page.
     *
     * @param version of the listing
     * @param body its JSON
     */
    record Page(long version, SharedBytes body) {}

    private final KeptAnswers<Question, SharedBytes> kept = new KeptAnswers<>(BYTES_MAX);

    /** The page out of these listings, as they are now. */
    Page get(Question question, Listings listings) {
        Listing listing = listings.of(question.directory());
        Optional<SharedBytes> found = kept.get(question, listing.version());
        if (found.isPresent()) {
            return new Page(listing.version(), found.get());
        }
        byte[] json = WireJson.CHILDREN_PAGE.toBytes(read(question, listing, listings));
        SharedBytes body = new SharedBytes(json);
        // Compressed it takes an eighth to a quarter more.
        kept.put(question, listing.version(), body, json.length * 5L / 4 + PAGE_BYTES);
        return new Page(listing.version(), body);
    }

    private static ChildrenPage read(Question question, Listing listing, Listings listings) {
        int limit = question.limit();
        Start start = question.start();
        boolean backward = start.side() == Start.Side.BEFORE;
        Optional<Bound> bound =
                start.key().map(key -> new Bound(key, start.side() == Start.Side.FROM));
        List<Node> rows =
                backward
                        ? listings.backward(
                                question.directory(), question.order(), bound, limit + 1)
                        : listings.forward(
                                question.directory(), question.order(), bound, limit + 1);
        boolean more = rows.size() > limit;
        if (more) {
            rows = backward ? rows.subList(1, rows.size()) : rows.subList(0, limit);
        }
        return page(
                listing,
                question.order(),
                rows,
                backward ? more : bound.isPresent(),
                backward || more);
    }

    private static ChildrenPage page(
            Listing listing, ListingOrder order, List<Node> rows, boolean before, boolean after) {
        return new ChildrenPage(
                rows,
                listing.version(),
                listing.total(),
                before && !rows.isEmpty()
                        ? Optional.of(ListingRoutes.cursor(rows.getFirst(), order))
                        : Optional.empty(),
                after && !rows.isEmpty()
                        ? Optional.of(ListingRoutes.cursor(rows.getLast(), order))
                        : Optional.empty());
    }
}
