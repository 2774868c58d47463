package io.syncline.system.bench;

import io.syncline.system.endtoend.Await;
import io.syncline.system.endtoend.Deployment;
import io.syncline.system.endtoend.Device;
import io.syncline.system.endtoend.Json;
import io.syncline.system.endtoend.WireTap;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Two devices and a server, each a process of its own, over a server of their own. */
final class DeviceRows {
    /** For what ends by itself, however slow the machine. */
    static final Duration LONG = Duration.ofMinutes(15);

    private static final int KIBIBYTE = 1 << 10;
    private static final int MEBIBYTE = 1 << 20;

    /** How many files are saved again and again. */
    private static final int SAVED_FILES = 50;

    private static final Duration POLL = Duration.ofSeconds(1);

    private final Bed bed;

    DeviceRows(Bed bed) {
        this.bed = bed;
    }

    /** A save on one device until another one's folder holds it. */
    Row latency() throws Exception {
        int count = bed.rounds(200);
        Times times;
        try (Deployment deployment = new Deployment(bed.directory("latency"))) {
            Device a = deployment.device("a");
            Device b = deployment.device("b");
            times =
                    saves(
                            a.path("latency"),
                            b.path("latency"),
                            count,
                            count / 4,
                            deployment::diagnosis);
        }
        Times slow = naiveLatency(Math.max(3, count / 6));
        return Row.ofMedian(
                        "latency-save",
                        "save of a 1 KiB file until another device has it",
                        times,
                        200)
                .naive(slow.median(), "both sides poll every second");
    }

