package io.syncline.system.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many files and large files, with what travels counted on the wire. */
final class ScaleTest {
    private static final Duration LONG = Duration.ofMinutes(15);

    private Deployment deployment;
    private WireTap tap;

    @BeforeEach
    void start(@TempDir Path directory) {
        deployment = new Deployment(directory);
        tap = new WireTap(deployment.port());
    }

    @AfterEach
    void stop() throws IOException {
        deployment.close();
        tap.close();
    }

    @Test
    @DisplayName(
            "20,000 small files arrive; renaming their directory is one change of a few kilobytes")
    void twentyThousandSmallFiles() throws IOException {
        Device a = deployment.newDevice("a");
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[200 + random.nextInt(1_800)];
            random.nextBytes(bytes);
            Folders.write(a.path("many/d" + i / 100 + "/f" + i), bytes);
        }
        a.join(deployment.joinLinkThrough(tap.port()));
        Device b = deployment.device("b");
        deployment.awaitEqual(LONG);

        long sequence = a.status().at("cursor", "sequence").number();
        long sent = tap.sentBytes();
        Files.move(a.path("many"), a.path("renamed"));
        Await.until(
                LONG,
                () -> b.exists("renamed/d199/f19999") && !b.exists("many"),
                deployment::diagnosis);
        deployment.awaitEqual(LONG);
        assertThat(a.status().at("cursor", "sequence").number()).isEqualTo(sequence + 1);
        assertThat(tap.sentBytes() - sent).isLessThan(10_000);
    }

    @Test
    @DisplayName(
            "a file of 2 GB arrives; a megabyte inserted at its front sends little more than that")
    void twoGigabytes() throws IOException {
        Device a = deployment.newDevice("a");
        Files.createDirectories(a.folder);
        long size = 2L << 30;
        random(a.path("big.bin"), size, 7);
        a.join(deployment.joinLinkThrough(tap.port()));
        Device b = deployment.device("b");
        Await.until(LONG, () -> sizeOf(b.path("big.bin")) == size, deployment::diagnosis);
        deployment.awaitEqual(LONG);
        assertThat(tap.sentBytes()).isBetween(size, size + size / 50);

        long sent = tap.sentBytes();
        Path inserted = a.path("big.bin").resolveSibling("../inserted");
        random(inserted, 1 << 20, 8);
        try (OutputStream out =
                Files.newOutputStream(inserted, java.nio.file.StandardOpenOption.APPEND)) {
            Files.copy(a.path("big.bin"), out);
        }
        Files.move(inserted, a.path("big.bin"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Await.until(
                LONG, () -> sizeOf(b.path("big.bin")) == size + (1 << 20), deployment::diagnosis);
        deployment.awaitEqual(LONG);
        assertThat(tap.sentBytes() - sent).isLessThan(4 << 20);
    }

    @Test
    @DisplayName("after a cut connection nothing that arrived is sent again, in either direction")
    void cutConnectionsResume() throws IOException {
        long size = 200L << 20;
        Device a = deployment.newDevice("a");
        Files.createDirectories(a.folder);
        random(a.path("big.bin"), size, 9);
        tap.cutAfterSending(size / 2);
        a.join(deployment.joinLinkThrough(tap.port()));
        Await.until(LONG, tap::isCut, deployment::diagnosis);
        tap.restore();
        Await.until(
                LONG,
                () -> a.status().at("state").text().equals("converged"),
                deployment::diagnosis);
        // What was in flight when the line was cut (a few chunks of 4 MiB) may travel twice,
        // nothing else.
        assertThat(tap.sentBytes()).isLessThan(size + (40L << 20));

        try (WireTap second = new WireTap(deployment.port())) {
            second.cutAfterReceiving(size / 2);
            Device b = deployment.newDevice("b").join(deployment.joinLinkThrough(second.port()));
            Await.until(LONG, second::isCut, deployment::diagnosis);
            second.restore();
            Await.until(LONG, () -> sizeOf(b.path("big.bin")) == size, deployment::diagnosis);
            deployment.awaitEqual(LONG);
            assertThat(second.receivedBytes()).isLessThan(size + (72L << 20));
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static void random(Path file, long size, long seed) throws IOException {
        Random random = new Random(seed);
        byte[] buffer = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = size; left > 0; left -= buffer.length) {
                random.nextBytes(buffer);
                out.write(buffer, 0, (int) Math.min(left, buffer.length));
            }
        }
    }
}
