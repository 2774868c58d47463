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
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Role;
import io.syncline.storage.metadata.Version.Action;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every metadata store promises. */
public abstract class MetadataStoreContract {
    private final Samples samples = new Samples(11);

    private MetadataStore store;
    private Project project;

    /** Opens an empty store. */
    protected abstract MetadataStore open();

    @BeforeEach
    void openStore() {
        store = open();
        project = store.write(transaction -> transaction.projects().add(samples.newProject()));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    // Transactions.

    @Test
    void failedWriteLeavesNothingBehindAndThrowsWhatTheWorkThrew() {
        Account account = samples.account("ann");
        IllegalArgumentException planned = new IllegalArgumentException("as planned");

        assertThatThrownBy(() ->
                        store.write(transaction -> {
                            transaction.accounts().add(account);
                            throw planned;
                        }))
                .isSameAs(planned);

        assertThat(store.<Long>read(transaction -> transaction.accounts().count())).isZero();
    }

    @Test
    void writeSeesItsOwnChanges() {
        Account account = samples.account("ann");

        Optional<Account> seen =
                store.write(transaction -> {
                    transaction.accounts().add(account);
                    return transaction.accounts().find(account.id());
                });

        assertThat(seen).contains(account);
    }

    @Test
    void workThatGoesOnAfterAFailedMutationStillFails() {
        Account ann = samples.account("ann");
        Account twin = samples.account("ann");
        store.write(transaction -> add(transaction, ann));

        assertThatThrownBy(() ->
                        store.write(transaction -> {
                            transaction.accounts().add(samples.account("bob"));
                            try {
                                transaction.accounts().add(twin);
                            } catch (SynclineException e) {
                                return false;
                            }
                            return true;
                        }))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));

