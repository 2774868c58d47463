package io.syncline.client.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Stat;
import io.syncline.client.scan.KnownTree;
import io.syncline.client.scan.ListingDigest;
import io.syncline.core.plan.Trees.Side;
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
import io.syncline.core.tree.TreeDigest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every state store must do, and what the rules above it make of that. */
abstract class StateStoreContract {
    private static final DeviceId DEVICE = new DeviceId("d".repeat(32));
    private static final Item ONE = file("one");
    private static final Item TWO = file("two");

    private StateStore store;
    private ReplicaState state;

    /** An empty store. */
    abstract StateStore create();

    /** The same store as after the process ended. */
    abstract StateStore reopen(StateStore before);

    @BeforeEach
    void begin() {
        store = create();
        state = new ReplicaState(store, _ -> false);
    }

    @AfterEach
    void end() {
        store.close();
    }

    static Item file(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Item.file(new Content(0, Hash.sha256(bytes), bytes.length), false, 77);
    }

    private static Place place(long parent, String name) {
        return new Place(new NodeId(parent), new Name(name));
    }

    private static NodeId id(long value) {
        return new NodeId(value);
    }

    private static Observed seen(String name, long inode) {
        return new Observed(
                name, new Stat(FileKind.FILE, new FileIdentity(0, inode, 5), 3, 77, 78, true, 2));
    }

    private static Node node(long id, Place place, Item item, long sequence, boolean deleted) {
        return new Node(id(id), place, item, sequence, deleted, DEVICE);
    }

    private static Agreed agreed(long id, Place place, Item item, long version) {
        return new Agreed(
                id(id), place, item, version, Optional.of(seen(place.name().value(), id)));
    }

    private static LocalRow.Present present(long id, Place place, Item item) {
        return new LocalRow.Present(
                id(id),
                place,
                item.kind(),
                Optional.of(item),
                seen(place.name().value(), Math.abs(id)),
                Optional.empty());
    }

    private void write(Runnable writes) {
        state.write(Durability.DURABLE, writes);
    }

    @Test
    void rowsComeBackAsTheyWentInAfterARestart() {
        var link =
                new Agreed(
                        id(9),
                        place(3, "l"),
                        Item.symlink(new Content(0, Hash.sha256(new byte[] {1}), 1), -5),
                        11,
                        Optional.empty());
        var directory =
                new Agreed(id(3), place(0, "d"), Item.DIRECTORY, 3, Optional.of(seen("d~1", 3)));
        var unread =
                new LocalRow.Present(
                        id(-4),
                        place(3, "new"),
                        Kind.FILE,
                        Optional.empty(),
                        seen("new~", 44),
                        Optional.of(id(2)));
        var absent = new LocalRow.Absent(id(7));
        var remote = RemoteRow.of(node(8, place(3, "r"), TWO, 12, true));
        var journalled =
                new Journalled(new CommitId("c".repeat(32)), "{}", List.of(id(-4), id(7)), 5);
        var intent = new Intent(3, id(7), "replace", "a b");
        write(() -> {
            store.putAgreed(link);
            store.putAgreed(directory);
            store.putLocal(unread);
            store.putLocal(absent);
            store.putLocal(present(8, place(3, "x"), ONE));
            store.putRemote(remote);
            store.putStaged(remote);
            store.putJournal(journalled);
            store.putIntent(intent);
            store.putValue("key", "value");
        });
        store = reopen(store);
        assertThat(store.agreed(id(9))).contains(link);
        assertThat(store.agreed(id(3))).contains(directory);
        assertThat(store.local(id(-4))).contains(unread);
        assertThat(store.local(id(7))).contains(absent);
        assertThat(store.local(id(8))).contains(present(8, place(3, "x"), ONE));
        assertThat(store.remote(id(8))).contains(remote);
        assertThat(store.staged(id(8))).contains(remote);
        assertThat(store.journal()).containsExactly(journalled);
        assertThat(store.intents()).containsExactly(intent);
        assertThat(store.value("key")).contains("value");
        assertThat(store.agreedCount()).isEqualTo(2);
        assertThat(store.localCount()).isEqualTo(3);
        assertThat(store.localAbsentCount()).isEqualTo(1);
        assertThat(store.remoteCount()).isEqualTo(1);
    }

