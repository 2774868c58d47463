package io.syncline.system.endtoend;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes killed at random moments, in a loop, while two people edit. Goes on for longer with
 * {@code -Dsyncline.kills}.
 */
final class KillLoopTest {
    private static final Duration LONG = Duration.ofSeconds(90);

    private static long seed() {
        return Long.getLong("syncline.seed", System.nanoTime());
    }

    @Test
    @DisplayName(
            "L2 and L6: kill -9 of clients and server at random moments, in a loop, then equality")
    void killedProcessesLoseNothing(@TempDir Path directory) {
        long seed = seed();
        int rounds = Integer.getInteger("syncline.kills", 12);
        System.out.println("KillLoopTest.killedProcessesLoseNothing: -Dsyncline.seed=" + seed);
        try (Deployment deployment = new Deployment(directory)) {
            Device a = deployment.device("a");
            Device b = deployment.device("b");
            // Contents that nobody overwrites or deletes: they must be there at the end.
            History onA = new History(seed, "a", a.folder);
            History onB = new History(seed + 1, "b", b.folder);
            Random random = new Random(seed);
            for (int round = 0; round < rounds; round++) {
                for (Device device : List.of(a, b)) {
                    Folders.write(
                            device.path(History.KEPT + device.name + "/" + round),
                            "kept " + device.name + round);
                }
                onA.act(6);
                onB.act(6);
                Await.pause(Duration.ofMillis(random.nextInt(400)));
                switch (random.nextInt(3)) {
                    case 0 -> {
                        a.kill();
                        onA.act(2);
                        a.start();
                    }
                    case 1 -> {
                        b.kill();
                        onB.act(2);
                        b.start();
                    }
                    default -> {
                        deployment.killServer();
                        deployment.startServer();
                    }
                }
            }
            deployment.awaitEqual(LONG);
            for (int round = 0; round < rounds; round++) {
                for (Device device : List.of(a, b)) {
                    String path = History.KEPT + device.name + "/" + round;
                    if (!Folders.holds(a.path(path), "kept " + device.name + round)) {
                        throw new AssertionError("lost " + path + "\n" + deployment.diagnosis());
                    }
                }
            }
        } catch (AssertionError e) {
            throw new AssertionError("-Dsyncline.seed=" + seed, e);
        }
    }
}
