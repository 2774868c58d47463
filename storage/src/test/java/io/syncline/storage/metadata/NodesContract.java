package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static io.syncline.storage.metadata.Samples.changed;
import static io.syncline.storage.metadata.Samples.commit;
import static io.syncline.storage.metadata.Samples.commitFiles;
import static io.syncline.storage.metadata.Samples.created;
import static io.syncline.storage.metadata.Samples.deleted;
import static io.syncline.storage.metadata.Samples.directory;
import static io.syncline.storage.metadata.Samples.file;
import static io.syncline.storage.metadata.Samples.moved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.metadata.Version.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every metadata store promises of nodes, their feed, their listing and their past. */
public abstract class NodesContract extends MetadataContract {
    @Test
    void nodesComeBackAsTheyWereWritten() {
        Content large = new Content(2, samples.hash(), Content.MAX_SIZE_BYTES);
        List<Node> nodes =
                List.of(
                        directory(1, 0, "docs"),
                        Samples.node(2, 1, "a", 2, Item.file(large, true, Long.MIN_VALUE)),
                        Samples.node(3, 1, "b", 3, Item.file(Content.EMPTY, false, Long.MAX_VALUE)),
                        Samples.node(4, 0, "c", 4, Item.symlink(Samples.content("../x"), -1)),
                        Samples.node(
                                5, 0, "d", 5, new Item(new Kind(77), false, 5, Optional.empty())));

        commit(store, project.id(), nodes.stream().map(Samples::created).toList());

        assertThat(list(transaction -> nodes(transaction).changes(0, 10)))
                .containsExactlyElementsOf(nodes);
        List<Node> live = new ArrayList<>();
        store.read(transaction -> {
            nodes(transaction).forEachLive(live::add);
            return 0;
        });
        assertThat(live).containsExactlyElementsOf(nodes);
        assertThat(
                        map(transaction ->
                                nodes(transaction)
                                        .find(List.of(new NodeId(2), NodeId.ROOT, new NodeId(9)))))
                .isEqualTo(Map.of(new NodeId(2), nodes.get(1)));
    }

