package io.syncline.system.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few disturbances of a cluster; {@code ./chaos} makes more, for longer. */
final class ChaosTest {
    /** In an order in which each meets what the one before left. */
    private static final List<Disturbance> DISTURBANCES =
            List.of(
                    Disturbance.NODE_KILLED,
                    Disturbance.BUS_STOPPED,
                    Disturbance.DATABASE_RESTARTED,
                    Disturbance.BUCKET_ERRORS,
                    Disturbance.ALL_NODES_KILLED);

    @TempDir private Path directory;

    @Test
    @DisplayName(
            "L2, L6: nodes, database, bus and bucket fail in turn: saves travel again by"
                    + " themselves, none is lost")
    void clusterRecovers() throws Exception {
        long seed = System.nanoTime();
        try (ChaosLoop loop = new ChaosLoop(directory, seed)) {
            for (Disturbance disturbance : DISTURBANCES) {
                var _ = loop.disturb(disturbance, Duration.ofSeconds(2));
            }
            var _ = loop.settle();
            assertThat(loop.wanted()).isPositive();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
