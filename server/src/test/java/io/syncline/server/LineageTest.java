package io.syncline.server;

import static io.syncline.server.TestServer.directory;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.Problem;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import io.syncline.server.TestServer.Reply;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server on disk whose database is taken back to an older state, unawares or in order. */
class LineageTest {
    @TempDir private Path folder;

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer(Server.start(settings()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ServerSettings settings() {
        return new ServerSettings(
                folder.resolve("data"),
                EdgeSettings.loopback(0),
                Optional.of(new Secret("pw")),
                "test");
    }

    private Path database() {
        return folder.resolve("data/metadata.sqlite");
    }

    /** Stops, copies the database away, and starts again. */
    private void backUp() throws IOException {
        TestServer.Seat seat = server.seat();
        server.close();
        Files.copy(database(), folder.resolve("backup"), StandardCopyOption.REPLACE_EXISTING);
        server = new TestServer(Server.start(settings()), seat);
    }

    /** Goes back to the copy; {@code announced}: as an operator's restore does. */
    private void goBack(boolean announced) throws IOException {
        TestServer.Seat seat = server.seat();
        server.close();
        for (String ending : List.of("-wal", "-shm")) {
            Files.deleteIfExists(Path.of(database() + ending));
        }
        Files.copy(folder.resolve("backup"), database(), StandardCopyOption.REPLACE_EXISTING);
        if (announced) {
            try (var store = SqliteMetadataStore.open(database())) {
                store.write(write -> {
                    Project project = write.projects().find(seat.project()).orElseThrow();
                    return write.projects()
                            .startEpoch(
                                    project.key(),
                                    project.epoch(),
                                    new Epoch("e".repeat(32)),
                                    1L << 32,
                                    Instant.EPOCH);
                });
            }
        }
        server = new TestServer(Server.start(settings()), seat);
    }

    private Reply changes(Proof proof) {
        return server.get(server.at("/changes?since=" + proof.sequence() + "&proof=" + proof));
    }

    private static void assertUnion(Problem problem, long fork) {
        assertThat(problem.resync()).contains(Resync.UNION);
        assertThat(problem.fork()).isEqualTo(fork);
    }

    @Test
    @DisplayName(
            "scenario 10, R2 a signed head beyond the server's makes it start a new epoch, once,"
                    + " for ever")
    void signedHeadBeyondTheServers() throws Exception {
        server.applied(directory(-1, 0, "kept"));
        Proof shared = server.view().proof();
        backUp();
        server.applied(directory(-1, 0, "lost"), directory(-2, 0, "lost too"));
        Proof lost = server.view().proof();
        goBack(false);
        Epoch before = server.view().epoch();
        assertThat(before).isEqualTo(lost.epoch());

        // Many come back at once: one of them starts the epoch.
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Problem>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(() -> changes(lost).expect(ErrorCode.EXPIRED));
            }
            for (Future<Problem> answer : callers.invokeAll(calls)) {
                assertUnion(answer.get(), 0);
            }
        }
        Epoch epoch = server.view().epoch();
        assertThat(epoch).isNotEqualTo(before);
        // R3: the next multiple of 2^32 above all that was ever used.
        assertThat(server.view().head()).isEqualTo(1L << 32);
        // Who is at or below the fork just continues, and learns of the epoch.
        ChangesPage page = changes(shared).as(WireJson.CHANGES_PAGE);
        assertThat(page.epoch()).isEqualTo(epoch);
        assertThat(page.fork()).contains(new Cursor(before, 1));
        assertThat(page.changes()).isEmpty();

        TestServer.Seat seat = server.seat();
        server.close();
        server = new TestServer(Server.start(settings()), seat);
        assertThat(server.view().epoch()).isEqualTo(epoch);
        assertUnion(changes(lost).expect(ErrorCode.EXPIRED), 0);
        assertThat(server.view().epoch()).isEqualTo(epoch);
    }