    @Test
    void twoLiveSiblingsNeverShareAName() {
        commit(store, project.id(), List.of(created(file(1, 0, "a"))));

        assertThatThrownBy(() -> commit(store, project.id(), List.of(created(file(2, 0, "a")))))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));

        assertThat(store.<Long>read(this::head)).isEqualTo(1);
        assertThat(list(transaction -> nodes(transaction).history(100, 10))).hasSize(1);
    }

    @Test
    void namesAreUniqueByteByByteAndPerParent() {
        List<Version> versions =
                List.of(
                        created(directory(1, 0, "d")),
                        created(file(2, 0, "xt_tcpmss.h")),
                        created(file(3, 0, "xt_TCPMSS.h")),
                        created(file(4, 1, "xt_TCPMSS.h")),
                        // The same text, composed and decomposed.
                        created(file(5, 0, "\u00e9")),
                        created(file(6, 0, "e\u0301")));

        commit(store, project.id(), versions);

        assertThat(
                        store.<Long>read(
                                transaction -> nodes(transaction).countLiveChildren(NodeId.ROOT)))
                .isEqualTo(5);
        assertThat(
                        optional(transaction ->
                                nodes(transaction)
                                        .child(new Place(NodeId.ROOT, new Name("e\u0301")))))
                .map(Node::id)
                .contains(new NodeId(6));
    }

    @Test
    void freedNameMayBeTakenAndDeadNodesShareNames() {
        Node first = file(1, 0, "a");
        commit(store, project.id(), List.of(created(first)));
        commit(store, project.id(), List.of(changed(deleted(first, 2), Action.DELETE)));
        Node second = file(3, 0, "a");
        commit(store, project.id(), List.of(created(second)));
        commit(store, project.id(), List.of(changed(deleted(second, 4), Action.DELETE)));

        assertThat(list(transaction -> nodes(transaction).changes(0, 10)))
                .containsExactly(deleted(first, 2), deleted(second, 4));
        assertThat(
                        list(transaction ->
                                nodes(transaction).childrenPage(NodeId.ROOT, Optional.empty(), 10)))
                .isEmpty();
    }

    @Test
    @DisplayName("R20 names are swapped and rotated in one step")
    void namesAreSwappedAndRotated() {
        Node a = file(1, 0, "a");
        Node b = file(2, 0, "b");
        Node c = file(3, 0, "c");
        commit(store, project.id(), List.of(created(a), created(b), created(c)));

        commit(
                store,
                project.id(),
                List.of(
                        changed(moved(a, 0, "b", 4), Action.MOVE),
                        changed(moved(b, 0, "c", 5), Action.MOVE),
                        changed(moved(c, 0, "a", 6), Action.MOVE)));

        assertThat(
                        list(transaction ->
                                nodes(transaction).childrenPage(NodeId.ROOT, Optional.empty(), 10)))
                .extracting(Node::id)
                .containsExactly(new NodeId(3), new NodeId(1), new NodeId(2));
    }

    @Test
    @DisplayName("R20 a new node takes the name that another frees in the same step")
    void newNodeTakesAFreedName() {
        Node a = file(1, 0, "f");
        commit(store, project.id(), List.of(created(a)));

        // The save dance: mv f f~; write f. Then the same by a delete.
        Node saved = file(2, 0, "f");
        commit(
                store,
                project.id(),
                List.of(created(saved), changed(moved(a, 0, "f~", 3), Action.MOVE)));
        commit(
                store,
                project.id(),
                List.of(created(file(4, 0, "f")), changed(deleted(saved, 5), Action.DELETE)));

        assertThat(
                        list(transaction ->
                                nodes(transaction).childrenPage(NodeId.ROOT, Optional.empty(), 10)))
                .extracting(Node::id)
                .containsExactly(new NodeId(4), new NodeId(1));
    }

    @Test
    void nodeNamedTwiceKeepsItsHigherSequenceAndBothInHistory() {
        Node born = file(1, 0, "a");
        Node renamed = moved(born, 0, "b", 2);

        commit(store, project.id(), List.of(created(born), changed(renamed, Action.MOVE)));

        assertThat(list(transaction -> nodes(transaction).changes(0, 10))).containsExactly(renamed);
        assertThat(list(transaction -> nodes(transaction).history(100, 10)))
                .extracting(version -> version.node().sequence())
                .containsExactly(2L, 1L);
    }

    @Test
    @DisplayName("L1 a sequence is used once")
    void sequenceIsUsedOnce() {
        commit(store, project.id(), List.of(created(file(1, 0, "a"))));

        assertThatThrownBy(() ->
                        store.write(transaction -> {
                            transaction.nodes(project.key()).put(List.of(created(file(1, 0, "b"))));
                            return 0;
                        }))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));
    }

    @Test
    void feedHoldsTheLatestStateOnlyInOrderOfSequence() {
        Node a = file(1, 0, "a");
        Node b = file(2, 0, "b");
        commit(store, project.id(), List.of(created(a), created(b)));
        Node moved = moved(a, 0, "c", 3);
        commit(store, project.id(), List.of(changed(moved, Action.MOVE)));

        assertThat(list(transaction -> nodes(transaction).changes(0, 10)))
                .containsExactly(b, moved);
        assertThat(list(transaction -> nodes(transaction).changes(0, 1))).containsExactly(b);
        assertThat(list(transaction -> nodes(transaction).changes(2, 10))).containsExactly(moved);
        assertThat(list(transaction -> nodes(transaction).changes(3, 10))).isEmpty();
    }

    @Test
    void childrenArePagedInByteOrderOfOddNames() {
        // U+FF5E sorts before U+1F600 by UTF-8 bytes and code points, after it by UTF-16.
        List<String> names =
                List.of(
                        "\u0001",
                        "\n",
                        " ",
                        "!",
                        "%",
                        "'",
                        "A",
                        "B",
                        "_",
                        "a",
                        "a b",
                        "a.txt",
                        "\u007f",
                        "\u00e9",
                        "e\u0301x",
                        "\u0800",
                        "\ufeff",
                        "\uff5e",
                        "\uffff",
                        "\ud83d\ude00",
                        "\ud83d\ude00x",
                        "\udbff\udfff",
                        "z".repeat(255),
                        "\u00e4".repeat(127),
                        "a\\b",
                        "a\"b",
                        "a'; DROP TABLE node; --");
        List<Version> versions = new ArrayList<>();
        for (String name : names) {
            versions.add(created(file(versions.size() + 1L, 0, name)));
        }
        commit(store, project.id(), versions);
        List<Name> expected = names.stream().map(Name::new).sorted().toList();

        for (int limit : new int[] {1, 2, 7, 100}) {
            List<Name> paged = new ArrayList<>();
            Optional<Name> after = Optional.empty();
            while (true) {
                Optional<Name> from = after;
                List<Node> page =
                        store.read(transaction ->
                                nodes(transaction).childrenPage(NodeId.ROOT, from, limit));
                page.forEach(node -> paged.add(node.place().name()));
                if (page.size() < limit) {
                    break;
                }
                after = Optional.of(paged.getLast());
            }
            assertThat(paged).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void pagesStayRightWhileTheListingChanges() {
        commitFiles(store, project.id(), 10, "f");
        List<Node> page =
                store.read(transaction ->
                        nodes(transaction).childrenPage(NodeId.ROOT, Optional.empty(), 4));
        Node last = page.getLast();
        // The very name that the next page starts after disappears.
        commit(store, project.id(), List.of(changed(deleted(last, 11), Action.DELETE)));

        List<Node> next =
                store.read(transaction ->
                        nodes(transaction)
                                .childrenPage(NodeId.ROOT, Optional.of(last.place().name()), 100));

        assertThat(next)
                .hasSize(6)
                .allMatch(node -> node.place().name().compareTo(last.place().name()) > 0);
    }

    @Test
    void batchesFindWhatIsThere() {
        Node full = directory(1, 0, "full");
        Node empty = directory(2, 0, "empty");
        Node emptied = directory(3, 0, "emptied");
        Node child = file(4, 1, "child");
        Node gone = file(5, 3, "gone");
        commit(
                store,
                project.id(),
                List.of(
                        created(full),
                        created(empty),
                        created(emptied),
                        created(child),
                        created(gone)));
        commit(store, project.id(), List.of(changed(deleted(gone, 6), Action.DELETE)));

        assertThat(
                        set(transaction ->
                                nodes(transaction)
                                        .withLiveChildren(
                                                List.of(
                                                        NodeId.ROOT,
                                                        full.id(),
                                                        empty.id(),
                                                        emptied.id(),
                                                        new NodeId(99)))))
                .isEqualTo(Set.of(NodeId.ROOT, full.id()));
        assertThat(
                        map(transaction ->
                                nodes(transaction)
                                        .children(
                                                List.of(
                                                        child.place(),
                                                        gone.place(),
                                                        full.place()))))
                .isEqualTo(Map.of(child.place(), child, full.place(), full));
        assertThat(map(transaction -> nodes(transaction).withAncestors(List.of(child.id()))))
                .isEqualTo(Map.of(child.id(), child, full.id(), full));
    }

    @Test
    @DisplayName("R45 walking up ends, whatever the depth and even in a faulty cycle")
    void walkingUpEnds() {
        List<Version> versions = new ArrayList<>();
        for (long id = 1; id <= 1_100; id++) {
            versions.add(created(directory(id, id - 1, "d")));
        }
        commit(store, project.id(), versions);

        Map<NodeId, Node> deep =
                store.read(transaction ->
                        nodes(transaction).withAncestors(List.of(new NodeId(1_100))));
        assertThat(deep).hasSize(1_025).doesNotContainKey(new NodeId(75));

        Node top = directory(1, 0, "d");
        commit(store, project.id(), List.of(changed(moved(top, 3, "loop", 1_101), Action.MOVE)));
        Map<NodeId, Node> cycle =
                store.read(transaction -> nodes(transaction).withAncestors(List.of(new NodeId(3))));
        assertThat(cycle.keySet()).isEqualTo(Set.of(new NodeId(1), new NodeId(2), new NodeId(3)));
    }

    @Test
    void nameKeysAreFoundAmongLiveSiblings() {
        commit(
                store,
                project.id(),
                List.of(
                        keyed(file(1, 0, "README"), "readme"),
                        keyed(file(2, 0, "Readme"), "readme"),
                        created(file(3, 0, "rEADME"))));
        KeyPlace place = new KeyPlace(NodeId.ROOT, "readme");

        assertThat(map(transaction -> nodes(transaction).childrenByKey(List.of(place))))
                .isEqualTo(Map.of(place, List.of(file(1, 0, "README"), file(2, 0, "Readme"))));

        commit(
                store,
                project.id(),
                List.of(changed(deleted(file(1, 0, "README"), 4), Action.DELETE)));
        assertThat(map(transaction -> nodes(transaction).childrenByKey(List.of(place))))
                .isEqualTo(Map.of(place, List.of(file(2, 0, "Readme"))));
    }

    @Test
    void projectsDoNotSeeEachOther() {
        Project other =
                store.write(transaction -> transaction.projects().add(samples.newProject()));
        commit(store, project.id(), List.of(created(file(1, 0, "a"))));
        commit(store, other.id(), List.of(created(file(1, 0, "a")), created(file(2, 0, "b"))));

        assertThat(list(transaction -> nodes(transaction).changes(0, 10))).hasSize(1);
        assertThat(list(transaction -> transaction.nodes(other.key()).changes(0, 10))).hasSize(2);
        assertThat(optional(transaction -> nodes(transaction).find(new NodeId(2)))).isEmpty();
    }

    @Test
    @DisplayName("L2 R34 history tells every version with its origin, newest first, by pages")
    void historyTellsEveryVersion() {
        Node first = file(1, 0, "a");
        Node renamed = moved(first, 0, "b", 2);
        Node dead = deleted(renamed, 3);
        Node again = file(4, 0, "b");
        List<Version> versions =
                List.of(
                        created(first),
                        new Version(renamed, Action.MOVE, T0.plusSeconds(1)),
                        new Version(dead, Action.DELETE, T0.plusSeconds(2)),
                        new Version(
                                again,
                                Action.CREATE,
                                Optional.of(first.id()),
                                Optional.empty(),
                                T0.plusSeconds(3)));
        versions.forEach(version -> commit(store, project.id(), List.of(version)));

        assertThat(list(transaction -> nodes(transaction).history(Long.MAX_VALUE, 10)))
                .containsExactlyElementsOf(versions.reversed());
        assertThat(list(transaction -> nodes(transaction).history(4, 2)))
                .containsExactly(versions.get(2), versions.get(1));
        assertThat(list(transaction -> nodes(transaction).history(first.id(), Long.MAX_VALUE, 2)))
                .containsExactly(versions.get(2), versions.get(1));
        assertThat(list(transaction -> nodes(transaction).history(first.id(), 2, 10)))
                .containsExactly(versions.get(0));
    }

    @Test
    void retentionForgetsTombstonesAndDigests() {
        Node a = file(1, 0, "a");
        commit(store, project.id(), List.of(created(a)));
        commit(
                store,
                project.id(),
                List.of(new Version(deleted(a, 2), Action.DELETE, T0.plusSeconds(60))));
        commit(
                store,
                project.id(),
                List.of(new Version(file(3, 0, "b"), Action.CREATE, T0.plusSeconds(60))));

        store.writeBehind(transaction -> {
            transaction.projects().raiseFloor(project.key(), 2);
            transaction.projects().raiseFloor(project.key(), 1);
            Nodes.Writable nodes = transaction.nodes(project.key());
            assertThat(nodes.deleteTombstones(2, 10)).isEqualTo(1);
            assertThat(nodes.deleteTombstones(2, 10)).isZero();
            assertThat(nodes.deleteDigests(2, 1)).isEqualTo(1);
            assertThat(nodes.deleteDigests(2, 10)).isEqualTo(1);
            return 0;
        });

        assertThat(list(transaction -> nodes(transaction).changes(0, 10)))
                .containsExactly(file(3, 0, "b"));
        Project now = projectNow();
        assertThat(now.floor()).isEqualTo(2);
        assertThat(optional(transaction -> digestAt(transaction, 1))).isEmpty();
        assertThat(optional(transaction -> digestAt(transaction, 2))).contains(TreeDigest.EMPTY);
    }

    @Test
    void twentyThousandNodesArePagedAndCounted() {
        commit(store, project.id(), List.of(created(directory(1, 0, "big"))));
        for (int batch = 0; batch < 40; batch++) {
            List<Version> versions = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                long id = 2 + batch * 500L + i;
                versions.add(created(file(id, 1, "file " + (id * 7919 % 20_011))));
            }
            commit(store, project.id(), versions);
        }

        assertThat(projectNow().head()).isEqualTo(20_001);
        assertThat(projectNow().nodes()).isEqualTo(20_001);
        TreeSet<Name> names = new TreeSet<>();
        store.read(transaction -> {
            assertThat(nodes(transaction).countLiveChildren(new NodeId(1))).isEqualTo(20_000);
            Optional<Name> after = Optional.empty();
            List<Node> page;
            do {
                page = nodes(transaction).childrenPage(new NodeId(1), after, 1_000);
                for (Node node : page) {
                    assertThat(names.isEmpty() || names.last().compareTo(node.place().name()) < 0)
                            .isTrue();
                    names.add(node.place().name());
                }
                after = page.isEmpty() ? after : Optional.of(names.last());
            } while (!page.isEmpty());
            return 0;
        });
        assertThat(names).hasSize(20_000);
        store.read(transaction -> {
            long since = 0;
            TreeDigest digest = TreeDigest.EMPTY;
            while (since < 20_001) {
                List<Node> page = nodes(transaction).changes(since, 7_000);
                for (Node node : page) {
                    assertThat(node.sequence()).isEqualTo(++since);
                    digest = digest.plus(node);
                }
            }
            assertThat(digest).isEqualTo(projectNow(transaction).digest());
            return 0;
        });
    }
}
