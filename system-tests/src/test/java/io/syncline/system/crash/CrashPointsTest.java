package io.syncline.system.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sample of {@code ./crash}, which visits all places for as long as one likes. */
final class CrashPointsTest {
    /** How long the sample goes on, in seconds. */
    private static final int SECONDS = Integer.getInteger("syncline.seconds", 30);

    @Test
    @DisplayName("every named place is in the program")
    void everyPlaceIsThere() {
        assertThat(CrashAgent.missing()).isEmpty();
        assertThat(CrashPoints.ALL.stream().map(CrashPoint::name)).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("a place that isn't in the program is noticed")
    void aMissingPlaceIsNoticed() {
        CrashPoint renamed =
                new CrashPoint(
                        "renamed",
                        CrashPoint.Scene.SERVER,
                        "io.syncline.server.Server",
                        "renamedSince",
                        CrashPoint.ANY,
                        CrashPoint.Edge.EXIT);
        assertThat(CrashAgent.isThere(renamed)).isFalse();
    }

    @Test
    @DisplayName("L2 and L6: kill -9 at named places of client and server, then equality")
    void killedAtNamedPlacesNothingIsLost(@TempDir Path directory) throws IOException {
        long seed = Long.getLong("syncline.seed", System.nanoTime());
        System.out.println("CrashPointsTest: -Dsyncline.seed=" + seed);
        List<Integer> points = new ArrayList<>();
        IntStream.range(0, CrashPoints.ALL.size()).forEach(points::add);
        Collections.shuffle(points, new Random(seed));
        int ended = 0;
        String at = "the beginning";
        try (CrashLoop loop = new CrashLoop(directory.toRealPath(), seed, false)) {
            // However slow the machine is: this one is always reached.
            ended += loop.visit(CrashPoints.index("commit.after")) ? 1 : 0;
            long deadline = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            for (int i = 0; i < points.size() && System.nanoTime() < deadline; i++) {
                at = CrashPoints.ALL.get(points.get(i)).name();
                ended += loop.visit(points.get(i)) ? 1 : 0;
            }
            assertThat(ended).isPositive();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("at " + at + ", -Dsyncline.seed=" + seed, e);
        }
        System.out.println("CrashPointsTest: processes ended at " + ended + " places");
    }
}
