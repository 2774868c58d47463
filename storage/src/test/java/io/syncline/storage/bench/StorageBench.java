package io.syncline.storage.bench;

import com.google.errorprone.annotations.FormatMethod;
import com.sun.management.OperatingSystemMXBean;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.ListingOrder.Sort;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.Frames;
import io.syncline.storage.block.Frames.Named;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Samples;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.Version.Action;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures the embedded stores on this machine; run by hand, not by the build. Arguments: an empty
 * folder on the disk to measure, and the number of nodes (1,000,000 by default).
 */
public final class StorageBench {
    /** Processor time tells more than a clock where the machine is shared. */
    private static final OperatingSystemMXBean CPU =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private static final int DIRECTORY_FILES = 10_000;

    /** Sorted for each page; one more would be kept in order. */
    private static final int SMALL_DIRECTORY_FILES = 4_096;

    private static final int BATCH = 500;
    private static final int ROUNDS = 200;
    private static final int NAMES_SLICE = 200;

    private final Random random = new Random(1);

    private StorageBench() {}

    /** Prints a table of medians and 99th percentiles. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        int nodes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        StorageBench bench = new StorageBench();
        bench.metadata(folder, nodes);
        bench.packs(folder);
    }

    /** A measured step. */
    @FunctionalInterface
    private interface Step {
        void run(int round) throws Exception;
    }

