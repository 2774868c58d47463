package io.syncline.system.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power cuts: each machine has an ext4 of its own, which is shut down in the moment in which a
 * process passes a place. What wasn't forced is gone then.
 */
final class PowerCutTest {
    /** Where a forgotten force would show: after writing, before and after what relies on it. */
    private static final List<String> SAMPLE =
            List.of("commit.after", "pack.forced", "disk.displaced");

    @Test
    @DisplayName("L2 and L6: power cuts at named places of client and server, then equality")
    void powerCutsLoseNothingThatWasForced(@TempDir Path directory) throws IOException {
        Optional<String> why = Mount.whyNot(directory.toRealPath());
        why.ifPresent(reason ->
                System.out.println(
                        "PowerCutTest: NO POWER WAS CUT, because this machine can't: " + reason));
        Assumptions.assumeTrue(why.isEmpty(), () -> "no power was cut: " + why.orElse(""));
        long seed = Long.getLong("syncline.seed", System.nanoTime());
        System.out.println("PowerCutTest: -Dsyncline.seed=" + seed);
        String at = "the beginning";
        int ended = 0;
        try (CrashLoop loop = new CrashLoop(directory.toRealPath(), seed, true)) {
            for (String name : SAMPLE) {
                at = name;
                ended += loop.visit(CrashPoints.index(name)) ? 1 : 0;
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("at " + at + ", -Dsyncline.seed=" + seed, e);
        }
        assertThat(ended).isPositive();
    }

    @Test
    @DisplayName("a cut takes what wasn't forced, and leaves what was")
    void aCutTakesWhatWasNotForced(@TempDir Path directory) throws IOException {
        Optional<String> why = Mount.whyNot(directory.toRealPath());
        Assumptions.assumeTrue(why.isEmpty(), () -> "no power was cut: " + why.orElse(""));
        try (Mount mount =
                Mount.make(directory.resolve("disk.img"), directory.toRealPath().resolve("disk"))) {
            Path forced = mount.path().resolve("forced");
            Files.writeString(forced, "forced");
            try (var channel =
                    java.nio.channels.FileChannel.open(
                            forced, java.nio.file.StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Path loose = mount.path().resolve("loose");
            Files.writeString(loose, "loose");
            Kernel.cutPower(mount.path());
            mount.restore();
            assertThat(forced).hasContent("forced");
            assertThat(Files.exists(loose) && Files.readString(loose).equals("loose")).isFalse();
        }
    }
}
