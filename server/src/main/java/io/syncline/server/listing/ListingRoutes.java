package io.syncline.server.listing;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.ListingForm;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.ListingPosition;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.AcceptHeader;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.ContentCoding;
import io.syncline.server.edge.EntityTags;
import io.syncline.server.edge.Router;
import io.syncline.storage.metadata.Listing;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.Listings.Bound;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ReadTransaction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The addresses that list directories. */
public final class ListingRoutes {
    /** How often a position is sought anew because the listing changed meanwhile. */
    private static final int TRIES_MAX = 3;

    private final MetadataStore store;
    private final PageMaps maps;
    private final Pages pages = new Pages();

    /** Reads from this store. */
    public ListingRoutes(MetadataStore store) {
        this.store = store;
        this.maps = new PageMaps(store);
    }

    /** Adds the addresses. */
    public void route(Router router, Access access) {
        String node = "/v1/projects/{p}/nodes/{id}";
        router.add("GET", node + "/children", access.member(Role.VIEWER, this::children))
                .add("GET", node + "/pages", access.member(Role.VIEWER, this::pages))
                .add("GET", node + "/position", access.member(Role.VIEWER, this::position));
    }

    /**
     * A keyset page: the cost of the last page is that of the first. It is kept in coded form for
     * the next who asks, as long as the listing stays as it is.
     */
    private Answer children(Call call, Member member) {
        ListingOrder order = order(call);
        Pages.Question question =
                new Pages.Question(
                        member.project().key(),
                        new NodeId(call.number("id")),
                        order,
                        start(call, order),
                        (int)
                                call.query(
                                        "limit",
                                        Limits.PAGE_ENTRIES,
                                        1,
                                        Limits.CHILDREN_PAGE_ENTRIES_MAX),
                        form(call));
        Pages.Page page =
                store.read(read -> {
                    checkDirectory(read, member, question.directory());
                    return pages.get(question, member.project().head(), read);
                });
        String tag = "W/\"%d\"".formatted(page.version());
        Map<String, String> headers = headers(tag);
        headers.put("Vary", "Accept, Accept-Encoding");
        if (call.header("If-None-Match").filter(t -> EntityTags.match(t, tag)).isPresent()) {
            return new Answer(304, headers, new Answer.None());
        }
        headers.put("Content-Type", question.form().mediaType());
        return new Answer(200, headers, new Answer.Bytes(page.body()));
    }

    /** JSON unless the caller names the other one. */
    private static ListingForm form(Call call) {
        return call.header("Accept")
                        .filter(types -> AcceptHeader.names(ListingForm.COLUMNS.mediaType(), types))
                        .isPresent()
                ? ListingForm.COLUMNS
                : ListingForm.JSON;
    }

    private static Pages.Start start(Call call, ListingOrder order) {
        List<Pages.Start> starts =
                Stream.of(Pages.Start.Side.values())
                        .flatMap(side ->
                                call
                                        .query(side.name().toLowerCase(Locale.ROOT))
                                        .map(text -> ListingCursor.decode(order.sort(), text))
                                        .map(key -> new Pages.Start(side, key))
                                        .stream())
                        .toList();
        if (starts.size() > 1) {
            throw SynclineException.invalid("after, from and before exclude one another");
        }
        return starts.isEmpty() ? Pages.Start.BEGINNING : starts.getFirst();
    }

    static String cursor(Node node, ListingOrder order) {
        return ListingCursor.encode(order.sort(), ListingKey.of(node, order.sort()));
    }

    private static ListingOrder order(Call call) {
        return ListingOrder.parse(
                call.query("sort").orElse("name"), call.query("order").orElse("asc"));
    }

    /** The project's listings, after a look whether that node has one. */
    private static Listings listings(ReadTransaction read, Member member, NodeId directory) {
        checkDirectory(read, member, directory);
        return read.listings(member.project().key());
    }

    private static void checkDirectory(ReadTransaction read, Member member, NodeId directory) {
        if (!directory.isRoot()) {
            var _ =
                    read.nodes(member.project().key())
                            .find(directory)
                            .filter(node -> !node.deleted() && node.item().isDirectory())
                            .orElseThrow(() ->
                                    new SynclineException(
                                            ErrorCode.NOT_FOUND, "there is no such directory"));
        }
    }

    /** The first row of every page; compressed once for all who ask. */
    private Answer pages(Call call, Member member) {
        PageMaps.Of of = map(call, member);
        long version =
                store.read(read -> listings(read, member, of.directory()).of(of.directory()))
                        .version();
        // The same listing, spelt in two encodings: the tag is a weak one.
        String known = tag(of, version);
        if (call.header("If-None-Match").filter(t -> EntityTags.match(t, known)).isPresent()) {
            return new Answer(304, headers(known), new Answer.None());
        }
        PageMaps.Made made = maps.get(of, version);
        Map<String, String> headers = headers(tag(of, made.listing().version()));
        headers.put("Content-Type", Answer.JSON);
        boolean gzip =
                call.header("Accept-Encoding").filter(ContentCoding.GZIP::isAcceptedBy).isPresent();
        if (gzip) {
            headers.put("Content-Encoding", ContentCoding.GZIP.word());
        }
        ByteBuffer body = gzip ? made.gzip().duplicate() : plain(made.gzip());
        return new Answer(200, headers, new Answer.Bytes(body));
    }

    private static PageMaps.Of map(Call call, Member member) {
        int size = (int) call.query("size", Limits.PAGE_ENTRIES, 1, Integer.MAX_VALUE);
        if (!Limits.PAGE_MAP_SIZES.contains(size)) {
            throw SynclineException.invalid("size must be one of " + Limits.PAGE_MAP_SIZES);
        }
        return new PageMaps.Of(
                member.project().key(), new NodeId(call.number("id")), order(call), size);
    }