    private static void measure(String what, int rounds, Step step) throws Exception {
        for (int i = 0; i < Math.max(3, rounds / 4); i++) {
            step.run(i);
        }
        long[] nanos = new long[rounds];
        long cpu = CPU.getProcessCpuTime();
        long written = bytesWritten();
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            step.run(i);
            nanos[i] = System.nanoTime() - start;
        }
        cpu = CPU.getProcessCpuTime() - cpu;
        written = bytesWritten() - written;
        Arrays.sort(nanos);
        say(
                "%-52s %9.2f ms %9.2f ms %9.2f ms %9.2f MB",
                what,
                nanos[rounds / 2] / 1e6,
                nanos[Math.min(rounds - 1, rounds * 99 / 100)] / 1e6,
                cpu / 1e6 / rounds,
                written / 1e6 / rounds);
    }

    /** What this process has handed to the system to write, checkpoints included; 0 if unknown. */
    private static long bytesWritten() throws IOException {
        Path io = Path.of("/proc/self/io");
        if (!Files.exists(io)) {
            return 0;
        }
        return Files.readAllLines(io).stream()
                .filter(line -> line.startsWith("wchar: "))
                .mapToLong(line -> Long.parseLong(line.substring("wchar: ".length())))
                .sum();
    }

    @FormatMethod
    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    private void metadata(Path folder, int count) throws Exception {
        try (MetadataStore store = SqliteMetadataStore.open(folder.resolve("metadata.sqlite"))) {
            Project project =
                    store.write(
                            transaction -> transaction.projects().add(new Samples(1).newProject()));
            long start = System.nanoTime();
            for (int done = 0; done < count; done += 10_000) {
                int from = done;
                store.write(transaction -> {
                    List<Version> versions = new ArrayList<>();
                    for (int i = 0; i < 10_000; i++) {
                        versions.add(version(from + i + 1));
                    }
                    return Samples.commit(transaction, project.id(), versions);
                });
            }
            say("%d nodes loaded in %.1f s", count, (System.nanoTime() - start) / 1e9);
            say("database of %d MB", Files.size(folder.resolve("metadata.sqlite")) >> 20);
            say("%-52s %12s %12s %12s %12s", "", "median", "p99", "mean CPU", "mean written");
            read(store, project, count);
            commit(store, project, count);
            many(store, project);
            names(store, project);
            listings(store, SMALL_DIRECTORY_FILES);
            listings(store, count);
            blocks(store, project);
        }
    }

    /** Directories 1, 1 + 10,000, …, each followed by the files in it. */
    private static Version version(long id) {
        long directory = (id - 1) / DIRECTORY_FILES * DIRECTORY_FILES + 1;
        return Samples.created(
                id == directory
                        ? Samples.directory(id, 0, "directory " + id)
                        : Samples.file(
                                id,
                                directory,
                                "file " + Long.toHexString(id * 0x9E3779B97F4A7C15L)));
    }

    private void read(MetadataStore store, Project project, int count) throws Exception {
        measure(
                "first page of " + BATCH + " children",
                ROUNDS,
                _ -> page(store, project, directory(count), Optional.empty()));
        measure(
                "20 pages of " + BATCH + " children",
                ROUNDS / 4,
                _ -> {
                    NodeId parent = directory(count);
                    List<Node> page = page(store, project, parent, Optional.empty());
                    while (page.size() == BATCH) {
                        page = page(store, project, parent, Optional.of(page.getLast()));
                    }
                });
        measure(
                BATCH + " changes since a cursor",
                ROUNDS,
                _ ->
                        store.read(transaction ->
                                transaction
                                        .nodes(project.key())
                                        .changes(random.nextInt(count - BATCH), BATCH)));
        measure(
                BATCH + " nodes by id",
                ROUNDS,
                _ -> {
                    List<NodeId> ids =
                            random.ints(BATCH, 1, count).mapToObj(id -> new NodeId(id)).toList();
                    store.read(transaction -> transaction.nodes(project.key()).find(ids));
                });
        measure(
                "all live nodes",
                3,
                _ ->
                        store.read(transaction -> {
                            long[] seen = {0};
                            transaction.nodes(project.key()).forEachLive(_ -> seen[0]++);
                            return seen[0];
                        }));
    }

    private NodeId directory(int count) {
        int directories = Math.max(1, count / DIRECTORY_FILES);
        return new NodeId((long) random.nextInt(directories) * DIRECTORY_FILES + 1);
    }

    private static List<Node> page(
            MetadataStore store, Project project, NodeId parent, Optional<Node> after) {
        return store.read(transaction ->
                transaction
                        .nodes(project.key())
                        .childrenPage(parent, after.map(node -> node.place().name()), BATCH));
    }

    private void commit(MetadataStore store, Project project, int count) throws Exception {
        measure(
                "commit of " + BATCH + " inserts",
                ROUNDS,
                round -> Samples.commitFiles(store, project.id(), BATCH, "new " + round + " "));
        measure(
                "commit of " + BATCH + " inserts after " + BATCH + " look-ups of names",
                ROUNDS,
                round ->
                        store.write(transaction -> {
                            long head = head(transaction.projects().lock(project.id()));
                            List<Version> versions = new ArrayList<>();
                            List<Place> places = new ArrayList<>();
                            for (int i = 1; i <= BATCH; i++) {
                                Node node =
                                        Samples.file(head + i, 0, "checked " + round + head + i);
                                versions.add(Samples.created(node));
                                places.add(node.place());
                            }
                            transaction.nodes(project.key()).children(places);
                            return Samples.commit(transaction, project.id(), versions);
                        }));
        measure(
                "commit of " + BATCH + " random updates",
                ROUNDS,
                _ ->
                        store.write(transaction -> {
                            long head = head(transaction.projects().lock(project.id()));
                            Nodes.Writable nodes = transaction.nodes(project.key());
                            List<NodeId> ids =
                                    random.ints(1, count)
                                            .distinct()
                                            .limit(BATCH)
                                            .mapToObj(id -> new NodeId(id))
                                            .toList();
                            List<Version> versions = new ArrayList<>();
                            for (Node node : nodes.find(ids).values()) {
                                long sequence = head + 1 + versions.size();
                                versions.add(
                                        Samples.changed(
                                                new Node(
                                                        node.id(),
                                                        node.place(),
                                                        node.item().isDirectory()
                                                                ? node.item()
                                                                : edited(node.item(), sequence),
                                                        sequence,
                                                        false,
                                                        node.device()),
                                                Action.UPDATE));
                            }
                            return Samples.commit(transaction, project.id(), versions);
                        }));
    }

    /** With another size and time, as after a save. */
    private static Item edited(Item item, long sequence) {
        return Item.file(
                new Content(0, item.content().orElseThrow().hash(), sequence % 50_000),
                false,
                sequence * 1_000_000);
    }

    /** Lets the index of names catch up in slices as the server does, then searches. */
    private void names(MetadataStore store, Project project) throws Exception {
        List<Long> slices = new ArrayList<>();
        long start = System.nanoTime();
        int followed;
        do {
            long begin = System.nanoTime();
            followed =
                    store.writeBehind(
                            transaction -> transaction.names(project.key()).follow(NAMES_SLICE));
            slices.add(System.nanoTime() - begin);
        } while (followed == NAMES_SLICE);
        slices.sort(null);
        say(
                "names indexed in %.1f s, %d a slice: median %.2f ms, p99 %.2f ms, longest %.2f ms",
                (System.nanoTime() - start) / 1e9,
                NAMES_SLICE,
                slices.get(slices.size() / 2) / 1e6,
                slices.get(slices.size() * 99 / 100) / 1e6,
                slices.getLast() / 1e6);
        for (String term : List.of("file", "1f3", "fi", "2e9a", "file 7f4a", "none such")) {
            measure(
                    "100 nodes named for '" + term + "'",
                    ROUNDS / 4,
                    _ ->
                            store.read(transaction ->
                                    transaction
                                            .names(project.key())
                                            .candidates(term, Long.MAX_VALUE, 100)));
        }
    }

    /** All in one directory, in every order. */
    private void listings(MetadataStore store, int count) throws Exception {
        Project project =
                store.write(
                        transaction -> transaction.projects().add(new Samples(count).newProject()));
        for (int done = 0; done < count; done += 10_000) {
            long from = done;
            int files = Math.min(10_000, count - done);
            store.write(transaction -> {
                List<Version> versions = new ArrayList<>();
                for (int i = 1; i <= files; i++) {
                    long id = from + i;
                    String name = "file " + Long.toHexString(id * 0x9E3779B97F4A7C15L);
                    versions.add(Samples.created(Samples.file(id, 0, name)));
                }
                return Samples.commit(transaction, project.id(), versions);
            });
        }
        for (Sort sort : Sort.values()) {
            ListingOrder order = new ListingOrder(sort, true);
            List<ListingKey> starts =
                    store.read(transaction ->
                            transaction
                                    .listings(project.key())
                                    .pageStarts(NodeId.ROOT, order, BATCH));
            measure(
                    "page of " + BATCH + " anywhere in " + count + " children, by " + order,
                    ROUNDS,
                    _ -> {
                        ListingKey start = starts.get(random.nextInt(starts.size()));
                        store.read(transaction ->
                                transaction
                                        .listings(project.key())
                                        .forward(
                                                NodeId.ROOT,
                                                order,
                                                Optional.of(new Listings.Bound(start, true)),
                                                BATCH));
                    });
            measure(
                    "page map of " + count + " children, by " + order,
                    5,
                    _ ->
                            store.read(transaction ->
                                    transaction
                                            .listings(project.key())
                                            .pageStarts(NodeId.ROOT, order, BATCH)));
        }
    }

    private static long head(Optional<Project> project) {
        return project.orElseThrow().head();
    }

    private void many(MetadataStore store, Project project) throws Exception {
        int clients = 64;
        int each = 100;
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                String prefix = "client " + client + " ";
                running.add(
                        threads.submit(() -> {
                            for (int i = 0; i < each; i++) {
                                Samples.commitFiles(store, project.id(), 1, prefix);
                            }
                        }));
            }
            for (Future<?> client : running) {
                client.get();
            }
        }
        say(
                "%d clients: %.0f commits of one change a second",
                clients, clients * each / ((System.nanoTime() - start) / 1e9));
    }

    private void blocks(MetadataStore store, Project project) throws Exception {
        Samples samples = new Samples(9);
        List<Hash> known = new ArrayList<>();
        long start = System.nanoTime();
        var pack = samples.block().location().pack();
        for (int i = 0; i < 50; i++) {
            List<NewBlock> batch = new ArrayList<>();
            for (int n = 0; n < 10_000; n++) {
                batch.add(samples.block(pack));
            }
            batch.forEach(block -> known.add(block.hash()));
            store.write(transaction -> transaction.blocks(project.key()).insert(batch, Samples.T0));
        }
        say("500000 block rows in %.1f s", (System.nanoTime() - start) / 1e9);
        measure(
                "16,384 hashes, half of them present",
                20,
                _ -> {
                    List<Hash> asked = new ArrayList<>();
                    for (int i = 0; i < 8_192; i++) {
                        asked.add(samples.hash());
                        asked.add(known.get(random.nextInt(known.size())));
                    }
                    store.read(transaction -> transaction.blocks(project.key()).present(asked));
                });
        measure(
                "insert of 64 block rows",
                ROUNDS,
                _ -> {
                    List<NewBlock> batch = new ArrayList<>();
                    for (int n = 0; n < 64; n++) {
                        batch.add(samples.block(pack));
                    }
                    store.write(transaction ->
                            transaction.blocks(project.key()).insert(batch, Samples.T0));
                });
    }

    private void packs(Path folder) throws Exception {
        ProjectId project = new ProjectId(RandomId.next(random));
        int chunks = 256;
        List<Named> chunk = new ArrayList<>();
        for (int i = 0; i < 63; i++) {
            chunk.add(Frames.random(random, 64 << 10));
        }
        List<ByteBuffer> frames = chunk.stream().map(Named::frame).toList();
        double megabytes = chunks * 63 * 64 / 1024.0;
        try (BlockStore store = PackBlockStore.open(folder, random, InstantSource.system())) {
            List<List<FrameLocation>> places = new ArrayList<>();
            long start = System.nanoTime();
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                List<Future<List<FrameLocation>>> appends = new ArrayList<>();
                for (int i = 0; i < chunks; i++) {
                    appends.add(threads.submit(() -> store.append(project, frames)));
                }
                for (Future<List<FrameLocation>> append : appends) {
                    places.add(append.get());
                }
            }
            say(
                    "%.0f MB appended durably by 4 threads at %.0f MB/s",
                    megabytes, megabytes / ((System.nanoTime() - start) / 1e9));
            start = System.nanoTime();
            for (List<FrameLocation> of : places) {
                List<FrameRequest> requests = new ArrayList<>();
                for (int i = 0; i < 63; i++) {
                    requests.add(new FrameRequest(chunk.get(i).hash(), of.get(i)));
                }
                store.read(project, requests);
            }
            say(
                    "read and verified by 1 thread at %.0f MB/s",
                    megabytes / ((System.nanoTime() - start) / 1e9));
        }
        long start = System.nanoTime();
        PackBlockStore.open(folder, random, InstantSource.system()).close();
        say("opened again in %.0f ms", (System.nanoTime() - start) / 1e6);
    }
}