    @Test
    void stagedRowsAreTakenInOneStep() {
        var live = RemoteRow.of(node(8, place(3, "r"), TWO, 12, false));
        var dead = RemoteRow.of(node(9, place(3, "s"), ONE, 13, true));
        assertThat(store.remote(id(8))).isEmpty();
        assertThat(store.remoteAt(place(3, "r"))).isEmpty();
        write(() -> {
            store.putStaged(live);
            store.putStaged(dead);
        });

        write(() -> store.takeStaged());

        assertThat(store.remote(id(8))).contains(live);
        assertThat(store.remoteAt(place(3, "r"))).containsExactly(id(8));
        assertThat(store.remoteAt(place(3, "s"))).isEmpty();
        assertThat(store.remoteAfter(StateStore.FIRST, 9)).containsExactly(live, dead);
        assertThat(store.stagedAfter(StateStore.FIRST, 9)).isEmpty();
    }

    @Test
    void aThrowTakesTheWholeTransactionBack() {
        write(() -> store.putAgreed(agreed(5, place(0, "a"), ONE, 5)));
        TreeDigest before = state.digest();
        assertThatThrownBy(() ->
                        write(() -> {
                            store.removeAgreed(id(5));
                            state.putRemote(RemoteRow.of(node(6, place(0, "b"), ONE, 6, false)));
                            throw new IllegalStateException("no");
                        }))
                .hasMessage("no");
        assertThat(store.agreed(id(5))).isPresent();
        assertThat(store.remote(id(6))).isEmpty();
        assertThat(state.digest()).isEqualTo(before);
    }

