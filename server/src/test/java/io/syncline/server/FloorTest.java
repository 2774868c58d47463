package io.syncline.server;

import static io.syncline.server.TestServer.directory;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.WireJson;
import io.syncline.server.TestServer.Reply;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Snapshot;
import io.syncline.storage.metadata.SnapshotId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The floor over HTTP: what holds it, what it deletes, and who must resync because of it. */
class FloorTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final TestServer server = new TestServer(() -> now);
    private final ReplicaId replica = new ReplicaId("1".repeat(32));
    private final ReplicaId other = new ReplicaId("2".repeat(32));

    @AfterEach
    void stop() {
        server.close();
    }

    private void checkpoint(ReplicaId of, String token) {
        Proof head = server.view().proof();
        checkpoint(of, token, head.cursor(), head.digest()).expect(204);
    }

    private Reply checkpoint(ReplicaId of, String token, Cursor received, TreeDigest digest) {
        Checkpoint checkpoint =
                new Checkpoint(of, received, digest, Optional.of(received), 0, "docs");
        return server.send(
                "PUT", server.at("/checkpoint"), token, WireJson.CHECKPOINT.toBytes(checkpoint));
    }

    /** Makes a directory and deletes it: two sequences and one tombstone. */
    private void churn() {
        long id = server.applied(directory(-1, 0, "passing"));
        server.applied(new Change.Delete(new NodeId(id), id));
    }

    private long floor() {
        return server.metadata
                .<Project>read(read -> read.projects().find(server.project).orElseThrow())
                .floor();
    }

    private ChangesPage first() {
        return server.get(server.at("/changes")).as(WireJson.CHANGES_PAGE);
    }

    private List<Long> tombstones() {
        return first().changes().stream().filter(Node::deleted).map(Node::sequence).toList();
    }

    @Test
    @DisplayName(
            "R16 the floor is the lowest checkpoint of the live replicas; tombstones go with it")
    void lowestCheckpointHoldsTheFloor() {
        String laptop = server.device(server.admin);
        churn();
        checkpoint(replica, server.token);
        churn();
        checkpoint(other, laptop);
        churn();

        server.server.keepFloors();

        assertThat(floor()).isEqualTo(2);
        assertThat(tombstones()).containsExactly(4L, 6L);
        checkpoint(replica, server.token);
        server.server.keepFloors();
        assertThat(floor()).isEqualTo(4);
        assertThat(tombstones()).containsExactly(6L);
    }

    @Test
    @DisplayName(
            "R16 a replica that is revoked or wasn't seen for 90 days no longer holds the floor")
    void deadReplicasDontHoldTheFloor() {
        String laptop = server.device(server.admin);
        churn();
        checkpoint(other, laptop);
        churn();
        checkpoint(replica, server.token);

        now = now.plus(Duration.ofDays(90));
        checkpoint(replica, server.token);
        server.server.keepFloors();
        assertThat(floor()).isEqualTo(2);
        now = now.plusMillis(1);
        server.server.keepFloors();
        assertThat(floor()).isEqualTo(4);

        churn();
        String device =
                server.get("/v1/devices", server.token).as(WireJson.DEVICES).stream()
                        .filter(view -> view.current())
                        .findFirst()
                        .orElseThrow()
                        .id()
                        .value();
        server.send("DELETE", "/v1/devices/" + device, server.token, new byte[0]).expect(204);
        server.server.keepFloors();
        assertThat(floor()).isEqualTo(6);
    }

    @Test
    @DisplayName("R16 the floor never passes the newest snapshot's cursor")
    void theNewestSnapshotHoldsTheFloor() {
        churn();
        churn();
        Proof head = server.view().proof();
        server.metadata.write(write -> {
            Project project = write.projects().find(server.project).orElseThrow();
            write.snapshots(project.key())
                    .add(
                            new Snapshot(
                                    new SnapshotId("5".repeat(32)),
                                    head.cursor(),
                                    head.digest(),
                                    0,
                                    100,
                                    now));
            return true;
        });
        churn();
        checkpoint(replica, server.token);

        server.server.keepFloors();

        assertThat(floor()).isEqualTo(4);
        assertThat(tombstones()).containsExactly(6L);
    }

    @Test
    @DisplayName("R16 a device that begins to read holds the floor before its first checkpoint")
    void beginningToReadHoldsTheFloor() {
        churn();
        checkpoint(replica, server.token);
        String laptop = server.device(server.admin);
        server.get(server.at("/changes?replica=" + other), laptop).expect(200);
        churn();
        checkpoint(replica, server.token);

        server.server.keepFloors();

        assertThat(floor()).isZero();
        assertThat(server.get(server.at("/replicas")).as(WireJson.REPLICAS))
                .anySatisfy(view -> {
                    assertThat(view.replica()).isEqualTo(other);
                    assertThat(view.inStep()).isFalse();
                });
        checkpoint(other, laptop);
        server.server.keepFloors();
        assertThat(floor()).isEqualTo(4);
    }

    @Test
    @DisplayName(
            "R16 R4 a cursor below the floor must reconcile; whoever begins at nothing needn't")
    void cursorsBelowTheFloor() {
        churn();
        Proof old = server.view().proof();
        churn();
        churn();
        checkpoint(replica, server.token);
        server.server.keepFloors();
        assertThat(floor()).isEqualTo(6);

        // The digest at the old sequence is gone; within one epoch the signature is proof enough.
        var problem =
                server.get(server.at("/changes?since=2&proof=" + old)).expect(ErrorCode.EXPIRED);
        assertThat(problem.resync()).contains(Resync.RECONCILE);
        Proof forged = new Proof(old.cursor(), old.digest(), "0".repeat(32));
        assertThat(
                        server.get(server.at("/changes?since=2&proof=" + forged))
                                .expect(ErrorCode.EXPIRED)
                                .resync())
                .contains(Resync.UNION);
        assertThat(first().changes()).isEmpty();
        assertThat(first().floor()).isEqualTo(6);
    }

    @Test
    @DisplayName("R16 who began at nothing reads on below the floor until that rises")
    void readingFromNothingGoesOnBelowTheFloor() {
        server.applied(directory(-1, 0, "a"), directory(-2, 0, "b"), directory(-3, 0, "c"));
        churn();
        checkpoint(replica, server.token);
        server.server.keepFloors();
        assertThat(floor()).isEqualTo(5);

        ChangesPage page = server.get(server.at("/changes?limit=1")).as(WireJson.CHANGES_PAGE);
        assertThat(page.to()).isEqualTo(1);
        String next = "/changes?limit=1&since=1&proof=" + page.proof();
        assertThat(server.get(server.at(next)).expect(ErrorCode.EXPIRED).resync())
                .contains(Resync.RECONCILE);
        String begun = next + "&floor=" + page.floor();
        assertThat(server.get(server.at(begun)).as(WireJson.CHANGES_PAGE).to()).isEqualTo(2);
        churn();
        checkpoint(replica, server.token);
        server.server.keepFloors();
        assertThat(server.get(server.at(begun)).expect(ErrorCode.EXPIRED).resync())
                .contains(Resync.RECONCILE);
    }

    @Test
    @DisplayName(
            "R15 a checkpoint tells what was received, what was agreed and how much is held back")
    void whatACheckpointTells() {
        churn();
        Proof before = server.view().proof();
        churn();
        Proof head = server.view().proof();
        Checkpoint told =
                new Checkpoint(
                        replica,
                        head.cursor(),
                        head.digest(),
                        Optional.of(before.cursor()),
                        3,
                        "/home/ada/docs");
        server.send(
                        "PUT",
                        server.at("/checkpoint"),
                        server.token,
                        WireJson.CHECKPOINT.toBytes(told))
                .expect(204);

        assertThat(server.get(server.at("/replicas")).as(WireJson.REPLICAS))
                .singleElement()
                .satisfies(view -> {
                    assertThat(view.received()).contains(head.cursor());
                    assertThat(view.agreed()).contains(before.cursor());
                    assertThat(view.heldBack()).isEqualTo(3);
                    assertThat(view.inStep()).isFalse();
                });
        // What was received moves the floor, not what was agreed.
        server.server.keepFloors();
        assertThat(floor()).isEqualTo(4);
    }
}
