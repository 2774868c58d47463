package io.syncline.system.endtoend;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures the main job with real processes and prints a table: latency from a save to its being
 * visible on another device, first syncs, and what travels for an insert and a rename. Not a test;
 * {@code scripts/measure-main-job} runs it.
 *
 * <p>Two devices and the server are processes of their own on one machine; device a goes through a
 * counting relay.
 */
final class MainJobFigures {
    private static final Duration LONG = Duration.ofMinutes(15);

    @Test
    void measure(@TempDir Path directory) throws IOException {
        System.out.printf(
                "machine: %s, %d processors, %s, Java %s%n",
                cpu(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                Runtime.version());
        System.out.println("| what | measured |");
        System.out.println("|---|---|");
        latency(Files.createDirectory(directory.resolve("latency")), 200);
        smallFiles(Files.createDirectory(directory.resolve("small")), 20_000);
        largeFile(Files.createDirectory(directory.resolve("large")), 2L << 30);
    }

    private static String cpu() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return System.getProperty("os.arch");
        }
        try (var lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst()
                    .orElse("unknown processor");
        }
    }

    @FormatMethod
    private static void row(String what, @FormatString String format, Object... values) {
        System.out.printf("| %s | %s |%n", what, String.format(Locale.ROOT, format, values));
    }

    /**
     * Saves a 1 KiB file on a, spins until b holds it, {@code count} times; new files and
     * overwrites in turn.
     */
    private static void latency(Path directory, int count) throws IOException {
        try (Deployment deployment = new Deployment(directory)) {
            Device a = deployment.device("a");
            Device b = deployment.device("b");
            Random random = new Random(1);
            double[] millis = new double[count];
            for (int i = -20; i < count; i++) {
                byte[] bytes = new byte[1024];
                random.nextBytes(bytes);
                String name = "latency/" + Math.floorMod(i, 50);
                Files.createDirectories(a.path("latency"));
                long start = System.nanoTime();
                Files.write(a.path(name), bytes);
                awaitBytes(b.path(name), bytes, deployment);
                if (i >= 0) {
                    millis[i] = (System.nanoTime() - start) / 1e6;
                }
                LockSupport.parkNanos(random.nextLong(100_000_000));
            }
            Arrays.sort(millis);
            row(
                    "save to visible, 1 KiB file, n=" + count,
                    "median %.0f ms, p99 %.0f ms, max %.0f ms",
                    millis[count / 2],
                    millis[count * 99 / 100],
                    millis[count - 1]);
        }
    }

    private static void awaitBytes(Path file, byte[] bytes, Deployment deployment)
            throws IOException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!(Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes))) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(deployment.diagnosis());
            }
            LockSupport.parkNanos(500_000);
        }
    }

    private static void smallFiles(Path directory, int count) throws IOException {
        try (Deployment deployment = new Deployment(directory);
                WireTap tap = new WireTap(deployment.port())) {
            Device a = deployment.newDevice("a");
            Random random = new Random(2);
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                byte[] file = new byte[1024 + random.nextInt(31 * 1024)];
                if (i % 2 == 0) {
                    random.nextBytes(file);
                } else {
                    fillWithText(file, random);
                }
                bytes += file.length;
                Folders.write(a.path("many/d" + i / 40 + "/f" + i), file);
            }
            firstSync(
                    count + " small files, " + bytes / 1_000_000 + " MB",
                    bytes,
                    deployment,
                    tap,
                    a);

            Device b = deployment.newDevice("b");
            long start = System.nanoTime();
            b.join(deployment.joinLink());
            awaitConverged(deployment, b);
            row("the same to a second device", "%.1f s", seconds(start));

            long sent = tap.sentBytes() + tap.receivedBytes();
            long sequence = a.status().at("cursor", "sequence").number();
            start = System.nanoTime();
            Files.move(a.path("many"), a.path("renamed"));
            Await.until(LONG, () -> b.exists("renamed"), deployment::diagnosis);
            double seconds = seconds(start);
            deployment.awaitEqual(LONG);
            row(
                    "rename of a directory of " + count + " files",
                    "%.2f s, %d change, %d bytes on the wire",
                    seconds,
                    a.status().at("cursor", "sequence").number() - sequence,
                    tap.sentBytes() + tap.receivedBytes() - sent);
        }
    }

    private static void largeFile(Path directory, long size) throws IOException {
        try (Deployment deployment = new Deployment(directory);
                WireTap tap = new WireTap(deployment.port())) {
            Device a = deployment.newDevice("a");
            Files.createDirectories(a.folder);
            random(a.path("big.bin"), size, 3);
            firstSync("one incompressible file of 2 GiB", size, deployment, tap, a);

            Device b = deployment.newDevice("b");
            long start = System.nanoTime();
            b.join(deployment.joinLink());
            awaitConverged(deployment, b);
            row(
                    "the same to a second device",
                    "%.1f s, %.0f MB/s",
                    seconds(start),
                    size / 1e6 / seconds(start));

            long wire = tap.sentBytes() + tap.receivedBytes();
            Path inserted = directory.resolve("inserted");
            random(inserted, 1 << 20, 4);
            try (OutputStream out = Files.newOutputStream(inserted, StandardOpenOption.APPEND)) {
                Files.copy(a.path("big.bin"), out);
            }
            start = System.nanoTime();
            Files.move(inserted, a.path("big.bin"), StandardCopyOption.REPLACE_EXISTING);
            Await.until(
                    LONG, () -> size(b.path("big.bin")) == size + (1 << 20), deployment::diagnosis);
            double seconds = seconds(start);
            deployment.awaitEqual(LONG);
            row(
                    "1 MiB inserted at its front",
                    "%.1f s until the other device has it, %.2f MB on the wire",
                    seconds,
                    (tap.sentBytes() + tap.receivedBytes() - wire) / 1e6);
        }
    }

    private static void firstSync(
            String what, long bytes, Deployment deployment, WireTap tap, Device device) {
        long start = System.nanoTime();
        device.join(deployment.joinLinkThrough(tap.port()));
        awaitConverged(deployment, device);
        row(
                "first sync of " + what,
                "%.1f s, %.0f MB/s, %.1f MB on the wire, peak memory client %d MB, server %d MB",
                seconds(start),
                bytes / 1e6 / seconds(start),
                (tap.sentBytes() + tap.receivedBytes()) / 1e6,
                device.running().peakKilobytes().orElse(0L) / 1000,
                deployment.server().peakKilobytes().orElse(0L) / 1000);
    }

    /**
     * By the device's own word, asked all the time; the start of its process is part of the figure.
     */
    private static void awaitConverged(Deployment deployment, Device device) {
        Await.until(
                LONG,
                () -> {
                    Json status = device.status();
                    return status.at("state").text().equals("converged")
                            && status.at("cursor", "sequence").number() > 0;
                },
                deployment::diagnosis);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static void fillWithText(byte[] bytes, Random random) {
        String[] words = {
            "sync ", "block ", "return ", "public ", "static ", "node ", "tree ", "{\n    ", "}\n",
            "= "
        };
        int at = 0;
        while (at < bytes.length) {
            for (byte c :
                    words[random.nextInt(words.length)].getBytes(
                            java.nio.charset.StandardCharsets.UTF_8)) {
                if (at < bytes.length) {
                    bytes[at++] = c;
                }
            }
        }
    }

    private static void random(Path file, long size, long seed) throws IOException {
        Random random = new Random(seed);
        byte[] buffer = new byte[1 << 20];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (long left = size; left > 0; left -= buffer.length) {
                random.nextBytes(buffer);
                out.write(buffer, 0, (int) Math.min(left, buffer.length));
            }
        }
    }
}