        assertThat(store.<Long>read(transaction -> transaction.accounts().count())).isEqualTo(1);
    }

    @Test
    void transactionIsOfNoUseAfterItsWork() {
        AtomicReference<Accounts> kept = new AtomicReference<>();
        store.read(transaction -> {
            kept.set(transaction.accounts());
            return 0;
        });

        assertThatThrownBy(() -> kept.get().count()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("R14 a read sees one snapshot while writes go on")
    void readSeesOneSnapshotWhileWritesGoOn() throws Exception {
        commitFiles(store, project.id(), 10, "a");
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Long>> reading =
                    threads.submit(() ->
                            store.read(transaction -> {
                                long before = head(transaction);
                                looked.countDown();
                                awaitUnchecked(written);
                                long pageEnd =
                                        transaction
                                                .nodes(project.key())
                                                .changes(0, 1_000)
                                                .getLast()
                                                .sequence();
                                return List.of(before, pageEnd, head(transaction));
                            }));
            assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
            // The write doesn't wait for the read either.
            commitFiles(store, project.id(), 10, "b");
            written.countDown();

            assertThat(reading.get()).containsExactly(10L, 10L, 10L);
        }
        assertThat(store.<Long>read(this::head)).isEqualTo(20);
    }

    @Test
    @DisplayName("R14 page and head never contradict one another under concurrent commits")
    void pageAndHeadAgreeUnderConcurrentCommits() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch reading = new CountDownLatch(2);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(() -> {
                    int reads = 0;
                    while (!done.get()) {
                        store.read(transaction -> {
                            Project now = transaction.projects().find(project.key()).orElseThrow();
                            List<Node> all = transaction.nodes(project.key()).changes(0, 10_000);
                            TreeDigest digest = TreeDigest.EMPTY;
                            for (Node node : all) {
                                digest = digest.plus(node);
                            }
                            assertThat(digest).isEqualTo(now.digest());
                            assertThat(all.size()).isEqualTo(now.head());
                            return 0;
                        });
                        if (reads++ == 0) {
                            reading.countDown();
                        }
                    }
                    return reads;
                });
            }
            List<Future<Integer>> running = readers.stream().map(threads::submit).toList();
            reading.await();
            for (int i = 0; i < 60; i++) {
                commitFiles(store, project.id(), 5, "f");
            }
            done.set(true);
            for (Future<Integer> reader : running) {
                assertThat(reader.get()).isPositive();
            }
        }
    }

    @Test
    @DisplayName("R1 one failing write among fifty fails alone")
    void oneFailingWriteAmongFiftyFailsAlone() throws Exception {
        store.write(transaction -> add(transaction, samples.account("taken")));
        List<Account> accounts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            accounts.add(samples.account(i == 25 ? "taken" : "account " + i));
        }
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<Future<Boolean>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // One write holds the writer, so that the others wait together.
            Future<Integer> holder =
                    threads.submit(() ->
                            store.write(_ -> {
                                holding.countDown();
                                awaitUnchecked(release);
                                return 0;
                            }));
            assertThat(holding.await(20, TimeUnit.SECONDS)).isTrue();
            for (Account account : accounts) {
                results.add(
                        threads.submit(
                                () -> store.write(transaction -> add(transaction, account))));
            }
            release.countDown();
            assertThat(holder.get()).isZero();
        }

        for (int i = 0; i < 50; i++) {
            Future<Boolean> result = results.get(i);
            if (i == 25) {
                assertThat(result.state()).isEqualTo(Future.State.FAILED);
                assertCode(result.exceptionNow(), ErrorCode.STALE);
            } else {
                assertThat(result.resultNow()).isTrue();
            }
        }
        assertThat(store.<Long>read(transaction -> transaction.accounts().count())).isEqualTo(50);
    }

    @Test
    @DisplayName("L1 R1 sequences are gap-free and nothing shows before a lower one")
    void sequencesAreGapFreeUnderConcurrentCommits() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int device = 0; device < 8; device++) {
                String prefix = "d" + device + " ";
                writers.add(
                        threads.submit(() -> {
                            for (int i = 0; i < 25; i++) {
                                commitFiles(store, project.id(), 1 + i % 3, prefix);
                            }
                        }));
            }
            long seen = 0;
            while (writers.stream().anyMatch(writer -> !writer.isDone())) {
                List<Node> page = store.read(transaction -> nodes(transaction).changes(0, 10_000));
                for (int i = 0; i < page.size(); i++) {
                    assertThat(page.get(i).sequence()).isEqualTo(i + 1);
                }
                assertThat((long) page.size()).isGreaterThanOrEqualTo(seen);
                seen = page.size();
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        assertThat(store.<Long>read(this::head)).isEqualTo(8 * 49);
    }

    @Test
    void writeBehindIsDurableAndLetThroughUnderLoad() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> loads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                loads.add(
                        threads.submit(() -> {
                            while (!done.get()) {
                                store.write(transaction -> {
                                    transaction.projects().raiseFloor(project.key(), 1);
                                    return 0;
                                });
                            }
                        }));
            }
            Account account = samples.account("behind");
            try {
                store.writeBehind(transaction -> add(transaction, account));
            } finally {
                done.set(true);
            }
            for (Future<?> load : loads) {
                load.get();
            }
            assertThat(optional(transaction -> transaction.accounts().byName("behind")))
                    .contains(account);
        }
    }

    @Test
    void closedStoreIsUnavailable() {
        store.close();
        store.close();

        assertThatThrownBy(() -> store.read(_ -> 0))
                .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
        assertThatThrownBy(() -> store.write(_ -> 0))
                .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
    }

    // Nodes.

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

    // Projects.

    @Test
    @DisplayName("R2 the digest is kept for exactly the sequences at which commits ended")
    void digestIsKeptPerCommit() {
        commitFiles(store, project.id(), 3, "a");
        TreeDigest third = projectNow().digest();
        commitFiles(store, project.id(), 2, "b");

        assertThat(optional(transaction -> digestAt(transaction, 0))).contains(TreeDigest.EMPTY);
        assertThat(optional(transaction -> digestAt(transaction, 3))).contains(third);
        assertThat(optional(transaction -> digestAt(transaction, 4))).isEmpty();
        assertThat(optional(transaction -> digestAt(transaction, 5)))
                .contains(projectNow().digest());
    }

    @Test
    void headNeverGoesBackwards() {
        commitFiles(store, project.id(), 3, "a");

        assertThatThrownBy(() ->
                        store.write(transaction -> {
                            transaction
                                    .projects()
                                    .advance(project.key(), 3, TreeDigest.EMPTY, 0, T0);
                            return 0;
                        }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(projectNow().nodes()).isEqualTo(3);
    }

    @Test
    @DisplayName("R2 R3 a new epoch starts by compare-and-set, with its parent and fork")
    void newEpochStartsOnce() {
        commitFiles(store, project.id(), 3, "a");
        Project before = projectNow();
        Epoch next = samples.epoch();
        long head = 1L << 32;

        boolean first = startEpoch(before.epoch(), next, head);
        boolean second = startEpoch(before.epoch(), samples.epoch(), 2 * head);

        assertThat(first).isTrue();
        assertThat(second).isFalse();
        Project now = projectNow();
        assertThat(now.epoch()).isEqualTo(next);
        assertThat(now.fork()).isEqualTo(new Fork(Optional.of(before.epoch()), 3));
        assertThat(now.head()).isEqualTo(head);
        assertThat(now.digest()).isEqualTo(before.digest());
        assertThat(optional(transaction -> digestAt(transaction, head))).contains(before.digest());
        assertThat(optional(transaction -> digestAt(transaction, 3))).contains(before.digest());
        commitFiles(store, project.id(), 1, "b");
        assertThat(projectNow().head()).isEqualTo(head + 1);
    }

    private boolean startEpoch(Epoch expected, Epoch next, long head) {
        return store.write(transaction ->
                transaction.projects().startEpoch(project.key(), expected, next, head, T0));
    }

    @Test
    void projectsAreFoundListedAndRenamed() {
        NewProject portable =
                new NewProject(new ProjectId(samples.id()), "p", 1, true, samples.epoch(), T0);
        Project second = store.write(transaction -> transaction.projects().add(portable));

        assertThat(second.portableNames()).isTrue();
        assertThat(second.key()).isNotEqualTo(project.key());
        assertThat(optional(transaction -> transaction.projects().find(second.id())))
                .contains(second);
        assertThat(
                        optional(transaction ->
                                transaction.projects().find(new ProjectId(samples.id()))))
                .isEmpty();
        assertThat(list(transaction -> transaction.projects().page(0, 10)))
                .containsExactly(project, second);
        assertThat(list(transaction -> transaction.projects().page(project.key().value(), 10)))
                .containsExactly(second);
        assertThatThrownBy(() -> store.write(transaction -> transaction.projects().add(portable)))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));

        store.write(transaction -> transaction.projects().rename(project.key(), "new name"));
        assertThat(projectNow().name()).isEqualTo("new name");
        assertThat(
                        store.<Boolean>write(transaction ->
                                transaction.projects().rename(new ProjectKey(77), "x")))
                .isFalse();
    }

    @Test
    void membersHaveRoles() {
        Account ann = samples.account("ann");
        Account bob = samples.account("bob");
        store.write(transaction -> {
            transaction.accounts().add(bob);
            transaction.accounts().add(ann);
            Members.Writable members = transaction.members(project.key());
            members.put(bob.id(), Role.VIEWER);
            members.put(ann.id(), Role.OWNER);
            members.put(bob.id(), Role.EDITOR);
            return 0;
        });

        assertThat(list(transaction -> transaction.members(project.key()).list()))
                .containsExactly(
                        new Member(ann.id(), "ann", Role.OWNER),
                        new Member(bob.id(), "bob", Role.EDITOR));
        assertThat(optional(transaction -> transaction.members(project.key()).role(bob.id())))
                .contains(Role.EDITOR);
        assertThat(
                        store.<Integer>read(transaction ->
                                transaction.members(project.key()).count(Role.OWNER)))
                .isEqualTo(1);
        assertThat(list(transaction -> transaction.projects().ofAccount(ann.id())))
                .containsExactly(new Membership(projectNow(), Role.OWNER));

        assertThat(
                        store.<Boolean>write(
                                transaction -> transaction.members(project.key()).remove(bob.id())))
                .isTrue();
        assertThat(
                        store.<Boolean>write(
                                transaction -> transaction.members(project.key()).remove(bob.id())))
                .isFalse();
        assertThat(optional(transaction -> transaction.members(project.key()).role(bob.id())))
                .isEmpty();
    }

    // Accounts, devices, links.

    @Test
    void accountsAreUniqueByName() {
        Account ann = samples.account("Ann");
        Account joined =
                new Account(new AccountId(samples.id()), "ann", Optional.empty(), T0.plusNanos(7));
        store.write(transaction -> add(transaction, ann));
        store.write(transaction -> add(transaction, joined));

        assertThat(optional(transaction -> transaction.accounts().byName("Ann"))).contains(ann);
        assertThat(optional(transaction -> transaction.accounts().byName("ann"))).contains(joined);
        assertThat(joined.created()).isEqualTo(T0);
        assertThatThrownBy(
                        () -> store.write(transaction -> add(transaction, samples.account("ann"))))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));
        assertThat(
                        map(transaction ->
                                transaction
                                        .accounts()
                                        .find(List.of(ann.id(), new AccountId(samples.id())))))
                .isEqualTo(Map.of(ann.id(), ann));

        store.write(transaction -> transaction.accounts().setPasswordHash(joined.id(), "new"));
        assertThat(optional(transaction -> transaction.accounts().find(joined.id())))
                .flatMap(Account::passwordHash)
                .contains("new");
    }

    @Test
    void sessionsEndAndExpire() {
        Account ann = samples.account("ann");
        Session early = new Session(samples.hash(), ann.id(), T0, T0.plusSeconds(10));
        Session late = new Session(samples.hash(), ann.id(), T0, T0.plusSeconds(20));
        Session ended = new Session(samples.hash(), ann.id(), T0, T0.plusSeconds(20));
        store.write(transaction -> {
            transaction.accounts().addSession(early);
            transaction.accounts().addSession(late);
            transaction.accounts().addSession(ended);
            return transaction.accounts().deleteSession(ended.token());
        });

        assertThat(optional(transaction -> transaction.accounts().session(early.token())))
                .contains(early);
        assertThat(
                        store.<Integer>writeBehind(transaction ->
                                transaction.sweeper().sessions(T0.plusSeconds(10), 100)))
                .isEqualTo(1);
        assertThat(optional(transaction -> transaction.accounts().session(early.token())))
                .isEmpty();
        assertThat(optional(transaction -> transaction.accounts().session(late.token())))
                .contains(late);
        assertThat(
                        store.<Integer>write(
                                transaction -> transaction.accounts().deleteSessions(ann.id())))
                .isEqualTo(1);
        assertThat(optional(transaction -> transaction.accounts().session(late.token()))).isEmpty();
    }

    @Test
    void devicesAreFoundByTokenTouchedAndRevoked() {
        Account ann = samples.account("ann");
        Device laptop = samples.device(ann);
        Device phone =
                new Device(
                        samples.deviceId(),
                        ann.id(),
                        "phone",
                        samples.hash(),
                        T0.plusSeconds(1),
                        T0,
                        Optional.empty());
        store.write(transaction -> {
            transaction.accounts().add(ann);
            transaction.devices().add(phone);
            transaction.devices().add(laptop);
            transaction.members(project.key()).put(ann.id(), Role.VIEWER);
            return 0;
        });

        assertThat(optional(transaction -> transaction.devices().byToken(phone.token())))
                .contains(phone);
        assertThat(list(transaction -> transaction.devices().ofAccount(ann.id())))
                .containsExactly(laptop, phone);
        assertThat(list(transaction -> transaction.devices().ofProject(project.key())))
                .containsExactly(laptop, phone);

        store.write(transaction -> {
            transaction.devices().touch(laptop.id(), T0.plusSeconds(9));
            transaction.devices().touch(laptop.id(), T0.plusSeconds(5));
            assertThat(transaction.devices().revoke(phone.id(), T0.plusSeconds(3))).isTrue();
            assertThat(transaction.devices().revoke(phone.id(), T0.plusSeconds(4))).isFalse();
            return 0;
        });
        Map<DeviceId, Device> both =
                store.read(transaction ->
                        transaction.devices().find(List.of(laptop.id(), phone.id())));
        assertThat(at(both, laptop.id()).seen()).isEqualTo(T0.plusSeconds(9));
        assertThat(at(both, phone.id()).revoked()).contains(T0.plusSeconds(3));
        assertThatThrownBy(() -> store.write(transaction -> addDevice(transaction, phone)))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));
    }

    @Test
    void linkIsUsedAsOftenAsItMay() throws Exception {
        JoinLink link = link(3, T0.plusSeconds(60));
        store.write(transaction -> addLink(transaction, link));

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<JoinLink>>> uses = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                uses.add(threads.submit(() -> use(link.secret(), T0)));
            }
            int used = 0;
            for (Future<Optional<JoinLink>> use : uses) {
                used += use.get().isPresent() ? 1 : 0;
            }
            assertThat(used).isEqualTo(3);
        }
        assertThat(list(transaction -> transaction.links().list(project.key(), T0))).isEmpty();
        assertThat(store.<Integer>writeBehind(transaction -> transaction.sweeper().links(T0, 10)))
                .isEqualTo(1);
    }

    @Test
    void expiredUnknownAndWithdrawnLinksAreAllAlike() {
        JoinLink expired = link(3, T0);
        JoinLink withdrawn = link(3, T0.plusSeconds(60));
        JoinLink good = link(2, T0.plusSeconds(61));
        store.write(transaction -> {
            transaction.links().add(expired);
            transaction.links().add(withdrawn);
            transaction.links().add(good);
            return 0;
        });
        assertThat(list(transaction -> transaction.links().list(project.key(), T0)))
                .containsExactly(withdrawn, good);
        assertThat(
                        store.<Boolean>write(transaction ->
                                transaction.links().delete(new ProjectKey(77), withdrawn.id())))
                .isFalse();
        assertThat(
                        store.<Boolean>write(transaction ->
                                transaction.links().delete(project.key(), withdrawn.id())))
                .isTrue();

        assertThat(use(expired.secret(), T0)).isEmpty();
        assertThat(use(withdrawn.secret(), T0)).isEmpty();
        assertThat(use(samples.hash(), T0)).isEmpty();
        assertThat(use(good.secret(), T0)).map(JoinLink::usesLeft).contains(1);
        assertThat(store.<Integer>writeBehind(transaction -> transaction.sweeper().links(T0, 10)))
                .isEqualTo(1);
    }

    private Optional<JoinLink> use(Hash secret, Instant now) {
        return store.write(transaction -> transaction.links().use(secret, now));
    }

    private JoinLink link(int uses, Instant expires) {
        return new JoinLink(
                new LinkId(samples.id()),
                samples.hash(),
                project.key(),
                Role.EDITOR,
                uses,
                expires);
    }

    // Answers, blocks, replicas, uploads, settings.

    @Test
    @DisplayName("R9 L8 a commit's answer is kept with its body's hash, once, until swept")
    void answerIsKeptOnce() {
        CommitId id = samples.commitId();
        Answer answer = new Answer(id, samples.hash(), bytes("answer"), T0);
        Answer other = new Answer(id, samples.hash(), bytes("other"), T0);
        store.write(transaction -> addAnswer(transaction, answer));

        Answer found =
                store.read(transaction -> transaction.answers(project.key()).find(id))
                        .orElseThrow();
        assertThat(found).isEqualTo(answer);
        assertThat(text(found.bytes())).isEqualTo("answer");
        assertThat(text(found.bytes())).isEqualTo("answer");
        assertThatThrownBy(() -> store.write(transaction -> addAnswer(transaction, other)))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));

        Duration kept = Duration.ofDays(30);
        assertThat(sweepAnswers(T0.plus(kept).minus(kept))).isZero();
        assertThat(sweepAnswers(T0.plusMillis(1))).isEqualTo(1);
        assertThat(optional(transaction -> transaction.answers(project.key()).find(id))).isEmpty();
    }

    private int sweepAnswers(Instant before) {
        return store.writeBehind(transaction -> transaction.sweeper().answers(before, 10));
    }

    @Test
    @DisplayName("R33 R47 R48 blocks get rows with dense numbers, in any order, once")
    void blocksGetRowsOnce() {
        List<NewBlock> blocks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            blocks.add(samples.block());
        }
        assertThat(insert(blocks.subList(0, 200), T0)).isEqualTo(200);
        assertThat(insert(blocks, T0.plusSeconds(1))).isEqualTo(100);

        List<Hash> all = blocks.stream().map(NewBlock::hash).toList();
        Hash unknown = samples.hash();
        List<Hash> asked = new ArrayList<>(all);
        asked.add(unknown);
        assertThat(set(transaction -> transaction.blocks(project.key()).present(asked)))
                .isEqualTo(Set.copyOf(all));
        Map<Hash, BlockRow> rows =
                store.read(transaction -> transaction.blocks(project.key()).find(asked));
        assertThat(rows).hasSize(300);
        for (NewBlock block : blocks) {
            BlockRow row = at(rows, block.hash());
            assertThat(row.location()).isEqualTo(block.location());
            assertThat(row.sizeBytes()).isEqualTo(block.sizeBytes());
            assertThat(row.level()).isEqualTo(block.level());
        }
        assertThat(at(rows, all.getFirst()).arrived()).isEqualTo(T0);
        assertThat(at(rows, all.getLast()).arrived()).isEqualTo(T0.plusSeconds(1));
        assertThat(rows.values().stream().map(BlockRow::number).sorted())
                .containsExactlyElementsOf(LongStream.range(0, 300).boxed().toList());
    }

    @Test
    void blockThatIsKnownKeepsItsPlace() {
        NewBlock first = samples.block();
        NewBlock again =
                new NewBlock(first.hash(), samples.block().location(), first.sizeBytes(), 0);
        insert(List.of(first), T0);

        assertThat(insert(List.of(again, again), T0)).isZero();

        assertThat(
                        map(transaction ->
                                transaction.blocks(project.key()).find(List.of(first.hash()))))
                .extractingByKey(first.hash())
                .extracting(BlockRow::location)
                .isEqualTo(first.location());
    }

    @Test
    @DisplayName("L7 a block of one project is missing in another")
    void blocksBelongToOneProject() {
        NewBlock block = samples.block();
        insert(List.of(block), T0);
        Project other =
                store.write(transaction -> transaction.projects().add(samples.newProject()));

        assertThat(
                        set(transaction ->
                                transaction.blocks(other.key()).present(List.of(block.hash()))))
                .isEmpty();
    }

    @Test
    void blockRowsArePagedInOrderOfHashAndCleared() {
        List<NewBlock> blocks = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            blocks.add(samples.block());
        }
        insert(blocks, T0);

        List<Hash> paged = new ArrayList<>();
        List<BlockRow> page;
        do {
            Optional<Hash> after =
                    paged.isEmpty() ? Optional.empty() : Optional.of(paged.getLast());
            page = store.read(transaction -> transaction.blocks(project.key()).page(after, 10));
            page.forEach(row -> paged.add(row.hash()));
        } while (!page.isEmpty());

        assertThat(paged)
                .containsExactlyElementsOf(blocks.stream().map(NewBlock::hash).sorted().toList());
        store.write(transaction -> {
            transaction.blocks(project.key()).clear();
            return 0;
        });
        assertThat(store.<Long>read(transaction -> transaction.blocks(project.key()).count()))
                .isZero();
        assertThat(insert(blocks, T0)).isEqualTo(25);
    }

    @Test
    @DisplayName(
            "R15 R16 R42 a replica keeps its checkpoint; the floor asks for the lowest live one")
    void replicasKeepCheckpoints() {
        Account ann = samples.account("ann");
        Device live = samples.device(ann);
        Device revoked = samples.device(ann);
        Replica ahead = replica(live, 9, Optional.of(new Cursor(project.epoch(), 8)), T0);
        Replica behind = replica(live, 5, Optional.empty(), T0);
        Replica asleep = replica(live, 3, Optional.empty(), T0.minusSeconds(1));
        Replica shutOut = replica(revoked, 1, Optional.empty(), T0);
        store.write(transaction -> {
            transaction.devices().add(live);
            transaction.devices().add(revoked);
            transaction.devices().revoke(revoked.id(), T0);
            List.of(ahead, behind, asleep, shutOut)
                    .forEach(transaction.replicas(project.key())::put);
            return 0;
        });

        assertThat(optional(transaction -> transaction.replicas(project.key()).find(ahead.id())))
                .contains(ahead);
        assertThat(list(transaction -> transaction.replicas(project.key()).list()))
                .containsExactlyInAnyOrder(ahead, behind, asleep, shutOut);
        assertThat(number(transaction -> lowest(transaction, project.epoch())))
                .isEqualTo(OptionalLong.of(5));
        assertThat(number(transaction -> lowest(transaction, samples.epoch())))
                .isEqualTo(OptionalLong.empty());
        assertThat(
                        store.<Boolean>write(transaction ->
                                transaction.replicas(project.key()).delete(behind.id())))
                .isTrue();
        assertThat(number(transaction -> lowest(transaction, project.epoch())))
                .isEqualTo(OptionalLong.of(9));
    }

    private OptionalLong lowest(ReadTransaction transaction, Epoch epoch) {
        return transaction.replicas(project.key()).lowestReceived(epoch, T0);
    }

    private Replica replica(Device device, long received, Optional<Cursor> agreed, Instant seen) {
        return new Replica(
                samples.replicaId(),
                device.id(),
                new Cursor(project.epoch(), received),
                new TreeDigest(samples.hash()),
                agreed,
                2,
                "Dokumente \ud83d\ude00",
                seen);
    }

    @Test
    @DisplayName("R26 an upload lives while it is touched")
    void uploadLivesWhileItIsTouched() {
        var device = samples.deviceId();
        touch(device, T0, T0.plusSeconds(10));
        touch(device, T0.plusSeconds(5), T0.plusSeconds(15));
        touch(samples.deviceId(), T0.plusSeconds(6), T0.plusSeconds(7));

        assertThat(
                        optional(transaction ->
                                transaction
                                        .uploads(project.key())
                                        .find(device, T0.plusSeconds(14))))
                .contains(new UploadSession(device, T0, T0.plusSeconds(15)));
        assertThat(oldestStart(T0.plusSeconds(14))).contains(T0);
        assertThat(oldestStart(T0.plusSeconds(15))).isEmpty();

        assertThat(touch(device, T0.plusSeconds(20), T0.plusSeconds(30)).started())
                .isEqualTo(T0.plusSeconds(20));
        assertThat(
                        store.<Integer>writeBehind(transaction ->
                                transaction.sweeper().uploads(T0.plusSeconds(20), 10)))
                .isEqualTo(1);
        assertThat(
                        store.<Boolean>write(
                                transaction -> transaction.uploads(project.key()).end(device)))
                .isTrue();
        assertThat(oldestStart(T0.plusSeconds(20))).isEmpty();
    }

    private Optional<Instant> oldestStart(Instant now) {
        return store.read(transaction -> transaction.uploads(project.key()).oldestStart(now));
    }

    private UploadSession touch(DeviceId device, Instant now, Instant expires) {
        return store.write(
                transaction -> transaction.uploads(project.key()).touch(device, now, expires));
    }

    @Test
    void settingIsMadeOnce() {
        assertThat(text(putIfAbsent("first"))).isEqualTo("first");
        assertThat(text(putIfAbsent("second"))).isEqualTo("first");

        store.write(transaction -> {
            transaction.settings().put("mac", bytes("third"));
            return 0;
        });
        assertThat(optional(transaction -> transaction.settings().find("mac")))
                .map(MetadataStoreContract::text)
                .contains("third");
        assertThat(store.<Boolean>write(transaction -> transaction.settings().delete("mac")))
                .isTrue();
        assertThat(optional(transaction -> transaction.settings().find("mac"))).isEmpty();
    }

    private ByteBuffer putIfAbsent(String value) {
        return store.write(transaction -> transaction.settings().putIfAbsent("mac", bytes(value)));
    }

    // Words for the tests: the shape of a read's result, so that assertThat can be told apart.

    private <T> Optional<T> optional(MetadataStore.Read<Optional<T>> work) {
        return store.read(work);
    }

    private <T> List<T> list(MetadataStore.Read<List<T>> work) {
        return store.read(work);
    }

    private <T> Set<T> set(MetadataStore.Read<Set<T>> work) {
        return store.read(work);
    }

    private <K, V> Map<K, V> map(MetadataStore.Read<Map<K, V>> work) {
        return store.read(work);
    }

    private static <K, V> V at(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key));
    }

    private OptionalLong number(MetadataStore.Read<OptionalLong> work) {
        return store.read(work);
    }

    private Nodes nodes(ReadTransaction transaction) {
        return transaction.nodes(project.key());
    }

    private Project projectNow() {
        return store.read(this::projectNow);
    }

    private Project projectNow(ReadTransaction transaction) {
        return transaction.projects().find(project.id()).orElseThrow();
    }

    private long head(ReadTransaction transaction) {
        return projectNow(transaction).head();
    }

    private Optional<TreeDigest> digestAt(ReadTransaction transaction, long sequence) {
        return transaction.projects().digestAt(project.key(), sequence);
    }

    private int insert(List<NewBlock> blocks, Instant now) {
        return store.write(transaction -> transaction.blocks(project.key()).insert(blocks, now));
    }

    private static boolean add(WriteTransaction transaction, Account account) {
        transaction.accounts().add(account);
        return true;
    }

    private static boolean addDevice(WriteTransaction transaction, Device device) {
        transaction.devices().add(device);
        return true;
    }

    private static boolean addLink(WriteTransaction transaction, JoinLink link) {
        transaction.links().add(link);
        return true;
    }

    private boolean addAnswer(WriteTransaction transaction, Answer answer) {
        transaction.answers(project.key()).add(answer);
        return true;
    }

    private static Version keyed(Node node, String key) {
        return new Version(node, Action.CREATE, Optional.empty(), Optional.of(key), T0);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    protected static void assertCode(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOf(SynclineException.class);
        assertThat(((SynclineException) failure).code()).isEqualTo(code);
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
