package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.FakeServer;
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

/** What a refusal tells of the server, before the feed has told what came before it. */
class AheadOfFeedTest {
    /** Longer than what was refused waits, and less than what failed on the way. */
    private static final int TRIES = 40;

    @TempDir private Path directory;
    private final FakeServer server = new FakeServer(1);
    private SimulatedFolder a;
    private SimulatedFolder b;

    @BeforeEach
    void link() throws IOException {
        a = folder("a", 1);
        b = folder("b", 2);
    }

    private SimulatedFolder folder(String name, long seed) throws IOException {
        Path root = Files.createDirectories(directory.resolve(name));
        return new SimulatedFolder(root, server, name, new Random(seed));
    }

    @AfterEach
    void unlink() {
        a.close();
        b.close();
    }

    private static void move(SimulatedFolder on, String from, String to) throws IOException {
        Files.move(on.root.resolve(from), on.root.resolve(to));
        on.touched();
    }

    @Test
    @DisplayName("R14: what a refusal tells isn't planned on before the feed has come there")
    void aRefusalTellsOfTheLaterOfTwoMoves() throws IOException {
        a.write("d/e/f", "f");
        a.write("m/g", "g");
        a.touched();
        a.settle();
        b.settle();
        move(a, "d/e", "e");
        a.settle();
        move(a, "d", "e/d");
        a.settle();
        b.forgetArrived(2);

        // By what the feed told, e is still in d; the refusal tells that d is in e.
        move(b, "d", "d2");
        b.stepUntil(Effect.SendCommit.class);
        b.carryOutFirst(Effect.SendCommit.class::isInstance);
        move(b, "m", "d2/m");
        for (int i = 0; i < TRIES; i++) {
            b.failAll(Effect.FetchChanges.class::isInstance);
            if (!b.step()) {
                b.pass(50);
            }
        }
        for (int i = 0; i < 3; i++) {
            b.settle();
            a.settle();
        }

        assertThat(b.state()).isEqualTo(State.CONVERGED);
        assertThat(a.state()).isEqualTo(State.CONVERGED);
        assertThat(b.tree()).isEqualTo(a.tree()).containsEntry("e/f", "f").containsValue("g");
        assertThat(b.status().digest()).isEqualTo(server.digest());
    }
}
