package io.syncline.system.endtoend;

import static io.syncline.system.endtoend.Folders.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code syncline doctor} with real processes. */
final class DoctorTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int FAULT = 13;

    @TempDir private Path directory;

    private static Path state(Device device) throws IOException {
        try (Stream<Path> files = Files.walk(device.home)) {
            return files.filter(path -> path.endsWith("state.sqlite")).findFirst().orElseThrow();
        }
    }

    @Test
    @DisplayName(
            "L2, scenario 20: a state that is damaged while edits wait is made anew, and all that"
                    + " was saved on either side is there afterwards")
    void aDamagedStateLosesNothing() throws IOException {
        try (Deployment deployment = new Deployment(directory)) {
            Device alice = deployment.device("alice");
            Device bob = deployment.device("bob");
            for (int i = 0; i < 30; i++) {
                write(alice.path("d/" + i), "base " + i);
            }
            deployment.awaitEqual(SOON);
            Finished well = Finished.run(alice.home, "doctor").ok();
            assertThat(well.out()).contains("the event socket opens", "in use by the daemon");

            alice.stop();
            write(alice.path("d/1"), "edited by alice");
            write(alice.path("d/2"), "edited by alice, too");
            write(alice.path("new"), "new at alice");
            Files.move(alice.path("d/3"), alice.path("moved"));
            Files.delete(alice.path("d/4"));
            write(bob.path("d/2"), "edited by bob");
            Files.delete(bob.path("d/5"));
            deployment.awaitEqual(SOON);

            Path state = state(alice);
            byte[] bytes = Files.readAllBytes(state);
            Arrays.fill(bytes, 2_000, bytes.length, (byte) 0x55);
            Files.write(state, bytes);
            Finished.run(alice.home, "doctor").ended(FAULT);
            assertThat(Finished.run(alice.home, "doctor", "--fix").ok().out())
                    .contains("set aside");
            alice.start();
            deployment.awaitEqual(Duration.ofMinutes(2));

            String all = all(bob.folder);
            assertThat(all)
                    .contains(
                            "edited by alice\n",
                            "edited by alice, too\n",
                            "edited by bob\n",
                            "new at alice\n",
                            "base 3\n",
                            "base 4\n",
                            "base 29\n");
            assertThat(all(alice.folder)).isEqualTo(all);
        }
    }

    /** The contents of all files of a folder, but ours. */
    private static String all(Path folder) throws IOException {
        var text = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                if (Files.isRegularFile(file) && !file.toString().contains("/.syncline/")) {
                    text.append(Files.readString(file)).append('\n');
                }
            }
        }
        return text.toString();
    }
}