    private static String tag(PageMaps.Of of, long version) {
        return "W/\"%d-%s-%d\"".formatted(version, of.order(), of.size());
    }

    private static Map<String, String> headers(String tag) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ETag", tag);
        headers.put("Cache-Control", "private, no-cache");
        headers.put("Vary", "Accept-Encoding");
        return headers;
    }

    private static ByteBuffer plain(ByteBuffer gzip) {
        byte[] bytes = new byte[gzip.remaining()];
        gzip.duplicate().get(bytes);
        try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return ByteBuffer.wrap(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the first row is whose name begins so: two look-ups, and less than a page of rows. */
    private Answer position(Call call, Member member) {
        String prefix = call.query("prefix").orElse("");
        if (!Name.fault(prefix).isEmpty() && !prefix.equals(".") && !prefix.equals("..")) {
            throw SynclineException.invalid("prefix must be the beginning of a name");
        }
        PageMaps.Of of =
                new PageMaps.Of(
                        member.project().key(),
                        new NodeId(call.number("id")),
                        order(call),
                        Limits.PAGE_ENTRIES);
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            long version =
                    store.read(read -> listings(read, member, of.directory()).of(of.directory()))
                            .version();
            PageMaps.Made map = maps.get(of, version);
            Optional<ListingPosition> found =
                    store.read(read ->
                            position(listings(read, member, of.directory()), of, map, prefix));
            if (found.isPresent()) {
                return Answer.json(WireJson.LISTING_POSITION.toBytes(found.get()));
            }
        }
        // It changes faster than its map can be made: count, about 0.1 µs a row.
        ListingPosition counted =
                store.read(read -> {
                    Listings listings = listings(read, member, of.directory());
                    Listing listing = listings.of(of.directory());
                    return at(
                            listing,
                            of,
                            find(listings, of, prefix),
                            key ->
                                    listings
                                            .forward(
                                                    of.directory(), of.order(), Optional.empty(), 1)
                                            .stream()
                                            .mapToLong(first ->
                                                    listings.distance(
                                                            of.directory(),
                                                            of.order(),
                                                            ListingKey.of(first, of.order().sort()),
                                                            key))
                                            .sum());
                });
        return Answer.json(WireJson.LISTING_POSITION.toBytes(counted));
    }

    /** Empty where the map is of another version of the listing. */
    private static Optional<ListingPosition> position(
            Listings listings, PageMaps.Of of, PageMaps.Made map, String prefix) {
        Listing listing = listings.of(of.directory());
        if (!listing.equals(map.listing())) {
            return Optional.empty();
        }
        return Optional.of(
                at(
                        listing,
                        of,
                        find(listings, of, prefix),
                        key -> {
                            int page =
                                    Collections.binarySearch(
                                            map.starts(), key, ListingKey.comparator(of.order()));
                            if (page >= 0) {
                                return (long) page * of.size();
                            }
                            int within = -page - 2;
                            return (long) within * of.size()
                                    + listings.distance(
                                            of.directory(),
                                            of.order(),
                                            map.starts().get(within),
                                            key);
                        }));
    }

    /** Counts the rows before one. */
    @FunctionalInterface
    private interface Rank {
        long of(ListingKey key);
    }

    private static ListingPosition at(
            Listing listing, PageMaps.Of of, Optional<Node> found, Rank rank) {
        Optional<ListingPosition.Row> row =
                found.map(node -> {
                    ListingKey key = ListingKey.of(node, of.order().sort());
                    return new ListingPosition.Row(rank.of(key), cursor(node, of.order()));
                });
        return new ListingPosition(listing.version(), listing.total(), row);
    }

    /**
     * The first row by name that begins so, directories first; as spelt, else in another case. In a
     * listing by descending name it is the last one by name, which comes first there.
     */
    private static Optional<Node> find(Listings listings, PageMaps.Of of, String prefix) {
        boolean descending = of.order().directoriesDescending();
        ListingOrder order = new ListingOrder(ListingOrder.Sort.NAME, descending);
        for (String spelling : spellings(prefix)) {
            for (boolean directory : new boolean[] {true, false}) {
                ListingKey start =
                        new ListingKey(directory, 0, descending ? spelling + HIGHEST : spelling);
                Optional<Node> row =
                        listings
                                .forward(
                                        of.directory(),
                                        order,
                                        Optional.of(new Bound(start, true)),
                                        1)
                                .stream()
                                .filter(node ->
                                        node.item().isDirectory() == directory
                                                && node.place().name().value().startsWith(spelling))
                                .findFirst();
                if (row.isPresent()) {
                    return row;
                }
            }
        }
        return Optional.empty();
    }

    /** Longer than a name can be: comes after all names that begin with what is before it. */
    private static final String HIGHEST = "\uDBFF\uDFFF".repeat(Name.MAX_BYTES / 4 + 1);

    private static Set<String> spellings(String prefix) {
        Set<String> spellings = new LinkedHashSet<>();
        String lower = prefix.toLowerCase(Locale.ROOT);
        String upper = prefix.toUpperCase(Locale.ROOT);
        int first = prefix.offsetByCodePoints(0, 1);
        spellings.add(prefix);
        spellings.add(lower);
        spellings.add(
                prefix.substring(0, first).toUpperCase(Locale.ROOT)
                        + lower.substring(Math.min(first, lower.length())));
        spellings.add(upper);
        return spellings;
    }
}
