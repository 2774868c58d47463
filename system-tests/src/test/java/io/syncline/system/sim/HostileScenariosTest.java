package io.syncline.system.sim;

import static io.syncline.system.sim.Stage.path;
import static io.syncline.system.sim.Stage.read;
import static io.syncline.system.sim.Stage.status;
import static io.syncline.system.sim.Stage.tree;
import static io.syncline.system.sim.Stage.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.Traits;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a member with a program of his own may try against the others' disks. */
class HostileScenariosTest {
    @TempDir private Path scratch;
    private Stage stage;
    private SimulatedDevice good;
    private SimulatedDevice mallory;
    private final Random random = new Random(75);

    @BeforeEach
    void start() {
        stage = new Stage(70, scratch);
        mallory = stage.off("mallory", Traits.ext4());
        mallory.kill();
        good = stage.device("good");
    }

    private static Traits traits(String kind) {
        return switch (kind) {
            case "linux" -> Traits.ext4();
            case "windows" -> Traits.ntfs();
            case "mac" -> Traits.apfs();
            case "old mac" -> Traits.hfsPlus();
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /** Commits what no honest client does: a tree of directories, each named below the last. */
    private void commit(String... names) {
        ServerApi api = new HttpServerApi(mallory.line());
        stage.kernel
                .process("mallory's program")
                .call(() -> {
                    List<Change> changes = new ArrayList<>();
                    for (int i = 0; i < names.length; i++) {
                        NodeId parent = i == 0 ? NodeId.ROOT : new NodeId(-i);
                        changes.add(
                                new Change.Create(
                                        new NodeId(-i - 1),
                                        new Place(parent, new Name(names[i])),
                                        Item.DIRECTORY,
                                        Optional.empty()));
                    }
                    var _ =
                            api.commit(
                                    stage.server.project(),
                                    WireJson.COMMIT.toBytes(
                                            new Commit(
                                                    new CommitId(RandomId.next(random)),
                                                    new ReplicaId(RandomId.next(random)),
                                                    api.project(stage.server.project()).proof(),
                                                    false,
                                                    changes)));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux", "windows", "mac", "old mac"})
    @DisplayName("scenario 75: a node named as our own directory never gets into it")
    void ourOwnDirectoryAsANode(String kind) {
        SimulatedDevice other = stage.device(kind, traits(kind));
        write(good, "f", "before");
        stage.settle();
        byte[] marker = other.user().read(LocalPath.MARKER);
        commit(".syncline", "replica", "tmp");
        commit(".SYNCLINE", "trash");
        commit(".syncline-0123456789abcdef.tmp");
        write(good, "f", "after");
        stage.settle();
        for (SimulatedDevice each : List.of(good, other)) {
            assertThat(status(each).state()).isEqualTo(State.CONVERGED);
            assertThat(read(each, "f")).isEqualTo("after");
            each.stop();
            each.start();
        }
        stage.settle();
        long head = stage.server.row().head();
        write(other, "f", "after a restart");
        stage.settle();
        assertThat(stage.server.row().head()).isEqualTo(head + 1);
        assertThat(read(good, "f")).isEqualTo("after a restart");
        assertThat(other.user().read(LocalPath.MARKER)).isEqualTo(marker);
        assertThat(other.user().names(path(LocalPath.CONTROL_NAME)))
                .containsExactlyInAnyOrder("replica", "tmp", "trash");
        assertThat(stage.names()).hasSize(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux", "mac"})
    @DisplayName("scenario 83: nothing is written through a link out of the folder")
    void linksOutOfTheFolder(String kind) {
        SimulatedDevice other = stage.device(kind, traits(kind));
        other.files().makeRoot("home/outside");
        write(good, "d/inner", "inner");
        stage.settle();
        other.line().cut(true);
        other.disconnect();
        Stage.delete(other, "d");
        other.user().symlink(path("d"), "../outside".getBytes(StandardCharsets.UTF_8));
        other.user().symlink(path("e"), "../outside".getBytes(StandardCharsets.UTF_8));
        write(good, "d/evil", "evil");
        write(good, "d/inner", "edited");
        write(good, "e/evil", "evil");
        stage.settle();
        other.line().cut(false);
        stage.settle();
        assertThat(other.files().entries("home/outside")).isEmpty();
        assertThat(tree(good)).isEqualTo(tree(other)).containsValues("evil", "edited");
        assertThat(tree(good).values()).anyMatch(what -> what.startsWith("-> "));
    }
}
