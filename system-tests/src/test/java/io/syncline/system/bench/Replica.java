package io.syncline.system.bench;

import io.syncline.system.endtoend.Await;
import io.syncline.system.endtoend.Deployment;
import io.syncline.system.endtoend.Device;
import io.syncline.system.endtoend.Json;
import io.syncline.system.endtoend.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A second device that has received the largest project: the real client as a process of its own,
 * with the heap that {@code ./syncline} gives it.
 *
 * @param device stopped by now; its folder holds the project
 * @param millis from its start until it said that it is converged
 * @param heapMegabytes the most that was live at any of the full collections
 * @param residentMegabytes the most memory of the process that was resident
 * @param digest what it says that its tree's digest is
 */
record Replica(
        Device device,
        double millis,
        double heapMegabytes,
        double residentMegabytes,
        double processorSeconds,
        long receivedBytes,
        long sentBytes,
        String digest,
        long sequence) {
    private static final Duration LIMIT = Duration.ofMinutes(40);
    private static final Duration LOOK = Duration.ofMillis(100);

    /** A collection takes a second at most, so this costs the device a twentieth of its time. */
    private static final Duration BETWEEN_COLLECTIONS = Duration.ofSeconds(20);

    private static final Pattern AFTER = Pattern.compile("->(\\d+)([KMG])\\(");

    /** Syncs a project to a new device and stops that. */
    static Replica sync(Bed bed, Loader loader) throws IOException {
        Deployment deployment = bed.deployment();
        Path log = bed.directory("logs").resolve("collections.log");
        Device device =
                deployment
                        .newDevice("second")
                        .withJavaOptions("-Xlog:gc:file=" + log + ":none:filecount=0");
        long start = System.nanoTime();
        device.join(bed.joinLink(loader.project()));
        Json status = awaitConverged(device, loader.head());
        double millis = (System.nanoTime() - start) / 1e6;
        collect(device.running());
        double resident = device.running().peakKilobytes().orElse(0L) * 1024 / 1e6;
        double processor = device.running().processorTime().toMillis() / 1e3;
        device.stop();
        return new Replica(
                device,
                millis,
                heapPeak(log),
                resident,
                processor,
                status.at("receivedBytes").number(),
                status.at("sentBytes").number(),
                status.at("digest").text(),
                status.at("cursor", "sequence").number());
    }

    private static Json awaitConverged(Device device, long head) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        long collection = System.nanoTime() + BETWEEN_COLLECTIONS.toNanos();
        while (true) {
            Json status = device.status();
            if (status.at("state").text().equals("converged")
                    && status.find("cursor").isPresent()
                    && status.at("cursor", "sequence").number() >= head) {
                return status;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the second device: " + status.text());
            }
            if (System.nanoTime() > collection) {
                Progress.say(
                        "%s, %,d nodes to go",
                        status.at("state").text(), status.at("pending").number());
                collect(device.running());
                collection = System.nanoTime() + BETWEEN_COLLECTIONS.toNanos();
            }
            Await.pause(LOOK);
        }
    }

    /** Has all garbage of a process collected, after which its log says how much was none. */
    private static void collect(Program program) {
        try {
            new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                            Long.toString(program.pid()),
                            "GC.run")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Only full collections tell what is live: others keep garbage that has become old. */
    private static double heapPeak(Path log) throws IOException {
        double most = 0;
        for (String line : Files.readAllLines(log)) {
            Matcher after = AFTER.matcher(line);
            if (line.contains("Pause Full") && after.find()) {
                int power = "KMG".indexOf(after.group(2)) + 1;
                most = Math.max(most, Long.parseLong(after.group(1)) * Math.pow(1024, power));
            }
        }
        return most / (1 << 20);
    }
}
