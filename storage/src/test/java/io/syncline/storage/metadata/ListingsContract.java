package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.changed;
import static io.syncline.storage.metadata.Samples.commit;
import static io.syncline.storage.metadata.Samples.created;
import static io.syncline.storage.metadata.Samples.deleted;
import static io.syncline.storage.metadata.Samples.directory;
import static io.syncline.storage.metadata.Samples.moved;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.ListingOrder.Sort;
import io.syncline.storage.metadata.Listings.Bound;
import io.syncline.storage.metadata.Version.Action;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every metadata store promises about listings. Random trees beside a plain list of nodes. */
public abstract class ListingsContract {
    private static final int DIRECTORIES = 3;

    /** Few, so that rows tie; extremes, so that they order as numbers. */
    private static final long[] VALUES = {0, 1, 2, 255, 70_000, 1L << 40, Content.MAX_SIZE_BYTES};

    private static final String[] LETTERS = {
        "a", "A", "b", "z", "é", "e\u0301", "\uFFFD", "😀", "%"
    };

    private MetadataStore store;
    private Project project;

    /** The nodes as they must be, tombstones left out. */
    private final Map<NodeId, Node> live = new TreeMap<>();

    private long head;

    /** Opens an empty store. */
    protected abstract MetadataStore open();

    @BeforeEach
    void openStore() {
        store = open();
        project =
                store.write(
                        transaction -> transaction.projects().add(new Samples(12).newProject()));
        apply(
                List.of(
                        created(directory(1, 0, "dir 1")),
                        created(directory(2, 0, "dir 2")),
                        created(directory(3, 0, "dir 3"))));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private void apply(List<Version> versions) {
        commit(store, project.id(), versions);
        for (Version version : versions) {
            Node node = version.node();
            head = Math.max(head, node.sequence());
            if (node.deleted()) {
                live.remove(node.id());
            } else {
                live.put(node.id(), node);
            }
        }
    }

    // The model: the documented order, spelt out anew.

    private List<Node> expected(NodeId parent, ListingOrder order) {
        Comparator<Node> byName = (a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b));
        Comparator<Node> byValue =
                switch (order.sort()) {
                    case NAME -> byName;
                    case SIZE ->
                            Comparator.<Node>comparingLong(n -> n.item().sizeBytes())
                                    .thenComparing(byName);
                    case TIME ->
                            Comparator.<Node>comparingLong(n -> n.item().mtimeNanos())
                                    .thenComparing(byName);
                };
        boolean namesDescend = order.descending() && order.sort() == Sort.NAME;
        List<Node> all = new ArrayList<>();
        children(parent, true).stream()
                .sorted(namesDescend ? byName.reversed() : byName)
                .forEach(all::add);
        children(parent, false).stream()
                .sorted(order.descending() ? byValue.reversed() : byValue)
                .forEach(all::add);
        return all;
    }

    private static byte[] bytes(Node node) {
        return node.place().name().value().getBytes(StandardCharsets.UTF_8);
    }

    private List<Node> children(NodeId parent, boolean directories) {
        return live.values().stream()
                .filter(n -> n.place().parent().equals(parent))
                .filter(n -> n.item().isDirectory() == directories)
                .toList();
    }

    static List<ListingOrder> orders() {
        List<ListingOrder> orders = new ArrayList<>();
        for (Sort sort : Sort.values()) {
            orders.add(new ListingOrder(sort, false));
            orders.add(new ListingOrder(sort, true));
        }
        return orders;
    }

    private <T> T listings(Function<Listings, T> look) {
        return store.read(transaction -> look.apply(transaction.listings(project.key())));
    }

    private Listing listing(long directory) {
        return listings(l -> l.of(new NodeId(directory)));
    }

    private List<Node> rows(Function<Listings, List<Node>> look) {
        return listings(look);
    }

    private List<ListingKey> starts(NodeId directory, ListingOrder order, int size) {
        return listings(l -> l.pageStarts(directory, order, size));
    }

    private static Optional<Bound> bound(Node node, ListingOrder order, boolean inclusive) {
        return Optional.of(new Bound(ListingKey.of(node, order.sort()), inclusive));
    }

    // Histories.

