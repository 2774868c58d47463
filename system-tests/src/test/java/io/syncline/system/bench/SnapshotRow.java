package io.syncline.system.bench;

import io.syncline.core.error.SynclineException;
import io.syncline.core.snapshot.Parallel;
import io.syncline.core.snapshot.SnapshotHead;
import io.syncline.core.snapshot.SnapshotSource;
import io.syncline.core.snapshot.SnapshotTree;
import io.syncline.core.snapshot.SnapshotWriter;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.ListingOrder;
import io.syncline.system.endtoend.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The whole tree from the server's snapshot without content names: fetched, decoded on all
 * processors, and asked for a path. The server makes a snapshot of a project of more than 10,000
 * changes within a minute. A smaller one has none, since its reader begins with the feed: that
 * one's is made here and only decoded.
 */
final class SnapshotRow {
    private static final Duration MADE_WITHIN = Duration.ofMinutes(4);
    private static final int BYTES_MAX = 1 << 30;

    private final Bed bed;

    SnapshotRow(Bed bed) {
        this.bed = bed;
    }

    /** How long it takes. */
    Row load() throws Exception {
        Loader loader = bed.project();
        Times times = load(loader, bed.rounds(30));
        NaiveProcess naive = bed.naive();
        Times slow =
                Times.measureCold(Math.min(2, bed.rounds(30)), _ -> naive.list(naivePath(loader)));
        return Row.ofMedian(
                        "snapshot-load",
                        "tree of %,d files from its snapshot: fetched, decoded, asked"
                                .formatted(loader.shape().files()),
                        times,
                        60)
                .naive(slow.median(), "everything listed");
    }

    /** How many bytes it is. */
    Row bytes() throws Exception {
        Loader loader = bed.project();
        boolean made = isMade(loader);
        double tree =
                made ? treeBytes(loader) : SnapshotHead.read(source(make(loader))).contentOffset();
        double whole = made ? wholeBytes(loader) : make(loader).limit();
        double listed = bed.naive().list(naivePath(loader)).wireBytes();
        return Row.ofValue(
                        "snapshot-bytes",
                        "snapshot of %,d files without content names"
                                .formatted(loader.shape().files()),
                        Times.NONE,
                        tree / 1e6,
                        "MB")
                .goal(15)
                .naive(listed / 1e6, "everything listed, gzipped")
                .note("%.1f MB with content names".formatted(whole / 1e6));
    }

    /** The medians for a project of each of these sizes. */
    Plot.Series curve(List<Integer> sizes) throws Exception {
        Plot.Series loads = new Plot.Series("snapshot", "tree loaded from its snapshot");
        for (int size : sizes) {
            loads.add(size, load(bed.project(size), bed.rounds(20)).median());
        }
        return loads;
    }

    private static String naivePath(Loader loader) {
        return "/all/" + loader.project().id();
    }

    private Times load(Loader loader, int rounds) throws Exception {
        boolean made = isMade(loader);
        ByteBuffer local = made ? ByteBuffer.allocate(0) : make(loader);
        // What changed since the snapshot isn't in it.
        int least = loader.shape().nodes() * 4 / 5;
        try (ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            return Times.measure(
                    rounds,
                    _ -> {
                        ByteBuffer bytes = made ? fetchTree(loader) : local;
                        SnapshotTree tree =
                                SnapshotTree.read(
                                        source(bytes), false, BYTES_MAX, parallel(threads));
                        boolean found = tree.resolve(List.of(new Name("archive"))).isPresent();
                        if (tree.size() < least || !found) {
                            throw new IllegalStateException(
                                    "a snapshot of " + tree.size() + " nodes");
                        }
                    });
        }
    }

    private ByteBuffer make(Loader loader) throws IOException {
        ByteArrayOutputStream tree = new ByteArrayOutputStream();
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        try (SnapshotWriter writer =
                new SnapshotWriter(
                        loader.project().id(),
                        new Cursor(loader.project().epoch(), loader.head()),
                        loader.proof().digest(),
                        bytes -> append(tree, bytes),
                        bytes -> append(contents, bytes))) {
            for (Optional<NodeId> directory = writer.nextDirectory();
                    directory.isPresent();
                    directory = writer.nextDirectory()) {
                for (Node node : children(loader, directory.get())) {
                    writer.add(node);
                }
            }
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            append(all, writer.finish());
            tree.writeTo(all);
            contents.writeTo(all);
            return ByteBuffer.wrap(all.toByteArray());
        }
    }

    private static void append(ByteArrayOutputStream to, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        to.writeBytes(copy);
    }

    private List<Node> children(Loader loader, NodeId directory) {
        List<Node> all = new ArrayList<>();
        Optional<String> after = Optional.empty();
        do {
            ChildrenPage page =
                    bed.api()
                            .children(
                                    loader.project().id(),
                                    directory,
                                    ListingOrder.BY_NAME,
                                    after,
                                    Limits.CHILDREN_PAGE_ENTRIES_MAX);
            all.addAll(page.nodes());
            after = page.after();
        } while (after.isPresent());
        all.sort(Comparator.comparing(node -> node.place().name()));
        return all;
    }

    private boolean isMade(Loader loader) throws IOException {
        if (loader.head() <= 10_000) {
            return false;
        }
        long deadline = System.nanoTime() + MADE_WITHIN.toNanos();
        while (true) {
            HttpURLConnection asked = open(loader, "HEAD", "");
            boolean fresh =
                    asked.getResponseCode() == 200
                            && Long.parseLong(asked.getHeaderField("Syncline-Sequence"))
                                    >= loader.head() - Math.max(10_000, loader.head() / 20);
            if (fresh) {
                return true;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the server doesn't make a snapshot");
            }
            Await.pause(Duration.ofMillis(500));
        }
    }

    private ByteBuffer fetchTree(Loader loader) throws IOException {
        ByteBuffer first = fetch(loader, "bytes=0-" + ((64 << 10) - 1));
        SnapshotHead head = SnapshotHead.read(source(first));
        return first.limit() >= head.contentOffset()
                ? first
                : fetch(loader, "bytes=0-" + (head.contentOffset() - 1));
    }

    private static SnapshotSource source(ByteBuffer bytes) {
        return SnapshotSource.of(bytes);
    }

    private static Parallel parallel(ExecutorService threads) {
        return tasks -> {
            List<Future<?>> running = new ArrayList<>();
            tasks.forEach(task -> running.add(threads.submit(task)));
            for (Future<?> one : running) {
                try {
                    one.get();
                } catch (ExecutionException e) {
                    throw SynclineException.corrupt("a snapshot: " + e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    private long treeBytes(Loader loader) throws IOException {
        return SnapshotHead.read(source(fetch(loader, "bytes=0-" + ((64 << 10) - 1))))
                .contentOffset();
    }

    private long wholeBytes(Loader loader) throws IOException {
        return open(loader, "HEAD", "").getContentLengthLong();
    }

    private ByteBuffer fetch(Loader loader, String range) throws IOException {
        HttpURLConnection connection = open(loader, "GET", range);
        try (var in = connection.getInputStream()) {
            return ByteBuffer.wrap(in.readAllBytes());
        }
    }

    private HttpURLConnection open(Loader loader, String method, String range) throws IOException {
        var connection =
                (HttpURLConnection)
                        bed.address()
                                .origin()
                                .resolve("/v1/projects/" + loader.project().id() + "/snapshot")
                                .toURL()
                                .openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", "Bearer " + bed.token());
        if (!range.isEmpty()) {
            connection.setRequestProperty("Range", range);
        }
        return connection;
    }
}
