package io.syncline.server.listing;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.ListingForm;
import io.syncline.core.wire.ListingOrder;
import io.syncline.server.account.Access;
import io.syncline.server.edge.SharedBytes;
import io.syncline.storage.metadata.Listing;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.Listings.Bound;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.ReadTransaction;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Makes pages of listings, and keeps those asked for last: who opens a folder that somebody has
 * opened before gets it for the price of a look at its version. Where that is another one, but
 * nothing among a page's rows has changed, the rows stay as they were spelt. Thread-safe.
 */
final class Pages {
    /** Most memory that kept pages take: 300 of 500 rows in JSON, or 900 in columns. */
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

    /** Which page, and how it is to be spelt. */
    record Question(
            ProjectKey project,
            NodeId directory,
            ListingOrder order,
            Start start,
            int limit,
            ListingForm form) {}

    /**
     * A page.
     *
     * @param version of the listing
     */
    record Page(long version, SharedBytes body) {}

    /**
     * A page as it was at one moment.
     *
     * @param stretch its rows, and the one that shows whether there are more
     * @param projectHead the project's head at that moment
     * @param rows as they are spelt in the body
     */
    private record Kept(
            ChildrenPage.Head head,
            Stretch stretch,
            long projectHead,
            ByteBuffer rows,
            SharedBytes body) {
        static Kept of(
                ListingForm form,
                ChildrenPage.Head head,
                Stretch stretch,
                long projectHead,
                ByteBuffer rows) {
            byte[] page = form.page(head, rows);
            return new Kept(
                    head,
                    stretch,
                    projectHead,
                    form.rows(page, rows.remaining()),
                    new SharedBytes(page));
        }

        /** The same at a later moment, when the listing still had its version. */
        Kept at(long head) {
            return new Kept(this.head, stretch, head, rows, body);
        }

        /** The same rows in another version of the listing. */
        Kept in(Listing listing, ListingForm form, long head) {
            ChildrenPage.Head now =
                    new ChildrenPage.Head(
                            listing.version(),
                            listing.total(),
                            this.head.before(),
                            this.head.after());
            return of(form, now, stretch, head, rows);
        }

        /** Compressed it takes an eighth to three quarters more. */
        long bytes() {
            return body.length() * 7L / 4 + PAGE_BYTES;
        }
    }

    private final KeptAnswers<Question, Kept> kept = new KeptAnswers<>(BYTES_MAX);

    /**
     * The page as it is in this transaction.
     *
     * @param knownHead a head that the project had before the transaction began
     */
    Page get(Question question, long knownHead, ReadTransaction read) {
        Listings listings = read.listings(question.project());
        Listing listing = listings.of(question.directory());
        Optional<Kept> found = kept.get(question);
        if (found.isEmpty() || found.get().head().version() != listing.version()) {
            Project project =
                    read.projects().find(question.project()).orElseThrow(Access::noSuchProject);
            Kept now =
                    found.filter(old ->
                                    old.stretch()
                                            .isUnchangedSince(old.projectHead(), read, project))
                            .map(old -> old.in(listing, question.form(), project.head()))
                            .orElseGet(() -> make(question, listing, project.head(), listings));
            return keep(question, now);
        }
        // The later the moment, the fewer changes are to be looked at when there are some.
        return knownHead > found.get().projectHead()
                ? keep(question, found.get().at(knownHead))
                : page(found.get());
    }

    private Page keep(Question question, Kept page) {
        kept.put(question, page, page.bytes());
        return page(page);
    }

    private static Page page(Kept kept) {
        return new Page(kept.head().version(), kept.body());
    }

    private static Kept make(
            Question question, Listing listing, long projectHead, Listings listings) {
        NodeId directory = question.directory();
        ListingOrder order = question.order();
        int limit = question.limit();
        Start start = question.start();
        boolean backward = start.side() == Start.Side.BEFORE;
        Optional<Bound> bound =
                start.key().map(key -> new Bound(key, start.side() == Start.Side.FROM));
        List<Node> rows =
                backward
                        ? listings.backward(directory, order, bound, limit + 1)
                        : listings.forward(directory, order, bound, limit + 1);
        Optional<ListingKey> beyond = Optional.empty();
        if (rows.size() > limit) {
            Node row = backward ? rows.getFirst() : rows.getLast();
            beyond = Optional.of(ListingKey.of(row, order.sort()));
            rows = backward ? rows.subList(1, rows.size()) : rows.subList(0, limit);
        }
        boolean before = backward ? beyond.isPresent() : bound.isPresent();
        boolean after = backward || beyond.isPresent();
        return Kept.of(
                question.form(),
                new ChildrenPage.Head(
                        listing.version(),
                        listing.total(),
                        before && !rows.isEmpty()
                                ? Optional.of(ListingRoutes.cursor(rows.getFirst(), order))
                                : Optional.empty(),
                        after && !rows.isEmpty()
                                ? Optional.of(ListingRoutes.cursor(rows.getLast(), order))
                                : Optional.empty()),
                new Stretch(
                        directory,
                        order,
                        backward ? beyond : start.key(),
                        backward ? start.key() : beyond),
                projectHead,
                ByteBuffer.wrap(question.form().rows(rows)));
    }
}
