package io.syncline.system.chaos;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.server.verify.Verifier;
import io.syncline.server.verify.VerifyReport;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.ListedPacks;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Version;
import io.syncline.system.cluster.Cluster;
import io.syncline.system.crash.Person;
import io.syncline.system.crash.Saves;
import io.syncline.system.endtoend.Await;
import io.syncline.system.endtoend.Deployment;
import io.syncline.system.endtoend.Device;
import io.syncline.system.endtoend.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Three nodes over a database, a bus and a bucket, and three devices behind one address, whose
 * people edit while something fails. Afterwards the time until saves travel again is taken; {@link
 * #settle} looks at everything.
 */
final class ChaosLoop implements AutoCloseable {
    private static final int NODES = 3;
    private static final int DEVICES = 3;

    /** Nobody waits longer for saves to travel again, or for equal folders. */
    private static final Duration LONG = Duration.ofMinutes(4);

    private static final Duration SLOW = Duration.ofMillis(500);
    private static final List<String> NODE_OPTIONS =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final SplittableRandom random;
    private final Saves saves = new Saves();
    private final Cluster cluster;
    private final List<Device> devices = new ArrayList<>();
    private final List<Person> people = new ArrayList<>();
    private int probes;

    /**
     * What one disturbance came to.
     *
     * @param lasted from its beginning to its end
     * @param recovered from its end until a save on each device was on all others
     */
    record Outcome(Disturbance disturbance, Duration lasted, Duration recovered) {}

    /**
     * @param directory an empty one for everything
     */
    ChaosLoop(Path directory, long seed) throws Exception {
        this.random = new SplittableRandom(seed);
        this.cluster = new Cluster(directory, NODES, true, NODE_OPTIONS);
        boolean whole = false;
        try {
            for (int i = 0; i < DEVICES; i++) {
                Device device =
                        new Device("device-" + i, directory)
                                .withJavaOptions("-XX:TieredStopAtLevel=1");
                devices.add(device);
                device.join(cluster.joinLink());
                people.add(new Person(random.split(), device.name, device.folder, saves, false));
            }
            people.forEach(person -> person.act(10));
            var _ = probe();
            whole = true;
        } finally {
            if (!whole) {
                close();
            }
        }
    }

    /** Lets it happen for so long while people edit, and waits until saves travel again. */
    Outcome disturb(Disturbance disturbance, Duration lasts) throws Exception {
        long began = System.nanoTime();
        int node = random.nextInt(NODES);
        begin(disturbance, node);
        edit(lasts);
        end(disturbance, node);
        Duration lasted = Duration.ofNanos(System.nanoTime() - began);
        return new Outcome(disturbance, lasted, probe());
    }

    private void begin(Disturbance disturbance, int node) throws IOException {
        switch (disturbance) {
            case NODE_KILLED -> cluster.killNode(node);
            case ALL_NODES_KILLED -> IntStream.range(0, NODES).forEach(cluster::killNode);
            case BUS_STOPPED -> cluster.stopBus();
            case BUS_PARTED -> cluster.busLink().part();
            case DATABASE_RESTARTED -> cluster.stopDatabase();
            case DATABASE_PARTED -> cluster.databaseLink().part();
            case BUCKET_ERRORS -> cluster.bucketLink().refuse("503 Slow Down");
            case BUCKET_SLOW -> cluster.bucketLink().slow(SLOW);
            case BUCKET_PARTED -> cluster.bucketLink().part();
        }
    }

    private void end(Disturbance disturbance, int node) throws IOException {
        switch (disturbance) {
            case NODE_KILLED -> cluster.startNode(node);
            case ALL_NODES_KILLED -> {
                IntStream.range(0, NODES).forEach(cluster::beginNode);
                IntStream.range(0, NODES).forEach(cluster::awaitNode);
            }
            case BUS_STOPPED -> cluster.startBus();
            case BUS_PARTED -> cluster.busLink().mend();
            case DATABASE_RESTARTED -> cluster.startDatabase();
            case DATABASE_PARTED -> cluster.databaseLink().mend();
            case BUCKET_ERRORS, BUCKET_SLOW, BUCKET_PARTED -> cluster.bucketLink().mend();
        }
    }

    private void edit(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        do {
            people.get(random.nextInt(people.size())).act(1 + random.nextInt(3));
            // Time is the input: edits, syncs and failures are to meet in many ways.
            Await.pause(Duration.ofMillis(random.nextInt(300)));
        } while (System.nanoTime() < deadline);
    }

    /** Saves a file on each device and waits until all have all. */
    private Duration probe() throws IOException {
        long began = System.nanoTime();
        String name = "probe-" + probes++ + "-of-";
        for (Device device : devices) {
            byte[] bytes = (name + device.name + "\n").getBytes(StandardCharsets.UTF_8);
            saves.begun(bytes);
            Files.write(device.path(name + device.name), bytes);
            saves.saved("probe:" + device.name, bytes);
        }
        Await.until(
                LONG,
                () -> devices.stream().allMatch(device -> hasAll(device, name)),
                () -> "saves don't travel: " + diagnosis());
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private boolean hasAll(Device device, String name) {
        return devices.stream().allMatch(other -> device.exists(name + other.name));
    }

    /** Editing has stopped: everything becomes equal, nothing is lost, verifying finds nothing. */
    Duration settle() throws IOException {
        long began = System.nanoTime();
        Await.until(LONG, () -> Deployment.converged(devices), () -> "not equal: " + diagnosis());
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        for (Device device : devices) {
            List<String> differences =
                    Folders.differences(devices.getFirst().folder, device.folder);
            if (!differences.isEmpty()) {
                throw new AssertionError(device.name + " differs: " + differences + diagnosis());
            }
        }
        try (MetadataStore metadata = cluster.openMetadata();
                BlockStore blocks = cluster.openBlocks()) {
            checkContents(metadata);
            VerifyReport report =
                    new Verifier(metadata, blocks, new ListedPacks(blocks), InstantSource.system())
                            .run(
                                    new Verifier.Wishes(Optional.empty(), false, false, 2),
                                    (_, _, _, _) -> {});
            if (!report.isSound() || report.count(VerifyReport.Count.NODES) == 0) {
                throw new AssertionError("verify: " + report.findings() + diagnosis());
            }
        }
        return took;
    }

    private void checkContents(MetadataStore metadata) throws IOException {
        Map<Hash, Content> missing = saves.missing(present());
        if (!missing.isEmpty()) {
            Set<Content> history = history(metadata);
            missing.values().removeIf(history::contains);
        }
        if (!missing.isEmpty()) {
            throw new AssertionError("lost: " + saves.describe(missing.keySet()) + diagnosis());
        }
    }

    /**
     * The contents of all folders with their trash; each file in them somebody must have written.
     */
    private Set<Hash> present() throws IOException {
        Set<Hash> present = new HashSet<>();
        for (Device device : devices) {
            Path own = device.folder.resolve(".syncline");
            try (Stream<Path> files = Files.walk(device.folder)) {
                for (Path file : files.toList()) {
                    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                        byte[] bytes = Files.readAllBytes(file);
                        present.add(Hash.sha256(bytes));
                        if (!file.startsWith(own) && !saves.isKnown(bytes, false)) {
                            throw new AssertionError(
                                    "nobody wrote what is in "
                                            + file
                                            + ", "
                                            + bytes.length
                                            + " bytes\n"
                                            + diagnosis());
                        }
                    }
                }
            }
        }
        return present;
    }

    /** The contents of all versions that the server keeps. */
    private static Set<Content> history(MetadataStore metadata) {
        return metadata.read(transaction -> {
            Set<Content> contents = new HashSet<>();
            for (Project project : transaction.projects().page(0, 10)) {
                History history = transaction.history(project.key());
                long before = Long.MAX_VALUE;
                while (before > 0) {
                    History.Slice slice = history.slice(before, 0, Optional.empty(), 1_000, 1_000);
                    for (Version version : slice.versions()) {
                        version.node().item().content().ifPresent(contents::add);
                    }
                    before = slice.next().orElse(0);
                }
            }
            return contents;
        });
    }

    /** How many saved versions nobody gave up so far. */
    int wanted() {
        return saves.wantedCount();
    }

    private String diagnosis() {
        return Stream.concat(
                        devices.stream().map(Device::diagnosis), Stream.of(cluster.diagnosis()))
                .collect(Collectors.joining("\n", "\n", ""));
    }

    /** The middle and the worst recovery after each kind, a line of a table each. */
    static List<String> table(List<Outcome> outcomes) {
        List<String> lines = new ArrayList<>();
        for (Disturbance disturbance : Disturbance.values()) {
            List<Outcome> those =
                    outcomes.stream().filter(o -> o.disturbance() == disturbance).toList();
            if (!those.isEmpty()) {
                double[] seconds =
                        those.stream().mapToDouble(o -> o.recovered().toMillis() / 1e3).toArray();
                Arrays.sort(seconds);
                lines.add(
                        "| %s | %d | %.0f s | %.1f s | %.1f s |"
                                .formatted(
                                        disturbance.text(),
                                        those.size(),
                                        those.stream()
                                                .mapToDouble(o -> o.lasted().toMillis() / 1e3)
                                                .average()
                                                .orElse(0),
                                        seconds[seconds.length / 2],
                                        seconds[seconds.length - 1]));
            }
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        devices.forEach(Device::close);
        cluster.close();
    }
}