    private static Times saves(
            Path from,
            Path to,
            int count,
            int warmUp,
            java.util.function.Supplier<String> diagnosis)
            throws IOException {
        Files.createDirectories(from);
        Random random = new Random(1);
        double[] millis = new double[count];
        for (int i = -warmUp; i < count; i++) {
            byte[] bytes = new byte[KIBIBYTE];
            random.nextBytes(bytes);
            String name = "file" + Math.floorMod(i, SAVED_FILES);
            long start = System.nanoTime();
            Files.write(from.resolve(name), bytes);
            awaitBytes(to.resolve(name), bytes, diagnosis);
            if (i >= 0) {
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
            LockSupport.parkNanos(random.nextLong(100_000_000));
        }
        return new Times(millis);
    }

    private static void awaitBytes(
            Path file, byte[] bytes, java.util.function.Supplier<String> diagnosis)
            throws IOException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!(Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes))) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(diagnosis.get());
            }
            LockSupport.parkNanos(500_000);
        }
    }

    /** One thread looks for saved files each second and sends them, one asks for new ones. */
    private Times naiveLatency(int count) throws Exception {
        Path a = bed.directory("naive-a");
        Path b = bed.directory("naive-b");
        NaiveProcess server = bed.naive();
        Poller sender = new Poller(() -> send(server, a));
        Map<String, String> seen = new HashMap<>();
        Poller receiver = new Poller(() -> receive(server, b, seen));
        try (sender;
                receiver) {
            return saves(a, b, count, 0, () -> "the naive devices don't go on");
        }
    }

    private final Map<Path, Object> sent = new HashMap<>();

    private void send(NaiveProcess server, Path folder) throws IOException {
        List<Path> files;
        try (var entries = Files.list(folder)) {
            files = entries.toList();
        }
        for (Path file : files) {
            Object time = Files.getLastModifiedTime(file);
            if (!time.equals(sent.put(file, time))) {
                server.put("/files/" + file.getFileName(), file);
            }
        }
    }

    private static void receive(NaiveProcess server, Path folder, Map<String, String> seen)
            throws IOException {
        String listing = new String(server.get("/files/"), java.nio.charset.StandardCharsets.UTF_8);
        for (String line : listing.lines().toList()) {
            int tab = line.indexOf('\t');
            String name = line.substring(0, tab);
            if (!line.equals(seen.put(name, line))) {
                Path temporary = folder.resolve(name + ".part");
                Files.write(temporary, server.get("/files/" + name));
                Files.move(temporary, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Does something every second, counted from the start of one to that of the next. */
    private static final class Poller implements AutoCloseable {
        @FunctionalInterface
        interface Turn {
            void run() throws IOException;
        }

        private final Thread thread;
        private volatile boolean closed;

        Poller(Turn turn) {
            thread =
                    Thread.ofVirtual()
                            .start(() -> {
                                while (!closed) {
                                    long next = System.nanoTime() + POLL.toNanos();
                                    try {
                                        turn.run();
                                    } catch (IOException e) {
                                        Progress.say("naive: %s", e);
                                    }
                                    LockSupport.parkNanos(next - System.nanoTime());
                                }
                            });
        }

        @Override
        public void close() {
            closed = true;
            LockSupport.unpark(thread);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** An insert at the front of a large file: what travels, and how long it takes. */
    Row insert() throws Exception {
        return edited(
                "insert-front",
                "1 MiB inserted at the front of %,d MiB, on the wire",
                1.25,
                (before, after) -> {
                    random(after, MEBIBYTE, 4);
                    try (OutputStream out =
                            Files.newOutputStream(after, StandardOpenOption.APPEND)) {
                        Files.copy(before, out);
                    }
                });
    }

    /** The same of a twentieth of it overwritten, in writes of 64 KiB anywhere. */
    Row overwrite() throws Exception {
        // 125 MB where 5 % of 2 GiB, 107.4 MB, are overwritten.
        double goal = largeBytes(bed) * 0.05 * (125 / 107.4) / 1e6;
        return edited(
                "overwrite-5pct",
                "5 %% of %,d MiB overwritten in writes of 64 KiB, on the wire",
                goal,
                (before, after) -> {
                    Files.copy(before, after);
                    var places = new Random(5);
                    byte[] write = new byte[64 << 10];
                    try (var file = FileChannel.open(after, StandardOpenOption.WRITE)) {
                        for (long left = file.size() / 20; left > 0; left -= write.length) {
                            places.nextBytes(write);
                            long at = places.nextLong(file.size() - write.length);
                            file.write(ByteBuffer.wrap(write), at);
                        }
                    }
                });
    }

    /** Makes the edited version of a file. */
    @FunctionalInterface
    private interface Edit {
        void make(Path before, Path after) throws IOException;
    }

    private Row edited(String name, String what, double goal, Edit edit) throws Exception {
        long size = largeBytes(bed);
        Path directory = bed.directory(name);
        double megabytes;
        Times times;
        Path edited = directory.resolve("edited");
        try (Deployment deployment = new Deployment(directory);
                WireTap tap = new WireTap(deployment.port())) {
            Device a = deployment.newDevice("a");
            Files.createDirectories(a.folder);
            random(a.path("large"), size, 3);
            a.join(deployment.joinLinkThrough(tap.port()));
            awaitConverged(deployment, a);
            long before = tap.sentBytes() + tap.receivedBytes();
            long sequence = sequence(a);
            edit.make(a.path("large"), edited);
            times =
                    Times.measureCold(
                            1,
                            _ -> {
                                // As editors save. Else the platform would delete it first,
                                // and the client see that: freeing gigabytes takes a while.
                                Files.move(edited, a.path("large"), StandardCopyOption.ATOMIC_MOVE);
                                Await.until(
                                        LONG, () -> sequence(a) > sequence, deployment::diagnosis);
                            });
            awaitConverged(deployment, a);
            megabytes = (tap.sentBytes() + tap.receivedBytes() - before) / 1e6;
            Files.move(a.path("large"), edited);
        }
        NaiveProcess naive = bed.naive();
        Times slow = Times.measureCold(1, _ -> naive.put("/files/large", edited));
        double whole = Files.size(edited) / 1e6;
        Bed.delete(directory);
        Files.delete(naive.files().resolve("large"));
        return Row.ofValue(name, what.formatted(size / MEBIBYTE), times, megabytes, "MB")
                .goal(goal)
                .naive(whole, "the whole file sent in %.1f s".formatted(slow.median() / 1e3));
    }

    /** 2 GiB beside a million files; less where the bed is for looking at the form. */
    static long largeBytes(Bed bed) {
        return Math.clamp(bed.files() * 2_148L, 16L * MEBIBYTE, 2L << 30) / MEBIBYTE * MEBIBYTE;
    }

    private static long sequence(Device device) {
        return device.status().find("cursor").map(c -> c.at("sequence").number()).orElse(0L);
    }

    /** By the device's own word. */
    static void awaitConverged(Deployment deployment, Device device) {
        Await.until(
                LONG,
                () -> {
                    Json status = device.status();
                    return status.at("state").text().equals("converged") && sequence(device) > 0;
                },
                deployment::diagnosis);
    }

    /** Makes a file that can't be compressed. */
    static void random(Path file, long size, long seed) throws IOException {
        Random random = new Random(seed);
        byte[] buffer = new byte[MEBIBYTE];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (long left = size; left > 0; left -= buffer.length) {
                random.nextBytes(buffer);
                out.write(buffer, 0, (int) Math.min(left, buffer.length));
            }
        }
    }
}
