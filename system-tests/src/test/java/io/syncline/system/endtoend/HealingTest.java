package io.syncline.system.endtoend;

import static io.syncline.system.endtoend.Folders.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rots on the server comes back from a device, with real processes. */
final class HealingTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int FILE_BYTES = 3_000_000;

    @TempDir private Path directory;
    private final Random random = new Random(22);
    private Deployment deployment;
    private Device alice;

    @BeforeEach
    void start() {
        deployment = new Deployment(directory);
        alice = deployment.device("alice");
        for (int i = 0; i < 30; i++) {
            write(alice.path("small/" + i), random(2_000));
        }
        write(alice.path("large"), random(FILE_BYTES));
        deployment.awaitEqual(SOON);
    }

    @AfterEach
    void stop() {
        deployment.close();
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private Finished admin(String task, String... more) {
        String[] all = new String[more.length + 4];
        all[0] = "admin";
        all[1] = task;
        System.arraycopy(more, 0, all, 2, more.length);
        all[more.length + 2] = "--data";
        all[more.length + 3] = directory.resolve("server-data").toString();
        return Finished.run(directory.resolve("operator-home"), all);
    }

    private Path pack() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("server-data/packs/packs"))) {
            return files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
    }

    /** Flips a byte here and there, under a running server. */
    private void rot(int flips) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(pack().toFile(), "rw")) {
            for (int i = 0; i < flips; i++) {
                long at = 2_000 + random.nextLong(file.length() - 4_000);
                file.seek(at);
                int old = file.read();
                file.seek(at);
                file.write(old ^ 0x10);
            }
        }
    }

    private void sound() {
        Await.until(SOON, () -> admin("verify").status() == 0, () -> admin("verify").out());
    }

    @Test
    @DisplayName(
            "R25, scenarios 11, 22..24: a download that meets damage goes on by itself, as another"
                    + " device sends the bytes again")
    void aDownloadGoesOn() throws IOException {
        rot(12);
        Device bob = deployment.device("bob");
        deployment.awaitEqual(Duration.ofMinutes(2));
        assertThat(bob.status().at("problems").elements()).isEmpty();
        assertThat(alice.status().at("notes").text()).contains("had been damaged there");
        assertThat(admin("stats").ok().out()).contains("healed ");
        // What no file of bob's needed is found by the operator, and comes back as well.
        admin("verify", "--repair");
        sound();
    }

    @Test
    @DisplayName("scenario 24: a pack that is gone as a whole is sent again")
    void aLostPack() throws IOException {
        Path pack = pack();
        Files.move(pack, pack.resolveSibling("gone"));
        deployment.stopServer();
        Files.delete(pack.resolveSibling("gone"));
        deployment.startServer();
        Device bob = deployment.device("bob");
        admin("verify", "--repair");
        deployment.awaitEqual(Duration.ofMinutes(2));
        assertThat(bob.exists("large")).isTrue();
        sound();
    }
}
