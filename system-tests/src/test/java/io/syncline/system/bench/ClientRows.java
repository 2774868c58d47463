package io.syncline.system.bench;

import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.daemon.FolderLink;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.ignore.Ignores;
import io.syncline.client.scan.DiskScanner;
import io.syncline.client.scan.Observation;
import io.syncline.client.scan.ScanResult;
import io.syncline.client.state.ReplicaState;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.sqlite.SqliteStateStore;
import io.syncline.client.watch.Watcher;
import io.syncline.client.watch.Watchers;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A million files on a device: received, scanned again, watched. */
final class ClientRows {
    private final Bed bed;
    private @Nullable Replica replica;

    ClientRows(Bed bed) {
        this.bed = bed;
    }

    private Replica replica() throws Exception {
        if (replica == null) {
            Loader loader = bed.project();
            Progress.say("syncing %,d files to a second device", bed.files());
            replica = Replica.sync(bed, loader);
            String server = bed.api().project(loader.project().id()).digest().toString();
            if (!replica.digest().equals(server) || !server.equals(loader.digest().toString())) {
                throw new IllegalStateException(
                        "the digests differ: loader %s, server %s, second device %s"
                                .formatted(loader.digest(), server, replica.digest()));
            }
            Progress.say("converged, digest %s", replica.digest());
        }
        return replica;
    }

    /** The main proof: a project made through the API and synced to a second device. */
    List<Row> million() throws Exception {
        Times loading = bed.loading();
        Replica synced = replica();
        int files = bed.files();
        return List.of(
                Row.ofValue(
                                "million-made",
                                "%,d files made through the API".formatted(files),
                                loading,
                                loading.median() / 1e3,
                                "s")
                        .note(
                                "server at most %.0f MB resident"
                                        .formatted(
                                                bed.deployment().server().peakKilobytes().orElse(0L)
                                                        * 1024
                                                        / 1e6)),
                Row.ofValue(
                                "million",
                                "%,d files synced to a second device, equal digests"
                                        .formatted(files),
                                new Times(synced.millis()),
                                synced.millis() / 1e3,
                                "s")
                        .note(
                                "%.1f MB received, %.1f sent, %.0f s of processor, digest %s at %d"
                                        .formatted(
                                                synced.receivedBytes() / 1e6,
                                                synced.sentBytes() / 1e6,
                                                synced.processorSeconds(),
                                                synced.digest().substring(0, 16),
                                                synced.sequence())));
    }

    Row heap() throws Exception {
        Replica synced = replica();
        return Row.ofValue(
                        "client-heap",
                        "most live heap while %,d files are received".formatted(bed.files()),
                        Times.NONE,
                        synced.heapMegabytes(),
                        "MiB")
                .goal(512)
                .note(
                        "of -Xmx512m; at most %.0f MB resident"
                                .formatted(synced.residentMegabytes()));
    }

    /** Nothing has changed on disk, and a scan of everything finds that out. */
    Row rescan() throws Exception {
        Replica synced = replica();
        FolderLink link = new DeviceHome(synced.device().home).links().getFirst();
        Path database =
                new DeviceHome(synced.device().home)
                        .stateDirectory(link.replica())
                        .resolve("state.sqlite");
        Times times;
        try (Disk disk = Disks.open(link.folder(), InstantSource.system(), new Random(1));
                StateStore store = SqliteStateStore.open(database)) {
            ReplicaState state = new ReplicaState(store, _ -> false);
            DiskScanner scanner = new DiskScanner(disk, new Ignores(disk), link.replica());
            times =
                    Times.measure(
                            bed.rounds(8),
                            _ -> {
                                List<Observation> differences = new ArrayList<>();
                                ScanResult result =
                                        scanner.scanAll(
                                                state,
                                                seen -> {
                                                    if (!(seen instanceof Observation.Alike)) {
                                                        differences.add(seen);
                                                    }
                                                });
                                check(result, differences);
                            });
        }
        Times find = Times.measure(4, _ -> find(link.folder()));
        Times walk = Times.measure(4, _ -> walk(link.folder()));
        return Row.ofValue(
                        "rescan",
                        "scan of %,d unchanged files".formatted(bed.files()),
                        times,
                        times.median() / 1e3,
                        "s")
                .goal(2)
                .naive(walk.median() / 1e3, "Files.walkFileTree, only reading attributes")
                .note("find with size and time: %.2f s".formatted(find.median() / 1e3));
    }

    private void check(ScanResult result, List<Observation> differences) {
        if (!differences.isEmpty()
                || !(result instanceof ScanResult.Completed(_, long entries, _, boolean complete))
                || !complete
                || entries != bed.files() + new Shape(bed.files()).directories()) {
            throw new IllegalStateException(
                    result
                            + " with "
                            + differences.size()
                            + " differences "
                            + differences.stream().limit(3).toList());
        }
    }

    private static void find(Path folder) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("find", folder.toString(), "-printf", "%s %T@\\n")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException("find failed");
        }
    }

    private static void walk(Path folder) throws IOException {
        AtomicLong sum = new AtomicLong();
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        sum.addAndGet(attributes.size() + attributes.lastModifiedTime().toMillis());
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /** Watches on every directory of a tree, beside those of the JDK's own watcher. */
    Row watch() throws Exception {
        int directories = Math.max(100, bed.files() / 10);
        Path top = bed.directory("watched");
        List<Path> all = makeTree(top, directories);
        Times times;
        OptionalDouble slow = OptionalDouble.empty();
        try {
            times =
                    Times.measure(
                            bed.rounds(10),
                            _ -> {
                                try (Watcher watcher = Watchers.open(top)) {
                                    checkWatched(watcher);
                                }
                            });
            if (!all.isEmpty()) {
                slow = OptionalDouble.of(registerAll(all));
            }
        } finally {
            Bed.delete(top);
        }
        return Row.ofValue(
                        "watch",
                        "%,d directories watched, and let go again".formatted(directories),
                        times,
                        times.median() / 1e3,
                        "s")
                .goal(3)
                .naive(slow.orElse(0) / 1e3, "the JDK's WatchService");
    }

    private static void checkWatched(Watcher watcher) throws InterruptedException {
        var told = watcher.next(java.time.Duration.ZERO);
        if (told instanceof io.syncline.client.watch.WatchEvent.Limited limited) {
            throw new IllegalStateException(limited.toString());
        }
    }

    private static double registerAll(List<Path> directories) throws Exception {
        return Times.measureCold(
                        1,
                        _ -> {
                            try (WatchService service =
                                    directories.getFirst().getFileSystem().newWatchService()) {
                                for (Path directory : directories) {
                                    directory.register(
                                            service,
                                            StandardWatchEventKinds.ENTRY_CREATE,
                                            StandardWatchEventKinds.ENTRY_DELETE,
                                            StandardWatchEventKinds.ENTRY_MODIFY);
                                }
                            }
                        })
                .median();
    }

    private static List<Path> makeTree(Path top, int directories) throws IOException {
        List<Path> all = new ArrayList<>(List.of(top));
        for (int i = 0; all.size() < directories; i++) {
            Path parent = Files.createDirectory(top.resolve("team " + i));
            all.add(parent);
            for (int j = 0; j < Shape.LEAVES && all.size() < directories; j++) {
                all.add(Files.createDirectory(parent.resolve("project " + j)));
            }
        }
        return all;
    }
}
