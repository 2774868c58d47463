package io.syncline.server.listing;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ListingOrder;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.Listings.Bound;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a part of a listing was, and is after some changes, against the rows themselves. */
final class StretchTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
    private static final ListingOrder BY_SIZE = new ListingOrder(ListingOrder.Sort.SIZE, true);

    private final MetadataStore store = new MemoryMetadataStore();
    private final ProjectKey project =
            store.write(write ->
                            write.projects()
                                    .add(
                                            new NewProject(
                                                    new ProjectId("a".repeat(32)),
                                                    "p",
                                                    1,
                                                    false,
                                                    new Epoch("e".repeat(32)),
                                                    TIME)))
                    .key();
    private final TreeMap<Long, Node> nodes = new TreeMap<>();
    private long head;

    private Node put(long id, long parent, String name, Item item, boolean deleted) {
        long sequence = ++head;
        Node node =
                new Node(
                        new NodeId(id == 0 ? sequence : id),
                        new Place(new NodeId(parent), new Name(name)),
                        item,
                        sequence,
                        deleted,
                        new DeviceId("d".repeat(32)));
        Version.Action action =
                deleted
                        ? Version.Action.DELETE
                        : id == 0 ? Version.Action.CREATE : Version.Action.UPDATE;
        store.write(write -> {
            write.nodes(project).put(List.of(new Version(node, action, TIME)));
            return node;
        });
        nodes.put(node.id().value(), node);
        return node;
    }

    private static Item sized(int size) {
        byte[] bytes = new byte[size];
        return size == 0
                ? Item.file(Content.EMPTY, false, 7)
                : Item.file(new Content(0, Hash.sha256(bytes), size), false, 7);
    }

    private boolean isUnchangedSince(Stretch stretch, long then) {
        return store.read(read -> stretch.isUnchangedSince(then, read, found(read)));
    }

    private Project found(ReadTransaction read) {
        return read.projects().find(project).orElseThrow();
    }

    /** The rows of a stretch, both ends included. */
    private List<Node> rows(Stretch stretch) {
        return store.read(read ->
                read
                        .listings(project)
                        .forward(
                                stretch.directory(),
                                stretch.order(),
                                stretch.first().map(key -> new Bound(key, true)),
                                1_000)
                        .stream()
                        .takeWhile(node ->
                                stretch.last()
                                        .filter(last ->
                                                ListingKey.comparator(stretch.order())
                                                                .compare(
                                                                        ListingKey.of(
                                                                                node,
                                                                                stretch.order()
                                                                                        .sort()),
                                                                        last)
                                                        > 0)
                                        .isEmpty())
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("L1 rows that count as unchanged are, and most that are count so")
    void whatCountsAsUnchangedIs(long seed) {
        Random random = new Random(seed);
        put(0, 0, "d1", Item.DIRECTORY, false);
        put(0, 0, "d2", Item.DIRECTORY, false);
        for (int i = 0; i < 60; i++) {
            put(0, random.nextInt(3), "f%02d".formatted(i), sized(random.nextInt(40)), false);
        }
        int same = 0;
        int told = 0;
        for (int round = 0; round < 300; round++) {
            Stretch stretch = anywhere(random);
            long then = head;
            List<Node> before = rows(stretch);
            for (int i = random.nextInt(4); i >= 0; i--) {
                change(random, "r%d-%d".formatted(round, i));
            }
            boolean unchanged = rows(stretch).equals(before);
            boolean isToldSo = isUnchangedSince(stretch, then);
            assertThat(!isToldSo || unchanged).as("seed %d, round %d", seed, round).isTrue();
            same += unchanged ? 1 : 0;
            told += isToldSo ? 1 : 0;
        }
        // Not told: a node that came and went again within the time has its old place in it.
        assertThat(told).as("of %d, seed %d", same, seed).isGreaterThan(same * 9 / 10);
        assertThat(same).isBetween(60, 290);
    }

    private Stretch anywhere(Random random) {
        ListingOrder order = random.nextBoolean() ? ListingOrder.BY_NAME : BY_SIZE;
        NodeId directory = new NodeId(random.nextInt(3));
        List<Node> all = rows(new Stretch(directory, order, Optional.empty(), Optional.empty()));
        int from = random.nextInt(all.size() + 1);
        int to = Math.min(all.size(), from + random.nextInt(8));
        return new Stretch(
                directory,
                order,
                from == 0 ? Optional.empty() : Optional.of(key(all.get(from - 1), order)),
                to == all.size() ? Optional.empty() : Optional.of(key(all.get(to), order)));
    }

    private static ListingKey key(Node node, ListingOrder order) {
        return ListingKey.of(node, order.sort());
    }

    private void change(Random random, String name) {
        List<Node> files =
                nodes.values().stream()
                        .filter(node -> !node.deleted() && !node.item().isDirectory())
                        .toList();
        Node node = files.get(random.nextInt(files.size()));
        long id = node.id().value();
        long parent = node.place().parent().value();
        String old = node.place().name().value();
        switch (random.nextInt(4)) {
            case 0 -> put(0, random.nextInt(3), name, sized(random.nextInt(40)), false);
            case 1 -> put(id, parent, old, node.item(), files.size() > 30);
            case 2 -> put(id, random.nextInt(3), name, node.item(), false);
            default -> put(id, parent, old, sized(random.nextInt(40)), false);
        }
    }

    @Test
    @DisplayName("R16 nothing counts as unchanged since a moment below the floor")
    void tombstonesMayBeGone() {
        Node gone = put(0, 0, "a", sized(1), false);
        put(0, 0, "b", sized(1), false);
        Stretch stretch =
                new Stretch(NodeId.ROOT, ListingOrder.BY_NAME, Optional.empty(), Optional.empty());
        long then = head;
        assertThat(isUnchangedSince(stretch, then)).isTrue();
        put(gone.id().value(), 0, "a", sized(1), true);
        assertThat(isUnchangedSince(stretch, then)).isFalse();
        store.write(write -> {
            write.projects().raiseFloor(project, head);
            return write.nodes(project).deleteTombstones(head, 10);
        });
        assertThat(isUnchangedSince(stretch, then)).isFalse();
        assertThat(isUnchangedSince(stretch, head)).isTrue();
    }

    @Test
    void whatIsForgottenOrTooMuchIsNotLookedAt() {
        Stretch other =
                new Stretch(
                        new NodeId(99), ListingOrder.BY_NAME, Optional.empty(), Optional.empty());
        Node moved = put(0, 0, "a", sized(1), false);
        long then = head;
        put(moved.id().value(), 0, "b", sized(1), false);
        assertThat(isUnchangedSince(other, then)).isTrue();
        store.write(write -> write.history(project).trim(TIME.plus(Duration.ofDays(1)), 100));
        assertThat(isUnchangedSince(other, then)).isFalse();

        long later = head;
        for (int i = 0; i <= Stretch.CHANGES_MAX; i++) {
            assertThat(isUnchangedSince(other, later)).as("after %d changes", i).isTrue();
            put(0, 0, "n" + i, sized(1), false);
        }
        assertThat(isUnchangedSince(other, later)).isFalse();
    }
}
