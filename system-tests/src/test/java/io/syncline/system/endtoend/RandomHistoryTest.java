package io.syncline.system.endtoend;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three devices used at random at the same time end equal. */
final class RandomHistoryTest {
    private static final Duration LONG = Duration.ofSeconds(90);

    private static long seed() {
        return Long.getLong("syncline.seed", System.nanoTime());
    }

    @Test
    @DisplayName("L6 three connected devices converge after random edits")
    void threeConnectedDevicesConverge(@TempDir Path directory) {
        long seed = seed();
        System.out.println(
                "RandomHistoryTest.threeConnectedDevicesConverge: -Dsyncline.seed=" + seed);
        try (Deployment deployment = new Deployment(directory)) {
            List<Device> devices =
                    List.of(deployment.device("a"), deployment.device("b"), deployment.device("c"));
            List<History> histories =
                    devices.stream()
                            .map(device ->
                                    new History(
                                            seed + device.name.hashCode(),
                                            device.name,
                                            device.folder))
                            .toList();
            Random random = new Random(seed);
            for (int round = 0; round < 40; round++) {
                histories.get(random.nextInt(3)).act(1 + random.nextInt(8));
                Await.pause(Duration.ofMillis(random.nextInt(60)));
            }
            deployment.awaitEqual(LONG);
        } catch (AssertionError e) {
            throw new AssertionError("-Dsyncline.seed=" + seed, e);
        }
    }
}