    @Test
    @DisplayName("R2 a signed digest that the server has otherwise makes it start a new epoch")
    void signedDigestThatDiffers() throws IOException {
        server.applied(directory(-1, 0, "kept"));
        Proof shared = server.view().proof();
        backUp();
        server.applied(directory(-1, 0, "lost"));
        Proof lost = server.view().proof();
        goBack(false);
        // Others commit beyond where the reader of the lost line is.
        server.applied(directory(-1, 0, "x"));
        server.applied(directory(-1, 0, "y"));
        Proof present = server.view().proof();
        assertThat(present.sequence()).isGreaterThan(lost.sequence());

        Commit commit =
                new Commit(
                        server.commitOf(false, List.of(directory(-1, 0, "z"))).id(),
                        new ReplicaId("1".repeat(32)),
                        lost,
                        false,
                        List.of(directory(-1, 0, "z")));
        Problem problem =
                server.send(
                                "POST",
                                server.at("/commits"),
                                server.token,
                                WireJson.COMMIT.toBytes(commit))
                        .expect(ErrorCode.EXPIRED);

        assertUnion(problem, 0);
        assertThat(server.view().epoch()).isNotEqualTo(lost.epoch());
        assertThat(server.view().head()).isEqualTo(1L << 32);
        assertThat(changes(present).as(WireJson.CHANGES_PAGE).changes()).isEmpty();
        assertThat(changes(shared).as(WireJson.CHANGES_PAGE).changes()).hasSize(2);
    }

    @Test
    @DisplayName("R2 without the server's signature nobody can force a new epoch")
    void unsignedHeadsForceNothing() {
        server.applied(directory(-1, 0, "a"));
        Proof head = server.view().proof();
        Proof otherProject =
                server.get("/v1/projects/" + server.server.admin().ensureProject(server.admin, "b"))
                        .as(WireJson.PROJECT)
                        .proof();
        String mac = head.mac();
        for (Proof forged :
                List.of(
                        new Proof(new Cursor(head.epoch(), 2), head.digest(), mac),
                        new Proof(new Cursor(head.epoch(), 1L << 52), head.digest(), mac),
                        new Proof(head.cursor(), TreeDigest.EMPTY, mac),
                        new Proof(new Cursor(otherProject.epoch(), 5), head.digest(), mac),
                        otherProject)) {
            assertUnion(
                    server.get(server.at("/changes?since=0&proof=" + forged))
                            .expect(ErrorCode.EXPIRED),
                    0);
            assertThat(server.view().proof()).isEqualTo(head);
        }
    }

    @Test
    @DisplayName(
            "R3 R4 after an announced restore readers at or below the fork continue, others unite")
    void announcedRestore() throws IOException {
        server.applied(directory(-1, 0, "a"));
        Proof first = server.view().proof();
        server.applied(directory(-1, 0, "b"));
        Proof atFork = server.view().proof();
        backUp();
        server.applied(directory(-1, 0, "lost"));
        Proof lost = server.view().proof();
        ReplicaId replica = new ReplicaId("3".repeat(32));
        goBack(true);

        assertThat(server.view().epoch()).isNotEqualTo(lost.epoch());
        assertThat(server.view().head()).isEqualTo(1L << 32);
        assertUnion(changes(lost).expect(ErrorCode.EXPIRED), 2);
        assertThat(changes(first).as(WireJson.CHANGES_PAGE).changes()).hasSize(1);
        ChangesPage page = changes(atFork).as(WireJson.CHANGES_PAGE);
        assertThat(page.changes()).isEmpty();
        assertThat(page.fork()).contains(new Cursor(lost.epoch(), 2));
        // A checkpoint from below the fork counts in the new epoch.
        Checkpoint checkpoint =
                new Checkpoint(
                        replica, atFork.cursor(), atFork.digest(), Optional.empty(), 0, "docs");
        server.send(
                        "PUT",
                        server.at("/checkpoint"),
                        server.token,
                        WireJson.CHECKPOINT.toBytes(checkpoint))
                .expect(204);
        assertThat(server.get(server.at("/replicas")).as(WireJson.REPLICAS).getFirst().received())
                .contains(new Cursor(server.view().epoch(), 2));
        // What is made from now on can't have an id of the lost part.
        assertThat(server.applied(directory(-1, 0, "new"))).isEqualTo((1L << 32) + 1);
    }
}
