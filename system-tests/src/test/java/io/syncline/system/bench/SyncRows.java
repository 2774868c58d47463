package io.syncline.system.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncline.system.endtoend.Await;
import io.syncline.system.endtoend.Deployment;
import io.syncline.system.endtoend.Device;
import io.syncline.system.endtoend.WireTap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * First syncs and a renamed directory: two devices and a server, each a process of its own; what
 * the first device sends goes through a counting relay. The start of a device's process counts.
 */
final class SyncRows {
    private static final int SMALL_FILES = 20_000;
    private static final int DIRECTORY_FILES = 40;
    private static final int SMALL_BYTES_MIN = 1 << 10;
    private static final int SMALL_BYTES_MAX = 32 << 10;

    private static final String[] WORDS = {
        "sync ", "block ", "return ", "public ", "static ", "node ", "tree ", "{\n    ", "}\n", "= "
    };

    private final Bed bed;

    SyncRows(Bed bed) {
        this.bed = bed;
    }

    /** Many small files, half of them text: to the server, to a second device, and renamed. */
    List<Row> small() throws Exception {
        int count = Math.clamp(bed.files() / 50, 2 * DIRECTORY_FILES, SMALL_FILES);
        Path directory = bed.directory("sync-small");
        try (Deployment deployment = new Deployment(directory);
                WireTap tap = new WireTap(deployment.port())) {
            Device a = deployment.newDevice("a");
            long bytes = makeSmall(a.path("many"), count);
            String what = "%,d files of %,.0f MB".formatted(count, bytes / 1e6);
            Row first = first("sync-small", what, deployment, tap, a);
            NaiveProcess naive = bed.naive();
            Times slow = Times.measureCold(1, _ -> putAll(naive, a.path("many")));
            Device b = deployment.newDevice("b");
            Row second = second("sync-small-second", what, deployment, b);
            Row renamed =
                    renamed(count, deployment, tap, a, b).naive((double) bytes, "all sent again");
            return List.of(
                    first.naive(slow.median() / 1e3, "a request for each file"), second, renamed);
        } finally {
            Bed.delete(directory);
        }
    }

    /** One large file that can't be compressed: to the server, and to a second device. */
    List<Row> large() throws Exception {
        long size = DeviceRows.largeBytes(bed);
        Path directory = bed.directory("sync-large");
        try (Deployment deployment = new Deployment(directory);
                WireTap tap = new WireTap(deployment.port())) {
            Device a = deployment.newDevice("a");
            Files.createDirectories(a.folder);
            DeviceRows.random(a.path("large"), size, 5);
            String what = "one file of %,d MiB".formatted(size >> 20);
            Row first = first("sync-large", what, deployment, tap, a);
            NaiveProcess naive = bed.naive();
            Times slow = Times.measureCold(1, _ -> naive.put("/files/sync-large", a.path("large")));
            Files.delete(naive.files().resolve("sync-large"));
            Device b = deployment.newDevice("b");
            Row second = second("sync-large-second", what, deployment, b);
            return List.of(first.naive(slow.median() / 1e3, "the file in one request"), second);
        } finally {
            Bed.delete(directory);
        }
    }

    private static Row first(
            String name, String what, Deployment deployment, WireTap tap, Device device)
            throws Exception {
        Times times =
                Times.measureCold(
                        1,
                        _ -> {
                            device.join(deployment.joinLinkThrough(tap.port()));
                            DeviceRows.awaitConverged(deployment, device);
                        });
        return seconds(name, "first sync of " + what, times)
                .note(
                        "%.1f MB on the wire; most memory: client %d MB, server %d MB"
                                .formatted(
                                        (tap.sentBytes() + tap.receivedBytes()) / 1e6,
                                        device.running().peakKilobytes().orElse(0L) / 1_000,
                                        deployment.server().peakKilobytes().orElse(0L) / 1_000));
    }

    private static Row second(String name, String what, Deployment deployment, Device device)
            throws Exception {
        Times times =
                Times.measureCold(
                        1,
                        _ -> {
                            device.join(deployment.joinLink());
                            DeviceRows.awaitConverged(deployment, device);
                        });
        return seconds(name, what + " to a second device", times);
    }

    private static Row seconds(String name, String what, Times times) {
        return Row.ofValue(name, what, times, times.median() / 1e3, "s");
    }

    private static Row renamed(int count, Deployment deployment, WireTap tap, Device a, Device b)
            throws Exception {
        long before = tap.sentBytes() + tap.receivedBytes();
        Times times =
                Times.measureCold(
                        1,
                        _ -> {
                            Files.move(a.path("many"), a.path("renamed"));
                            Await.until(
                                    DeviceRows.LONG,
                                    () -> b.exists("renamed"),
                                    deployment::diagnosis);
                        });
        deployment.awaitEqual(DeviceRows.LONG);
        return Row.ofValue(
                "rename",
                "a directory of %,d files renamed, on the wire".formatted(count),
                times,
                (double) (tap.sentBytes() + tap.receivedBytes() - before),
                "B");
    }

    private static void putAll(NaiveProcess naive, Path folder) throws IOException {
        List<Path> files;
        try (var all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            naive.put("/files/sync-small", file);
        }
        Files.delete(naive.files().resolve("sync-small"));
    }

    private static long makeSmall(Path folder, int count) throws IOException {
        Random random = new Random(2);
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            byte[] file =
                    new byte[SMALL_BYTES_MIN + random.nextInt(SMALL_BYTES_MAX - SMALL_BYTES_MIN)];
            if (i % 2 == 0) {
                random.nextBytes(file);
            } else {
                fillWithText(file, random);
            }
            bytes += file.length;
            Path directory = folder.resolve("d" + i / DIRECTORY_FILES);
            Files.write(Files.createDirectories(directory).resolve("f" + i), file);
        }
        return bytes;
    }

    private static void fillWithText(byte[] bytes, Random random) {
        for (int at = 0; at < bytes.length; ) {
            byte[] word = WORDS[random.nextInt(WORDS.length)].getBytes(UTF_8);
            int length = Math.min(word.length, bytes.length - at);
            System.arraycopy(word, 0, bytes, at, length);
            at += length;
        }
    }
}
