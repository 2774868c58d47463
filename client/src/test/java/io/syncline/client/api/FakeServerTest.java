package io.syncline.client.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.TreeApi.ChangesOutcome;
import io.syncline.client.api.TreeApi.CommitOutcome;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.WireJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What tests believe of the fake must be so. */
class FakeServerTest {
    private final Random random = new Random(9);
    private final FakeServer server = new FakeServer(1);
    private final ServerApi api = server.asDevice(server.newDevice());
    private final ReplicaId replica = new ReplicaId(RandomId.next(random));

    private static Place place(long parent, String name) {
        return new Place(new NodeId(parent), new Name(name));
    }

    private static Change directory(long id, long parent, String name) {
        return new Change.Create(
                new NodeId(id), place(parent, name), Item.DIRECTORY, Optional.empty());
    }

    private static Change move(long id, long expected, long parent, String name) {
        return new Change.Update(
                new NodeId(id), expected, Optional.of(place(parent, name)), Optional.empty());
    }

    private static Change delete(long id, long expected) {
        return new Change.Delete(new NodeId(id), expected);
    }

    private byte[] body(boolean atomic, Change... changes) {
        return WireJson.COMMIT.toBytes(
                new Commit(
                        new CommitId(RandomId.next(random)),
                        replica,
                        api.project(server.project()).proof(),
                        atomic,
                        List.of(changes)));
    }

    private CommitAnswer answer(byte[] body) {
        return ((CommitOutcome.Answered) api.commit(server.project(), body)).answer();
    }

    private List<Object> outcomes(boolean atomic, Change... changes) {
        List<Object> outcomes = new ArrayList<>();
        for (ChangeResult result : answer(body(atomic, changes)).results()) {
            outcomes.add(
                    switch (result) {
                        case ChangeResult.Applied(var node) -> node.sequence();
                        case ChangeResult.Refused(var reason, _, _, _) -> reason;
                    });
        }
        return outcomes;
    }

    @Test
    void changesAreAppliedOrRefusedOneByOne() {
        assertThat(outcomes(false, directory(-1, 0, "a"), directory(-2, -1, "b")))
                .containsExactly(1L, 2L);
        assertThat(
                        outcomes(
                                false,
                                directory(-1, 0, "a"),
                                move(1, 1, 2, "x"),
                                delete(1, 1),
                                directory(-2, 99, "y"),
                                new Change.Check(new NodeId(2), 7),
                                new Change.Create(
                                        new NodeId(-3),
                                        place(0, "f"),
                                        Item.file(
                                                new Content(0, Hash.sha256(new byte[1]), 1),
                                                false,
                                                1),
                                        Optional.empty())))
                .containsExactly(
                        Reason.NAME_TAKEN,
                        Reason.CYCLE,
                        Reason.NOT_EMPTY,
                        Reason.PARENT_GONE,
                        Reason.STALE,
                        Reason.MISSING_BLOCKS);
        assertThat(outcomes(false, delete(2, 2), delete(1, 1))).containsExactly(3L, 4L);
        assertThat(server.paths()).isEmpty();
        assertThat(server.digest()).isEqualTo(TreeDigest.EMPTY);
    }

    @Test
    @DisplayName("R20 an atomic commit may swap names, and is all or nothing")
    void atomicCommits() {
        outcomes(false, directory(-1, 0, "a"), directory(-2, 0, "b"));
        assertThat(outcomes(true, move(1, 1, 0, "b"), move(2, 2, 0, "a"))).containsExactly(3L, 4L);
        assertThat(server.paths().get("a")).extracting(node -> node.id().value()).isEqualTo(2L);

        assertThat(outcomes(true, directory(-1, 0, "c"), directory(-2, 0, "a")))
                .containsExactly(Reason.ABORTED, Reason.NAME_TAKEN);
        assertThat(server.head()).isEqualTo(4);
    }

    @Test
    @DisplayName("L8 R9 a repeated commit gets the first answer")
    void repeatedCommits() {
        byte[] body = body(false, directory(-1, 0, "a"));
        CommitAnswer first = answer(body);
        assertThat(answer(body)).isEqualTo(first);
        assertThat(server.head()).isEqualTo(1);
    }

    @Test
    @DisplayName("L1 a reader of pages ends with the state and its digest")
    void pagesOfTheFeed() {
        for (int i = 0; i < 10; i++) {
            outcomes(false, directory(-1, 0, "d" + i));
        }
        outcomes(false, move(3, 3, 1, "moved"), delete(5, 5));
        TreeDigest digest = TreeDigest.EMPTY;
        ChangesRequest next = ChangesRequest.first(4);
        ChangesPage page;
        do {
            page = ((ChangesOutcome.Page) api.changes(server.project(), next)).page();
            for (var node : page.changes()) {
                digest = node.deleted() ? digest : digest.plus(node);
            }
            next = next.after(page);
        } while (page.more());
        assertThat(page.digest()).contains(digest);
        assertThat(next.since()).isEqualTo(server.head());
    }

    @Test
    @DisplayName("R3 after a restore the epoch is new and the old one's readers must resync")
    void restore() {
        outcomes(false, directory(-1, 0, "a"));
        var backup = server.backUp();
        outcomes(false, directory(-1, 0, "b"));
        var lost = api.project(server.project()).proof();
        server.restore(backup);

        assertThat(server.paths()).containsOnlyKeys("a");
        assertThat(server.head()).isEqualTo(1L << 32);
        var request =
                new ChangesRequest(Optional.of(lost), 2, Optional.empty(), 10, Optional.empty());
        assertThat(api.changes(server.project(), request))
                .isEqualTo(new ChangesOutcome.Expired(Resync.UNION, 1));
    }
}
