package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.FakeServer;
import io.syncline.client.daemon.FolderStatus.Problem;
import io.syncline.client.daemon.FolderStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder whose project has no room: it says so per path, waits, and does everything else. */
class OverQuotaTest {
    private static final int MINUTES = 10;

    @TempDir private Path directory;
    private final FakeServer server = new FakeServer(1);
    private SimulatedFolder folder;

    @BeforeEach
    void link() throws IOException {
        Path root = Files.createDirectories(directory.resolve("a"));
        folder = new SimulatedFolder(root, server, "a", new Random(1));
        folder.write("first", "first");
        folder.touched();
        folder.settle();
    }

    @AfterEach
    void unlink() {
        folder.close();
    }

    private void pass(int minutes) {
        for (int second = 0; second < 60 * minutes; second++) {
            while (folder.step()) {
                assertThat(folder.status().state()).isNotEqualTo(State.STOPPED);
            }
            folder.pass(1_000);
        }
    }

    private void saysOverQuota(String path) {
        assertThat(folder.status().problems())
                .filteredOn(problem -> problem.path().equals(path))
                .singleElement()
                .extracting(Problem::text)
                .asString()
                .startsWith("over quota: ");
    }

    @Test
    @DisplayName(
            "scenario 89: what is over quota is told, and tried again rarely until there is room")
    void refusedCommitIsToldAndTriedAgainRarelyUntilThereIsRoom() {
        server.nodesMax(1);
        folder.write("second", "second");
        folder.touched();
        pass(MINUTES);
        saysOverQuota("second");
        assertThat(folder.state()).isEqualTo(State.SYNCING);
        // About once a minute.
        assertThat(server.quotaRefusals()).isBetween(MINUTES / 2, 2 * MINUTES);
        server.nodesMax(2);
        folder.settle();
        assertThat(folder.state()).isEqualTo(State.CONVERGED);
        assertThat(folder.status().problems()).isEmpty();
        assertThat(folder.status().digest()).isEqualTo(server.digest());
    }

    @Test
    void deletesAndMovesGoOnMeanwhile() throws IOException {
        folder.write("other", "other");
        folder.touched();
        folder.settle();
        server.nodesMax(2);
        folder.write("third", "third");
        Files.move(folder.root.resolve("other"), folder.root.resolve("renamed"));
        folder.touched();
        pass(2);
        saysOverQuota("third");
        long before = server.head();
        Files.delete(folder.root.resolve("first"));
        folder.touched();
        folder.settle();
        assertThat(server.head()).isGreaterThan(before);
        assertThat(folder.tree()).containsOnlyKeys("renamed", "third");
        assertThat(folder.state()).isEqualTo(State.CONVERGED);
    }

    @Test
    @DisplayName("L9 what is over quota and goes is no problem any more")
    void whatGoesIsNoProblem() throws IOException {
        server.nodesMax(1);
        folder.write("second", "second");
        folder.touched();
        pass(MINUTES);
        saysOverQuota("second");
        Files.delete(folder.root.resolve("second"));
        folder.touched();
        folder.settle();
        assertThat(folder.state()).isEqualTo(State.CONVERGED);
        assertThat(folder.status().problems()).isEmpty();
    }

    @Test
    void refusedUploadIsToldAndTriedAgainRarelyUntilThereIsRoom() {
        server.blocks().full(true);
        folder.write("second", "second");
        folder.touched();
        pass(MINUTES);
        saysOverQuota("second");
        assertThat(server.blocks().refusals()).isBetween(MINUTES / 2, 2 * MINUTES);
        server.blocks().full(false);
        folder.settle();
        assertThat(folder.state()).isEqualTo(State.CONVERGED);
        assertThat(folder.status().problems()).isEmpty();
        assertThat(folder.status().digest()).isEqualTo(server.digest());
    }
}