    /** One commit of random changes that the server's checks would let pass. */
    private void step(Random random) {
        List<Version> versions = new ArrayList<>();
        Set<NodeId> touched = new HashSet<>();
        Set<Place> places = new HashSet<>();
        live.values().forEach(node -> places.add(node.place()));
        long sequence = head;
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            long next = sequence + 1;
            NodeId parent = new NodeId(random.nextInt(DIRECTORIES + 1));
            Node fresh = node(random, next, parent);
            List<Node> old =
                    live.values().stream()
                            .filter(n -> n.id().value() > DIRECTORIES && !touched.contains(n.id()))
                            .toList();
            Optional<Node> some =
                    old.isEmpty()
                            ? Optional.empty()
                            : Optional.of(old.get(random.nextInt(old.size())));
            int what = random.nextInt(10);
            if (what < 6 || some.isEmpty()) {
                if (places.add(fresh.place())) {
                    versions.add(created(fresh));
                    sequence = next;
                }
                continue;
            }
            Node node = some.get();
            touched.add(node.id());
            sequence = next;
            if (what == 6) {
                versions.add(changed(deleted(node, next), Action.DELETE));
            } else if (what == 7 && places.add(fresh.place())) {
                versions.add(
                        changed(
                                moved(node, parent.value(), fresh.place().name().value(), next),
                                Action.MOVE));
            } else {
                versions.add(
                        changed(
                                new Node(
                                        node.id(),
                                        node.place(),
                                        item(random),
                                        next,
                                        false,
                                        node.device()),
                                Action.UPDATE));
            }
        }
        if (!versions.isEmpty()) {
            apply(versions);
        }
    }

    private static Node node(Random random, long id, NodeId parent) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i <= random.nextInt(3); i++) {
            name.append(LETTERS[random.nextInt(LETTERS.length)]);
        }
        return Samples.node(id, parent.value(), name.toString(), id, item(random));
    }

    private static Item item(Random random) {
        long size = VALUES[random.nextInt(VALUES.length)];
        long time = (random.nextBoolean() ? 1 : -1) * VALUES[random.nextInt(VALUES.length)];
        Content content =
                size == 0 ? Content.EMPTY : new Content(size > 70_000 ? 1 : 0, HASH, size);
        return switch (random.nextInt(5)) {
            case 0 -> Item.DIRECTORY;
            case 1 -> new Item(new Kind(9), false, time, Optional.empty());
            default -> Item.file(content, false, time);
        };
    }

    private static final Hash HASH = Hash.sha256(new byte[] {1});

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyOrderIsPagedBothWaysFromEverywhere(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            step(random);
        }
        for (long parent = 0; parent <= DIRECTORIES; parent++) {
            NodeId directory = new NodeId(parent);
            for (ListingOrder order : orders()) {
                List<Node> all = expected(directory, order);
                String what = "seed " + seed + ", " + order + " of " + directory;
                assertThat(rows(l -> l.forward(directory, order, Optional.empty(), 10_000)))
                        .as(what)
                        .isEqualTo(all);
                assertThat(rows(l -> l.backward(directory, order, Optional.empty(), 10_000)))
                        .as(what)
                        .isEqualTo(all);
                for (int at = 0; at < all.size(); at++) {
                    checkAround(directory, order, all, at, 1 + random.nextInt(7), what);
                }
                checkMap(directory, order, all, random, what);
            }
        }
    }

    private void checkAround(
            NodeId directory, ListingOrder order, List<Node> all, int at, int limit, String what) {
        Optional<Bound> after = bound(all.get(at), order, false);
        Optional<Bound> from = bound(all.get(at), order, true);
        int size = all.size();
        List<List<Node>> pages =
                listings(l ->
                        List.of(
                                l.forward(directory, order, after, limit),
                                l.forward(directory, order, from, limit),
                                l.backward(directory, order, after, limit),
                                l.backward(directory, order, from, limit)));
        assertThat(pages)
                .as("%s, limit %s at %s", what, limit, at)
                .containsExactly(
                        all.subList(at + 1, Math.min(size, at + 1 + limit)),
                        all.subList(at, Math.min(size, at + limit)),
                        all.subList(Math.max(0, at - limit), at),
                        all.subList(Math.max(0, at + 1 - limit), at + 1));
    }

    private void checkMap(
            NodeId directory, ListingOrder order, List<Node> all, Random random, String what) {
        for (int size = 1; size < 9; size++) {
            List<ListingKey> starts = new ArrayList<>();
            for (int i = 0; i < all.size(); i += size) {
                starts.add(ListingKey.of(all.get(i), order.sort()));
            }
            assertThat(starts(directory, order, size))
                    .as("%s, pages of %s", what, size)
                    .isEqualTo(starts);
        }
        for (int i = 0; i < 20 && !all.isEmpty(); i++) {
            int from = random.nextInt(all.size());
            int to = random.nextInt(all.size());
            long distance =
                    listings(l ->
                            l.distance(
                                    directory,
                                    order,
                                    ListingKey.of(all.get(from), order.sort()),
                                    ListingKey.of(all.get(to), order.sort())));
            assertThat(distance)
                    .as("%s, from %s to %s", what, from, to)
                    .isEqualTo(Math.max(0, to - from));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void versionAndCountsFollowEveryChange(long seed) {
        Random random = new Random(seed);
        Map<NodeId, List<Node>> before = new HashMap<>();
        Map<NodeId, Listing> listed = new HashMap<>();
        Map<NodeId, Set<Listing>> everSeen = new HashMap<>();
        for (int i = 0; i < 150; i++) {
            step(random);
            for (long parent = 0; parent <= DIRECTORIES; parent++) {
                NodeId directory = new NodeId(parent);
                List<Node> rows = expected(directory, ListingOrder.BY_NAME);
                Listing listing = listings(l -> l.of(directory));
                String what = "seed " + seed + ", step " + i + ", directory " + directory;
                assertThat(listing.total()).as(what).isEqualTo(rows.size());
                assertThat(listing.directories())
                        .as(what)
                        .isEqualTo(children(directory, true).size());
                Listing old = Objects.requireNonNullElse(listed.get(directory), Listing.EMPTY);
                if (rows.equals(before.getOrDefault(directory, List.of()))) {
                    assertThat(listing).as(what).isEqualTo(old);
                } else {
                    assertThat(listing.version()).as(what).isNotEqualTo(old.version());
                    assertThat(
                                    listing.equals(Listing.EMPTY)
                                            || everSeen.computeIfAbsent(
                                                            directory, _ -> new HashSet<>())
                                                    .add(listing))
                            .as(what)
                            .isTrue();
                }
                before.put(directory, rows);
                listed.put(directory, listing);
                assertThat(
                                store.<Long>read(transaction ->
                                        transaction
                                                .nodes(project.key())
                                                .countLiveChildren(directory)))
                        .as(what)
                        .isEqualTo(rows.size());
            }
        }
    }

    @Test
    @DisplayName(
            "a listing that is left by its last row has no version, and comes back with a new one")
    void emptiedListing() {
        apply(List.of(created(Samples.file(4, 1, "f"))));
        Node file = Objects.requireNonNull(live.get(new NodeId(4)));
        assertThat(listing(1)).isEqualTo(new Listing(4, 0, 1));

        apply(List.of(changed(moved(file, 2, "f", 5), Action.MOVE)));
        assertThat(listing(1)).isEqualTo(Listing.EMPTY);
        assertThat(listing(2)).isEqualTo(new Listing(5, 0, 1));

        apply(List.of(changed(moved(file, 1, "g", 6), Action.MOVE)));
        assertThat(listing(1)).isEqualTo(new Listing(6, 0, 1));
        assertThat(listing(99)).isEqualTo(Listing.EMPTY);
        assertThat(starts(new NodeId(99), ListingOrder.BY_NAME, 10)).isEmpty();
    }

    @Test
    void nodeNamedTwiceInOneStepCountsOnce() {
        Node born = Samples.file(4, 1, "a");
        apply(List.of(created(born), changed(moved(born, 2, "b", 5), Action.MOVE)));

        assertThat(listing(1)).isEqualTo(Listing.EMPTY);
        assertThat(listing(2)).isEqualTo(new Listing(5, 0, 1));
    }

    @ParameterizedTest
    @DisplayName("L1 while rows come and go, a reader meets every row that stays, once")
    @ValueSource(longs = {21, 22, 23})
    void pagingUnderChanges(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            step(random);
        }
        for (ListingOrder order : orders()) {
            for (boolean backwards : new boolean[] {false, true}) {
                NodeId directory = new NodeId(random.nextInt(DIRECTORIES + 1));
                Map<NodeId, Node> stays = new TreeMap<>();
                children(directory, true).forEach(node -> stays.put(node.id(), node));
                children(directory, false).forEach(node -> stays.put(node.id(), node));
                List<Node> met = new ArrayList<>();
                Optional<Bound> bound = Optional.empty();
                while (true) {
                    Optional<Bound> at = bound;
                    List<Node> page =
                            listings(l ->
                                    backwards
                                            ? l.backward(directory, order, at, 3)
                                            : l.forward(directory, order, at, 3));
                    if (page.isEmpty()) {
                        break;
                    }
                    if (backwards) {
                        met.addAll(0, page);
                    } else {
                        met.addAll(page);
                    }
                    bound = bound(backwards ? page.getFirst() : page.getLast(), order, false);
                    step(random);
                    stays.keySet().removeIf(id -> !Objects.equals(live.get(id), stays.get(id)));
                }
                String what = "seed " + seed + ", " + order + (backwards ? " backwards" : "");
                List<NodeId> ids = met.stream().map(Node::id).toList();
                for (NodeId id : stays.keySet()) {
                    assertThat(ids).as("%s, node %s", what, id).containsOnlyOnce(id);
                }
                assertThat(met.stream().map(n -> ListingKey.of(n, order.sort())).toList())
                        .as(what)
                        .isSortedAccordingTo(ListingKey.comparator(order));
            }
        }
    }

    @Test
    @DisplayName("L7 a listing holds its own project's rows only")
    void projectsAreApart() {
        Project other =
                store.write(
                        transaction -> transaction.projects().add(new Samples(77).newProject()));
        commit(store, other.id(), List.of(created(Samples.file(1, 0, "theirs"))));

        assertThat(rows(l -> l.forward(NodeId.ROOT, ListingOrder.BY_NAME, Optional.empty(), 9)))
                .hasSize(3);
        assertThat(listing(0)).isEqualTo(new Listing(3, 3, 0));
    }
}
