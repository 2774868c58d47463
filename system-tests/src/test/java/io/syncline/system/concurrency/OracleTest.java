package io.syncline.system.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A short history that can be, and one thing at a time that can't. */
final class OracleTest {
    private static final String ID = "0".repeat(32);
    private static final Item FILE = Item.file(Content.EMPTY, false, 0);
    private static final Node DIRECTORY = node(1, 0, "d", Item.DIRECTORY, 1);
    private static final Node BEFORE = node(2, 0, "f", FILE, 2);
    private static final Node AFTER = node(2, 1, "f", FILE, 3);
    private static final TreeDigest FIRST = TreeDigest.EMPTY.plus(DIRECTORY);
    private static final TreeDigest SECOND = FIRST.plus(BEFORE);
    private static final TreeDigest THIRD = FIRST.plus(AFTER);

    private static final Change MAKE_DIRECTORY =
            new Change.Create(new NodeId(-1), DIRECTORY.place(), Item.DIRECTORY, Optional.empty());
    private static final Change MAKE_FILE =
            new Change.Create(new NodeId(-1), BEFORE.place(), FILE, Optional.empty());

    private static Node node(long id, long parent, String name, Item item, long sequence) {
        return new Node(
                new NodeId(id),
                new Place(new NodeId(parent), new Name(name)),
                item,
                sequence,
                false,
                new DeviceId(ID));
    }

    private static Change move(long expected) {
        return new Change.Update(
                new NodeId(2), expected, Optional.of(AFTER.place()), Optional.empty());
    }

    private static Proof proof(long head, TreeDigest digest) {
        return new Proof(new Cursor(new Epoch(ID), head), digest, ID);
    }

    private static Recorded commit(
            long begin,
            long end,
            Change change,
            ChangeResult result,
            long head,
            TreeDigest digest) {
        return new Recorded.Committed(
                begin,
                end,
                new Commit(
                        new CommitId(ID),
                        new ReplicaId(ID),
                        proof(0, TreeDigest.EMPTY),
                        false,
                        List.of(change)),
                new CommitAnswer(proof(head, digest), List.of(result)));
    }

    private static ChangeResult applied(Node node) {
        return new ChangeResult.Applied(node);
    }

    private static ChangeResult stale(Node current) {
        return new ChangeResult.Refused(
                Reason.STALE, Optional.of(current), Optional.empty(), List.of());
    }

    private static Recorded page(TreeDigest digest, Node... changes) {
        return new Recorded.Paged(
                65,
                70,
                new ChangesPage(
                        proof(3, digest), 0, 3, false, 0, Optional.empty(), List.of(changes)));
    }

    private static Recorded look(long begin, long end, Node node) {
        return new Recorded.Looked(begin, end, node.id(), Optional.of(node));
    }

    private static Recorded listing(long begin, long end, long version, Node... nodes) {
        return new Recorded.Listed(
                begin,
                end,
                new NodeId(1),
                new ChildrenPage(
                        List.of(nodes), version, nodes.length, Optional.empty(), Optional.empty()));
    }

    private static List<Recorded> right() {
        return List.of(
                commit(10, 20, MAKE_DIRECTORY, applied(DIRECTORY), 1, FIRST),
                commit(15, 30, MAKE_FILE, applied(BEFORE), 2, SECOND),
                commit(40, 50, move(2), applied(AFTER), 3, THIRD),
                commit(45, 60, move(2), stale(AFTER), 3, THIRD),
                page(THIRD, DIRECTORY, AFTER),
                look(35, 38, BEFORE),
                listing(65, 70, 3, AFTER));
    }

    private static List<String> faults(List<Recorded> history, long nodesMax) {
        Recording recording = new Recording();
        history.forEach(recording::add);
        return new Oracle(recording, nodesMax, 1_000).check().faults();
    }

    @Test
    void whatCanBeHasNoFault() {
        assertThat(faults(right(), 2)).isEmpty();
    }

    @Test
    void aQuotaThatIsExceededIsSeen() {
        assertThat(faults(right(), 1)).isNotEmpty();
    }

    static Stream<Arguments> wrongs() {
        Node again = node(2, 1, "g", FILE, 4);
        Node late = node(2, 1, "f", FILE, 5);
        return Stream.of(
                wrong("a lost update", 3, commit(45, 60, move(2), applied(again), 4, THIRD)),
                wrong("a gap", 2, commit(40, 50, move(2), applied(late), 5, FIRST.plus(late))),
                wrong(
                        "an order that isn't that of time",
                        2,
                        commit(2, 5, move(2), applied(AFTER), 3, THIRD)),
                wrong("another digest", 1, commit(15, 30, MAKE_FILE, applied(BEFORE), 2, FIRST)),
                wrong(
                        "a refusal of what was right",
                        3,
                        commit(45, 60, move(3), stale(AFTER), 3, THIRD)),
                wrong(
                        "a refusal with an old state",
                        3,
                        commit(45, 60, move(2), stale(BEFORE), 3, THIRD)),
                wrong(
                        "a refusal at an old head",
                        3,
                        commit(55, 60, move(1), stale(BEFORE), 2, SECOND)),
                wrong(
                        "a directory in itself",
                        3,
                        commit(
                                55,
                                60,
                                new Change.Update(
                                        new NodeId(1),
                                        1,
                                        Optional.of(new Place(new NodeId(1), new Name("d"))),
                                        Optional.empty()),
                                applied(node(1, 1, "d", Item.DIRECTORY, 4)),
                                4,
                                TreeDigest.EMPTY
                                        .plus(AFTER)
                                        .plus(node(1, 1, "d", Item.DIRECTORY, 4)))),
                wrong("a page that lacks a change", 4, page(THIRD, AFTER)),
                wrong("a page out of order", 4, page(THIRD, AFTER, DIRECTORY)),
                wrong("a page with an old version", 4, page(THIRD, DIRECTORY, BEFORE, AFTER)),
                wrong("a page with another digest", 4, page(SECOND, DIRECTORY, AFTER)),
                wrong("an old look", 5, look(65, 70, BEFORE)),
                wrong("a look ahead", 5, look(5, 8, BEFORE)),
                wrong("a look at nothing", 5, look(65, 70, again)),
                wrong("a listing without a row", 6, listing(65, 70, 3)),
                wrong("a listing ahead", 6, listing(5, 8, 3, AFTER)),
                wrong("a listing of no version", 6, listing(65, 70, 0, AFTER)));
    }

    private static Arguments wrong(String what, int instead, Recorded recorded) {
        return Arguments.of(what, instead, recorded);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongs")
    @DisplayName("What can't be is seen")
    void whatCannotBeIsSeen(String what, int instead, Recorded recorded) {
        List<Recorded> history = new ArrayList<>(right());
        history.set(instead, recorded);
        assertThat(faults(history, 2)).as(what).isNotEmpty();
    }
}
