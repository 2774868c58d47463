package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.FakeServer;
import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.core.wire.ChangesRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that start from a snapshot, or start anew from one. */
class SnapshotStartTest {
    @TempDir private Path directory;
    private final FakeServer server = new FakeServer(1);
    private SimulatedFolder a;

    @BeforeEach
    void link() throws IOException {
        a = folder("a", 1);
        for (int i = 0; i < 40; i++) {
            a.write("d" + i % 7 + "/e/file " + i, "text " + i);
        }
        a.touched();
        settle(a);
    }

    @AfterEach
    void unlink() {
        a.close();
    }

    private SimulatedFolder folder(String name, long seed) throws IOException {
        Path root = Files.createDirectories(directory.resolve(name));
        return new SimulatedFolder(root, server, name, new Random(seed));
    }

    private static void settle(SimulatedFolder folder) {
        for (int i = 0; i < 20 && !folder.isIdle(); i++) {
            folder.settle();
        }
        folder.settle();
    }

    private void same(SimulatedFolder b) {
        settle(b);
        settle(a);
        assertThat(b.tree()).isEqualTo(a.tree());
        assertThat(b.state()).isEqualTo(State.CONVERGED);
        assertThat(b.status().digest()).isEqualTo(server.digest());
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("the snapshot's file is gone")
                    .noneMatch(name -> name.endsWith(".snapshot"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<Long> askedSince(int from) {
        return server.questions().stream().skip(from).map(ChangesRequest::since).toList();
    }

    @Test
    @DisplayName("A first start reads the snapshot and then only what changed since")
    void firstStartReadsTheSnapshotAndWhatChangedSince() throws IOException {
        server.takeSnapshot();
        long cursor = server.head();
        Files.delete(a.root.resolve("d0/e/file 0"));
        Files.move(a.root.resolve("d1"), a.root.resolve("moved"));
        a.write("d2/new", "new");
        a.touched();
        settle(a);
        int before = server.questions().size();

        try (SimulatedFolder b = folder("b", 2)) {
            same(b);
        }

        assertThat(askedSince(before)).first().isEqualTo(cursor);
        assertThat(askedSince(before)).doesNotContain(0L);
    }

    @Test
    void withoutASnapshotTheFeedHasEverything() throws IOException {
        int before = server.questions().size();
        try (SimulatedFolder b = folder("b", 2)) {
            same(b);
        }

        assertThat(askedSince(before)).first().isEqualTo(0L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000, 1_400})
    @DisplayName("A damaged snapshot is not believed: the feed has everything")
    void damagedSnapshotIsNotBelieved(int fromTheEnd) throws IOException {
        server.takeSnapshot();
        server.damageSnapshot(fromTheEnd);
        int before = server.questions().size();

        try (SimulatedFolder b = folder("b", 2)) {
            same(b);
        }

        assertThat(askedSince(before)).first().isEqualTo(0L);
    }

    @Test
    @DisplayName("L2 what is in the folder before it starts from a snapshot is kept")
    void whatIsThereBeforeIsKept() throws IOException {
        server.takeSnapshot();
        Files.createDirectories(directory.resolve("b/d3/e"));
        Files.writeString(directory.resolve("b/d3/e/file 3"), "other text");
        Files.writeString(directory.resolve("b/mine"), "mine");

        try (SimulatedFolder b = folder("b", 2)) {
            same(b);
            assertThat(b.tree()).containsEntry("mine", "mine").containsValue("other text");
            assertThat(b.tree()).containsEntry("d3/e/file 3", "text 3");
        }
    }

    @Test
    @DisplayName("Killed at any step of a start from a snapshot, the next start is whole")
    void killedAtAnyStepTheNextStartIsWhole() throws IOException {
        server.takeSnapshot();
        for (int steps = 0; steps < 12; steps++) {
            try (SimulatedFolder b = folder("b" + steps, 100 + steps)) {
                for (int i = 0; i < steps; i++) {
                    b.step();
                }
                b.crash();
                same(b);
            }
        }
    }

    @Test
    @DisplayName("Answers that are lost while starting from a snapshot are asked for again")
    void lostAnswersAreAskedForAgain() throws IOException {
        server.takeSnapshot();
        for (int seed = 0; seed < 10; seed++) {
            try (SimulatedFolder b = folder("c" + seed, 200 + seed)) {
                for (int i = 0; i < 6; i++) {
                    b.stepUnanswered();
                    b.pass(1_000);
                    b.step();
                }
                same(b);
            }
        }
    }

    @Test
    @DisplayName("R16 a reader below the floor reconciles from the snapshot")
    void readerBelowTheFloorReconcilesFromTheSnapshot() throws IOException {
        try (SimulatedFolder b = folder("b", 2)) {
            same(b);
            b.disconnected("away");
            Files.delete(a.root.resolve("d0/e/file 0"));
            a.write("d4/e/file 4", "edited");
            a.touched();
            settle(a);
            server.takeSnapshot();
            server.raiseFloor(server.head());
            int before = server.questions().size();
            b.write("d5/mine", "made while away");
            b.touched();
            b.connected();
            settle(b);
            same(b);

            assertThat(askedSince(before)).doesNotContain(0L);
            assertThat(b.tree())
                    .doesNotContainKey("d0/e/file 0")
                    .containsEntry("d5/mine", "made while away");
        }
    }
}