    @Test
    void countsAreThoseOfTheRowsAfterAnyWrites() {
        long seed = 11;
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            boolean fails = random.nextInt(4) == 0;
            try {
                write(() -> {
                    for (int i = random.nextInt(6); i >= 0; i--) {
                        writeAny(random);
                        assertCounts("seed " + seed);
                    }
                    if (fails) {
                        throw new IllegalStateException("taken back");
                    }
                });
            } catch (IllegalStateException e) {
                assertThat(fails).as("seed %d: %s", seed, e).isTrue();
            }
            assertCounts("seed " + seed + " after round " + round);
        }
    }

    private void writeAny(Random random) {
        long id = 1L + random.nextInt(8);
        switch (random.nextInt(10)) {
            case 0, 1 ->
                    store.putRemote(
                            new RemoteRow(
                                    id(id), place(0, "r" + id), ONE, id, random.nextBoolean()));
            case 2 -> store.removeRemote(id(id));
            case 3 -> store.putLocal(present(id, place(0, "l" + id), ONE));
            case 4 -> store.putLocal(new LocalRow.Absent(id(id)));
            case 5 -> store.removeLocal(id(id));
            case 6 -> store.putAgreed(agreed(id, place(0, "a" + id), ONE, id));
            case 7 -> store.removeAgreed(id(id));
            case 8 -> {
                // Ids that have no row yet: the engine takes what is staged into an empty overlay.
                var staged = new RemoteRow(id(50 + id), place(0, "s" + id), ONE, 99, true);
                store.removeRemote(staged.id());
                store.putAgreed(agreed(50 + id, place(0, "s" + id), ONE, id));
                store.putStaged(staged);
                store.takeStaged();
            }
            default -> store.dropTombstones(id);
        }
    }

    private void assertCounts(String when) {
        List<LocalRow> local = store.localAfter(StateStore.FIRST, 100);
        List<RemoteRow> remote = store.remoteAfter(StateStore.FIRST, 100);
        assertThat(store.agreedCount())
                .as(when)
                .isEqualTo(store.agreedAfter(StateStore.FIRST, 100).size());
        assertThat(store.remoteCount()).as(when).isEqualTo(remote.size());
        assertThat(store.remoteDeletedCount())
                .as(when)
                .isEqualTo(
                        remote.stream()
                                .filter(row -> row.deleted() && store.agreed(row.id()).isPresent())
                                .count());
        assertThat(store.localCount()).as(when).isEqualTo(local.size());
        assertThat(store.localAbsentCount())
                .as(when)
                .isEqualTo(local.stream().filter(LocalRow.Absent.class::isInstance).count());
    }

    @Test
    void placesAskedForBeforeAreRightAfterEveryWrite() {
        Place here = place(0, "here");
        Place there = place(3, "there");
        assertThat(at(here)).isEqualTo(at(there)).isEqualTo("[] [] []");

        write(() -> {
            store.putAgreed(agreed(4, here, ONE, 4));
            store.putRemote(new RemoteRow(id(4), here, ONE, 4, false));
            store.putLocal(present(4, here, ONE));
        });
        assertThat(at(here)).isEqualTo("[4] [4] [4]");
        assertThatThrownBy(() ->
                        write(() -> {
                            store.putAgreed(agreed(5, there, ONE, 5));
                            store.removeRemote(id(4));
                            store.putLocal(present(4, there, ONE));
                            assertThat(at(here)).isEqualTo("[4] [] []");
                            assertThat(at(there)).isEqualTo("[5] [] [4]");
                            throw new IllegalStateException("taken back");
                        }))
                .hasMessage("taken back");
        assertThat(at(here)).isEqualTo("[4] [4] [4]");
        assertThat(at(there)).isEqualTo("[] [] []");

        write(() -> {
            store.putAgreed(agreed(4, there, ONE, 5));
            store.putRemote(new RemoteRow(id(4), there, ONE, 5, false));
            store.putLocal(new LocalRow.Absent(id(4)));
        });
        assertThat(at(here)).isEqualTo("[] [] []");
        assertThat(at(there)).isEqualTo("[4] [4] []");

        write(() -> {
            store.removeAgreed(id(4));
            store.putRemote(new RemoteRow(id(4), there, ONE, 6, true));
            store.dropTombstones(6);
            store.putLocal(present(4, there, ONE));
        });
        assertThat(at(there)).isEqualTo("[] [] [4]");
        write(() -> {
            store.removeLocal(id(4));
            store.putRemote(new RemoteRow(id(4), there, ONE, 7, false));
        });
        assertThat(at(there)).isEqualTo("[] [4] []");
    }

    private String at(Place place) {
        return Stream.of(store.agreedAt(place), store.remoteAt(place), store.localAt(place))
                .map(ids -> ids.stream().map(NodeId::value).toList().toString())
                .collect(Collectors.joining(" "));
    }

    @Test
    @DisplayName("L9: of more values than are kept in memory each is right")
    void manyValues() {
        write(() -> {
            for (int i = 0; i < 1_000; i++) {
                store.putValue("node/" + i, "one " + i);
            }
            for (int i = 0; i < 1_000; i += 2) {
                store.putValue("node/" + i, "two " + i);
            }
            for (int i = 0; i < 1_000; i += 5) {
                store.removeValue("node/" + i);
            }
        });
        for (int i = 0; i < 1_000; i++) {
            String text = (i % 2 == 0 ? "two " : "one ") + i;
            assertThat(store.value("node/" + i))
                    .isEqualTo(i % 5 == 0 ? Optional.empty() : Optional.of(text));
        }
    }

    @Test
    void valuesAskedForBeforeAreRightAfterEveryWrite() {
        assertThat(store.value("key")).isEmpty();
        write(() -> store.putValue("key", "one"));
        assertThat(store.value("key")).contains("one");
        assertThatThrownBy(() ->
                        write(() -> {
                            store.putValue("key", "two");
                            assertThat(store.value("key")).contains("two");
                            throw new IllegalStateException("taken back");
                        }))
                .hasMessage("taken back");
        assertThat(store.value("key")).contains("one");
        write(() -> store.removeValue("key"));
        assertThat(store.value("key")).isEmpty();
    }

    @Test
    void aListingIsForgottenByAnyWriteOfWhatIsInIt() {
        Agreed child = agreed(5, place(3, "c"), ONE, 9);
        var sum = new ListingDigest(1, -2);
        List<Runnable> writes =
                List.of(
                        () -> store.putAgreed(agreed(6, place(3, "d"), ONE, 9)),
                        () -> store.putAgreed(child.at(place(4, "c"))),
                        () -> store.removeAgreed(id(5)),
                        () -> store.putLocal(new LocalRow.Absent(id(5))),
                        () -> store.putLocal(present(5, place(4, "c"), ONE)),
                        () -> store.putLocal(present(-1, place(3, "new"), ONE)),
                        () -> store.removeLocal(id(5)));
        for (Runnable change : writes) {
            write(() -> {
                store.removeLocal(id(5));
                store.removeLocal(id(-1));
                store.putAgreed(child);
                store.putListing(id(3), sum);
                store.putListing(id(7), sum);
            });
            assertThat(store.listing(id(3))).contains(sum);
            write(change);
            assertThat(store.listing(id(3))).isEmpty();
            assertThat(store.listing(id(7))).contains(sum);
        }
        // Out of a directory that only the disk knows it to be in.
        write(() -> {
            store.putAgreed(child);
            store.putLocal(present(5, place(8, "c"), ONE));
            store.putListing(id(8), sum);
            store.putListing(id(3), sum);
        });
        write(() -> store.removeLocal(id(5)));
        assertThat(store.listing(id(8))).isEmpty();
        assertThat(store.listing(id(3))).isEmpty();
    }

    @Test
    void listingsAreRolledBackAndSurviveARestart() {
        var sum = new ListingDigest(1, -2);
        write(() -> {
            store.putAgreed(agreed(5, place(3, "c"), ONE, 9));
            store.putListing(id(3), sum);
        });
        assertThatThrownBy(() ->
                        write(() -> {
                            store.removeAgreed(id(5));
                            throw new IllegalStateException("no");
                        }))
                .hasMessage("no");
        assertThat(store.listing(id(3))).contains(sum);
        store = reopen(store);
        assertThat(store.listing(id(3))).contains(sum);
    }

    @Test
    void directoriesAreFoundAmongWhatIsSeen() {
        Agreed directory =
                new Agreed(
                        id(6),
                        place(3, "d"),
                        Item.DIRECTORY,
                        4,
                        Optional.of(
                                new Observed(
                                        "d",
                                        new Stat(
                                                FileKind.DIRECTORY,
                                                new FileIdentity(0, 6, 5),
                                                0,
                                                0,
                                                0,
                                                false,
                                                2))));
        write(() -> {
            store.putAgreed(agreed(5, place(3, "c"), ONE, 9));
            store.putAgreed(directory);
        });
        assertThat(store.agreedDirectoriesSeenIn(id(3))).containsExactly(directory);
        write(() -> store.putLocal(new LocalRow.Absent(id(6))));
        assertThat(store.agreedDirectoriesSeenIn(id(3))).isEmpty();
    }

    @Test
    void pagesAreInOrderAndExclusive() {
        write(() -> {
            for (long i = 1; i <= 5; i++) {
                store.putAgreed(agreed(i, place(0, "a" + i), ONE, i));
                store.putRemote(RemoteRow.of(node(i + 10, place(0, "b"), ONE, 20, false)));
                store.putLocal(present(-i, place(0, "c" + i), ONE));
            }
            store.putLocal(new LocalRow.Absent(id(2)));
        });
        assertThat(store.agreedChildren(NodeId.ROOT, id(2), 2)).containsExactly(id(3), id(4));
        assertThat(store.remoteChildren(NodeId.ROOT, id(13), 9)).containsExactly(id(14), id(15));
        assertThat(store.remoteAt(place(0, "b"))).hasSize(5);
        assertThat(store.localChildren(NodeId.ROOT, id(-3), 2)).containsExactly(id(-2), id(-1));
        assertThat(store.localKnown(StateStore.FIRST, 9)).containsExactly(id(2));
        assertThat(store.localOnlyKnown(NodeId.ROOT, 2)).containsExactly(id(-1), id(-2));
        assertThat(store.localOnlyKnown(id(-2), 2)).containsExactly(id(-3), id(-4));
        assertThat(store.agreedSeenIn(NodeId.ROOT)).hasSize(4);
        assertThat(store.localWithInode(0, 3)).containsExactly(id(-3));
        assertThat(store.agreedWithInode(0, 3)).containsExactly(id(3));
        assertThat(store.agreedWithInode(1, 3)).isEmpty();
    }

    @Test
    void overlaysHoldRowsExactlyWhereASideDiffers() {
        write(() -> state.putAgreed(id(5), Optional.of(agreed(5, place(0, "a"), ONE, 5))));
        assertThat(store.localCount() + store.remoteCount()).isEqualTo(1); // the disk lacks it
        write(() -> state.putLocal(present(5, place(0, "a"), ONE)));
        assertThat(store.localCount()).isZero();
        write(() -> state.putRemote(RemoteRow.of(node(5, place(0, "b"), ONE, 6, false))));
        assertThat(store.remoteCount()).isEqualTo(1);
        assertThat(state.entry(Side.SYNCED, id(5)).orElseThrow().place()).isEqualTo(place(0, "a"));
        assertThat(state.child(Side.REMOTE, NodeId.ROOT, new Name("a"))).isEmpty();
        assertThat(state.child(Side.REMOTE, NodeId.ROOT, new Name("b"))).contains(id(5));
        assertThat(state.child(Side.LOCAL, NodeId.ROOT, new Name("a"))).contains(id(5));
        write(() -> {
            state.putLocal(state.local(id(5)).orElseThrow().at(place(0, "b")));
            state.agree(id(5));
        });
        assertThat(store.localCount() + store.remoteCount()).isZero();
        assertThat(state.agreed(id(5)).orElseThrow().version()).isEqualTo(6);
    }

    @Test
    @DisplayName("R13: per node the higher sequence wins, and the digest follows")
    void olderRowsChangeNothing() {
        Node newer = node(5, place(0, "a"), TWO, 1000, false);
        write(() -> state.putRemote(RemoteRow.of(newer)));
        write(() -> state.putRemote(RemoteRow.of(node(5, place(0, "a"), ONE, 450, false))));
        assertThat(state.entry(Side.REMOTE, id(5)).orElseThrow().item()).isEqualTo(TWO);
        assertThat(state.digest()).isEqualTo(TreeDigest.EMPTY.plus(newer));
        write(() -> state.putRemote(RemoteRow.of(node(5, place(0, "a"), TWO, 1001, true))));
        assertThat(state.digest()).isEqualTo(TreeDigest.EMPTY);
        write(() -> state.putRemote(RemoteRow.of(newer)));
        assertThat(state.entry(Side.REMOTE, id(5))).isEmpty();
    }

    @Test
    @DisplayName("R14: rows and cursor are one transaction, also across a restart")
    void rowsAndCursorTogether() {
        var cursor = new Cursor(new Epoch("e".repeat(32)), 7);
        Node node = node(5, place(0, "a"), ONE, 7, false);
        write(() -> {
            state.putRemote(RemoteRow.of(node));
            state.setCursor(cursor);
        });
        store = reopen(store);
        state = new ReplicaState(store, _ -> false);
        assertThat(state.cursor()).contains(cursor);
        assertThat(state.digest()).isEqualTo(TreeDigest.EMPTY.plus(node));
    }

    @Test
    @DisplayName("R22: the answer replaces a local id in the node and in its children at once")
    void localIdsAreReplacedEverywhere() {
        NodeId directory = state.newLocalId();
        NodeId child = state.newLocalId();
        write(() -> {
            state.putLocal(
                    new LocalRow.Present(
                            directory,
                            place(0, "d"),
                            Kind.DIRECTORY,
                            Optional.of(Item.DIRECTORY),
                            seen("d", 1),
                            Optional.empty()));
            state.putLocal(present(child.value(), place(directory.value(), "f"), ONE));
        });
        write(() -> state.replaceId(directory, id(9), Optional.empty()));
        assertThat(state.local(directory)).isEmpty();
        assertThat(state.local(id(9)).orElseThrow().place()).isEqualTo(place(0, "d"));
        assertThat(state.local(child).orElseThrow().place()).isEqualTo(place(9, "f"));
        store = reopen(store);
        state = new ReplicaState(store, _ -> false);
        assertThat(state.newLocalId().value()).isLessThan(child.value());
    }

    @Test
    @DisplayName(
            "L5: a child that is gone from here keeps its synced parent when that is renumbered")
    void whatIsGoneKeepsItsSyncedParent() {
        write(() -> {
            state.putAgreed(id(5), Optional.of(agreed(5, place(0, "d"), Item.DIRECTORY, 5)));
            state.putAgreed(id(6), Optional.of(agreed(6, place(5, "here"), ONE, 6)));
            state.putAgreed(id(7), Optional.of(agreed(7, place(5, "gone"), ONE, 7)));
            state.putLocal(present(5, place(0, "d"), Item.DIRECTORY));
            state.putLocal(present(6, place(5, "here"), ONE));
        });
        NodeId fresh = state.newLocalId();
        write(() -> {
            state.putAgreed(id(5), Optional.empty());
            state.replaceId(id(5), fresh, Optional.of(id(5)));
        });
        assertThat(state.agreed(id(6)).orElseThrow().place().parent()).isEqualTo(fresh);
        assertThat(state.local(id(6)).orElseThrow().place().parent()).isEqualTo(fresh);
        assertThat(state.agreed(id(7)).orElseThrow().place().parent()).isEqualTo(id(5));
    }

    @Test
    @DisplayName(
            "scenario 8, R44: an unmaterialised node is shown as agreed, and its absence is no"
                    + " delete")
    void unmaterialisedIsNoDelete() {
        write(() ->
                state.putAgreed(
                        id(5),
                        Optional.of(agreed(5, place(0, "a"), ONE, 5).seen(Optional.empty()))));
        assertThat(store.localAfter(StateStore.FIRST, 9)).isEmpty();
        assertThat(state.entry(Side.LOCAL, id(5)).orElseThrow().item()).isEqualTo(ONE);
        assertThat(state.children(NodeId.ROOT)).isEmpty();
        assertThat(state.node(id(5))).isEmpty();
        assertThat(state.absent(NodeId.ROOT))
                .containsExactly(new KnownTree.Absent(id(5), "a", false));

        write(() -> state.putAgreed(id(5), Optional.of(agreed(5, place(0, "a"), ONE, 5))));
        assertThat(state.absent(NodeId.ROOT)).isEmpty();
    }

    @Test
    @DisplayName("R23: a disk that was only touched is what is agreed, as it is seen now")
    void touchedIsNoChange() {
        write(() -> {
            state.putAgreed(id(5), Optional.of(agreed(5, place(0, "a"), ONE, 5)));
            LocalRow.Present touched = present(5, place(0, "a"), ONE);
            state.putLocal(touched.holding(ONE, seen("a", 999)));
        });
        assertThat(store.localCount()).isZero();
        assertThat(state.node(id(5)).orElseThrow().seen()).isEqualTo(seen("a", 999).stat());
    }

    @Test
    void unreadContentIsHeld() {
        write(() ->
                state.putLocal(
                        new LocalRow.Present(
                                id(-1),
                                place(0, "a"),
                                Kind.FILE,
                                Optional.empty(),
                                seen("a", 1),
                                Optional.empty())));
        assertThat(state.held(id(-1))).isTrue();
        assertThat(store.localUnknown(StateStore.FIRST, 9)).hasSize(1);
        assertThat(store.localOnlyKnown(NodeId.ROOT, 9)).isEmpty();
    }

    @Test
    void childrenOfBothKindsComeInOrderOfIdAcrossPages() {
        var expected = new ArrayList<NodeId>();
        write(() -> {
            for (long i = 1; i <= 2_500; i++) {
                state.putAgreed(id(i), Optional.of(agreed(i, place(0, "a" + i), ONE, i)));
                state.putLocal(present(i, place(0, i % 3 == 0 ? "m" + i : "a" + i), ONE));
                expected.add(id(i));
            }
        });
        var found = new ArrayList<NodeId>();
        state.children(Side.LOCAL, NodeId.ROOT).forEachRemaining(found::add);
        assertThat(found).isEqualTo(expected);
        assertThat(state.children(NodeId.ROOT)).hasSize(2_500);
        assertThat(state.child(NodeId.ROOT, "m3")).isPresent();
    }

    @Test
    void tombstonesGoOnceTheCursorPassedThemAndNothingIsAgreed() {
        write(() -> {
            state.putAgreed(id(4), Optional.of(agreed(4, place(0, "x"), ONE, 4)));
            state.putRemote(RemoteRow.of(node(4, place(0, "x"), ONE, 8, true)));
            state.putRemote(RemoteRow.of(node(5, place(0, "a"), ONE, 8, true)));
            state.putRemote(RemoteRow.of(node(6, place(0, "b"), ONE, 9, true)));
            store.dropTombstones(8);
        });
        assertThat(store.remoteAfter(StateStore.FIRST, 9).stream().map(RemoteRow::id))
                .containsExactly(id(4), id(6));
        assertThat(store.remoteDeletedCount()).isEqualTo(1);
    }

    private static Content content(String text) {
        return file(text).content().orElseThrow();
    }

    @Test
    @DisplayName("R31: what a power cut may have damaged comes back as it went in after a restart")
    void suspectsAndDamageComeBack() {
        var known =
                new Suspect(
                        id(-3), new FileIdentity(0, 7, 5), 11, Optional.of(content("one")), false);
        var agreed = new Suspect(id(4), new FileIdentity(2, 8, 5), -12, Optional.empty(), false);
        var damaged = new Damaged(id(4), content("on"), seen("a", 9).stat());
        write(() -> {
            store.putSuspect(known);
            store.putSuspect(agreed);
            store.putDamaged(damaged.as(id(6)));
            store.putDamaged(new Damaged(id(4), content("other"), seen("a", 3).stat()));
            store.putDamaged(damaged);
        });
        store = reopen(store);
        state = new ReplicaState(store, _ -> false);
        assertThat(store.suspect(id(-3))).contains(known);
        assertThat(store.suspect(id(4))).contains(agreed);
        assertThat(store.suspect(id(6))).isEmpty();
        assertThat(store.damaged(id(4))).contains(damaged);
        assertThat(store.damaged(id(-3))).isEmpty();
        assertThat(store.damagedAfter(StateStore.FIRST, 9))
                .containsExactly(damaged, damaged.as(id(6)));
        assertThat(store.damagedAfter(StateStore.FIRST, 1)).containsExactly(damaged);
        assertThat(store.damagedAfter(id(4), 9)).containsExactly(damaged.as(id(6)));

        write(() -> {
            store.removeDamaged(id(4));
            store.removeDamaged(id(5));
            store.removeSuspect(id(4));
        });
        assertThat(store.damagedCount()).isEqualTo(1);
        assertThat(store.suspect(id(4))).isEmpty();
        write(() -> store.clearSuspects());
        assertThat(store.suspect(id(-3))).isEmpty();
    }

    @Test
    @DisplayName("R31: only of a suspect that was deleted it is known which file it was")
    void deletedSuspects() {
        var file = new FileIdentity(0, 7, 5);
        var deleted = new Suspect(id(4), file, 11, Optional.of(content("one")), true);
        write(() -> {
            store.putSuspect(deleted);
            store.putSuspect(
                    new Suspect(id(5), new FileIdentity(0, 8, 5), 11, Optional.empty(), false));
        });
        assertThat(store.deletedSuspect(file)).contains(deleted);
        assertThat(store.deletedSuspect(new FileIdentity(0, 7, 6))).isEmpty();
        assertThat(store.deletedSuspect(new FileIdentity(1, 7, 5))).isEmpty();
        assertThat(store.deletedSuspect(new FileIdentity(0, 8, 5))).isEmpty();
        write(() -> store.removeSuspect(id(4)));
        assertThat(store.deletedSuspect(file)).isEmpty();
    }

    @Test
    @DisplayName("R31: what is taken back is neither suspected nor counted as damaged")
    void doubtsAreTakenBack() {
        var damaged = new Damaged(id(4), content("on"), seen("a", 9).stat());
        assertThat(store.damagedCount()).isZero();
        assertThatThrownBy(() ->
                        write(() -> {
                            store.putDamaged(damaged);
                            store.putSuspect(
                                    new Suspect(
                                            id(4),
                                            damaged.seen().identity(),
                                            11,
                                            Optional.empty(),
                                            false));
                            throw new IllegalStateException("broken off");
                        }))
                .hasMessage("broken off");
        assertThat(store.damagedCount()).isZero();
        assertThat(store.suspect(id(4))).isEmpty();
    }
}
