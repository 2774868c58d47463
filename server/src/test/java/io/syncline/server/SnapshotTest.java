package io.syncline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.snapshot.SnapshotHead;
import io.syncline.core.snapshot.SnapshotSource;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ReplicaId;
import io.syncline.server.TestServer.Reply;
import io.syncline.server.snapshot.GrowingProject;
import io.syncline.server.snapshot.SnapshotKeeper;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Snapshot;
import io.syncline.storage.metadata.SnapshotId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class SnapshotTest {
    private static final ReplicaId REPLICA = new ReplicaId("9".repeat(32));

    private final TestServer server = new TestServer();
    private final SnapshotKeeper keeper =
            new SnapshotKeeper(
                    server.metadata,
                    server.blocks,
                    server.snapshots,
                    InstantSource.system(),
                    new Random(5));
    private GrowingProject growing;

    @BeforeEach
    void grow() {
        growing = new GrowingProject(server.metadata, 1, server.project);
        growing.grow(10_001);
    }

    @AfterEach
    void close() {
        keeper.close();
        server.close();
    }

    @Test
    @DisplayName("Where there is no snapshot yet, nobody waits for one")
    void nobodyWaitsForASnapshot() {
        server.startAfresh();

        assertThat(server.get(server.at("/snapshot")).expect(ErrorCode.NOT_FOUND).detail())
                .contains("feed");
    }

    @Test
    void snapshotIsServedWithWhatItIs() throws IOException {
        keeper.sweep();
        Reply reply = server.get(server.at("/snapshot")).expect(200);
        Snapshot snapshot = newest();

        SnapshotHead head = SnapshotHead.read(SnapshotSource.of(ByteBuffer.wrap(reply.bytes())));
        assertThat(head.cursor()).isEqualTo(snapshot.cursor());
        assertThat(head.digest()).isEqualTo(server.view().digest());
        assertThat(head.project()).isEqualTo(server.project);
        assertThat(reply.headers().firstValue("ETag")).hasValue("\"" + snapshot.id() + "\"");
        assertThat(reply.headers().firstValue("Syncline-Sequence")).hasValue("10001");
        assertThat(reply.headers().firstValue("Syncline-Epoch"))
                .hasValue(snapshot.cursor().epoch().value());
        assertThat(reply.headers().firstValue("Content-Location"))
                .hasValue(server.at("/snapshots/" + snapshot.id()));
        assertThat(reply.headers().firstValue("Cache-Control")).hasValue("private, no-cache");
    }

    @Test
    void oneSnapshotIsImmutableAtItsOwnAddress() {
        keeper.sweep();
        String address = server.at("/snapshots/" + newest().id());
        byte[] first = server.get(address).expect(200).bytes();
        growing.grow(10_001);
        keeper.sweep();

        Reply again = server.get(address).expect(200);

        assertThat(again.bytes()).isEqualTo(first);
        assertThat(again.headers().firstValue("Cache-Control").orElseThrow())
                .contains("immutable", "private");
        assertThat(server.get(server.at("/snapshot")).bytes()).isNotEqualTo(first);
        assertThat(server.get(server.at("/snapshots/" + "0".repeat(32))).status()).isEqualTo(404);
        server.get(server.at("/snapshots/x")).expect(ErrorCode.INVALID);
    }

    @Test
    void partsAndConditionsAreHonoured() {
        keeper.sweep();
        String address = server.at("/snapshot");
        String tag = "\"" + newest().id() + "\"";
        byte[] all = server.get(address).expect(200).bytes();

        Reply part = server.get(address, server.token, "Range", "bytes=92-1091").expect(206);
        assertThat(part.bytes()).isEqualTo(Arrays.copyOfRange(all, 92, 1092));
        assertThat(part.headers().firstValue("Content-Range"))
                .hasValue("bytes 92-1091/" + all.length);
        assertThat(
                        server.get(
                                        address,
                                        server.token,
                                        "Range",
                                        "bytes=92-1091",
                                        "If-Range",
                                        "\"other\"")
                                .expect(200)
                                .bytes())
                .isEqualTo(all);
        server.get(address, server.token, "Range", "bytes=92-100", "If-Range", tag).expect(206);
        server.get(address, server.token, "Range", "bytes=" + all.length + "-").expect(416);
        Reply same = server.get(address, server.token, "If-None-Match", tag).expect(304);
        assertThat(same.headers().firstValue("ETag")).hasValue(tag);
        Reply head = server.send("HEAD", address, server.token, new byte[0]).expect(200);
        assertThat(head.body().remaining()).isZero();
        assertThat(head.headers().firstValue("Content-Length"))
                .hasValue(Integer.toString(all.length));
    }

    @Test
    @DisplayName("L7 without membership there is no snapshot")
    void strangersSeeNothing() {
        keeper.sweep();
        String stranger = server.stranger();

        server.get(server.at("/snapshot"), stranger).expect(ErrorCode.NOT_FOUND);
        server.get(server.at("/snapshots/" + newest().id()), stranger).expect(ErrorCode.NOT_FOUND);
    }

    @Test
    @DisplayName("R16 being served a snapshot registers its cursor, so that the floor waits")
    void beingServedRegisters() {
        keeper.sweep();
        Project project = project();
        assertThat(lowest(project)).isEmpty();

        server.get(server.at("/snapshot?replica=" + REPLICA)).expect(200);

        assertThat(lowest(project)).hasValue(10_001);
        growing.grow(10_001);
        keeper.sweep();
        server.get(server.at("/snapshot?replica=" + REPLICA)).expect(200);
        assertThat(newest().cursor().sequence()).isEqualTo(20_002);
        assertThat(lowest(project)).as("it may go on from the first").hasValue(10_001);
    }

    @Test
    @DisplayName("R42 a replica of another device is refused")
    void replicaOfAnotherDeviceIsRefused() {
        keeper.sweep();
        server.get(server.at("/snapshot?replica=" + REPLICA)).expect(200);
        String other = server.device(server.admin);

        server.get(server.at("/snapshot?replica=" + REPLICA), other).expect(ErrorCode.STALE);
    }

    @Test
    @DisplayName("R16 a snapshot below the floor or of another epoch isn't served")
    void snapshotBelowTheFloorIsNotServed() {
        keeper.sweep();
        Project project = project();
        growing.grow(1);
        server.metadata.write(write -> {
            write.projects().raiseFloor(project.key(), 10_002);
            return true;
        });

        server.get(server.at("/snapshot")).expect(ErrorCode.NOT_FOUND);
        server.get(server.at("/snapshot?replica=" + REPLICA)).expect(ErrorCode.NOT_FOUND);
        assertThat(lowest(project)).isEmpty();
    }

    @Test
    void snapshotOfAnotherEpochIsReplaced() {
        keeper.sweep();
        SnapshotId before = newest().id();
        Project project = project();
        server.metadata.write(write ->
                write.projects()
                        .startEpoch(
                                project.key(),
                                project.epoch(),
                                new Epoch("7".repeat(32)),
                                1L << 32,
                                Instant.EPOCH));

        server.get(server.at("/snapshot")).expect(ErrorCode.NOT_FOUND);
        keeper.sweep();

        assertThat(newest().id()).isNotEqualTo(before);
        server.get(server.at("/snapshot")).expect(200);
    }

    private Project project() {
        return server.metadata
                .<Optional<Project>>read(read -> read.projects().find(server.project))
                .orElseThrow();
    }

    private Snapshot newest() {
        return server.metadata
                .<Optional<Snapshot>>read(read -> read.snapshots(project().key()).newest())
                .orElseThrow();
    }

    private OptionalLong lowest(Project project) {
        return server.metadata.read(read ->
                read.replicas(project.key()).lowestReceived(project.epoch(), Instant.EPOCH));
    }
}
