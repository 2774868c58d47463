package io.syncline.system.bench;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ListingReader;
import io.syncline.client.api.TreeApi;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.SearchPage;
import io.syncline.system.endtoend.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Listing, changes and commits: what a server answers over HTTP, read as the client reads it. */
final class ServerRows {
    private static final int PAGE = Limits.PAGE_ENTRIES;
    private static final Duration INDEXED_WITHIN = Duration.ofMinutes(10);

    private final Bed bed;
    private final Random random = new Random(3);

    ServerRows(Bed bed) {
        this.bed = bed;
    }

    /**
     * The large folder, page by page; beside it the same folder in one answer. Both sides get about
     * as long to have their code compiled, some 5 s: what a server takes that has run for a while.
     * More rounds of ours would meet the limit of a device's requests.
     */
    Row list() throws Exception {
        Loader loader = bed.project();
        int files = loader.shape().folderFiles();
        Times times =
                Times.measure(
                        bed.rounds(300),
                        bed.rounds(100),
                        _ -> checkCount(files, listFolder(loader)));
        NaiveProcess naive = bed.naive();
        String path = naiveFolder(loader);
        Times slow =
                Times.measure(
                        bed.rounds(20),
                        bed.rounds(10),
                        _ -> checkCount(files, naive.list(path).entries()));
        return Row.ofMedian(
                        "list-10k",
                        "list a folder of %,d files, project of %,d, %d pages"
                                .formatted(
                                        files, loader.shape().files(), Math.ceilDiv(files, PAGE)),
                        times,
                        30)
                .naive(slow.median(), "one answer, with queries for each file");
    }

    /** The same for the first who opens it after something in it changed. */
    Row listFirst() throws Exception {
        Loader loader = bed.project();
        int files = loader.shape().folderFiles();
        int rounds = bed.rounds(60);
        double[] millis = new double[rounds];
        for (int i = -rounds; i < rounds; i++) {
            touch(loader, "passing " + i);
            long start = System.nanoTime();
            checkCount(files, listFolder(loader));
            if (i >= 0) {
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        return Row.ofMedian(
                "list-10k-first", "the same, first opened since it changed", new Times(millis), 30);
    }

    /** Changes the large folder, and leaves it as it was. */
    private static void touch(Loader loader, String name) {
        Change create =
                new Change.Create(
                        new NodeId(-1),
                        new Place(loader.folder(), new Name(name)),
                        Item.file(Content.EMPTY, false, 0),
                        Optional.empty());
        Node node = Loader.nodes(loader.send(loader.body(List.of(create)))).getFirst();
        Change delete = new Change.Delete(node.id(), node.sequence());
        checkCount(1, Loader.nodes(loader.send(loader.body(List.of(delete)))).size());
    }

    /** One page, anywhere in the large folder. */
    Row page() throws Exception {
        Loader loader = bed.project();
        List<Optional<String>> starts = new ArrayList<>(List.of(Optional.empty()));
        ChildrenPage page = children(loader, loader.folder(), Optional.empty());
        while (page.after().isPresent()) {
            starts.add(page.after());
            page = children(loader, loader.folder(), page.after());
        }
        Times times =
                Times.measure(
                        bed.rounds(1_000),
                        _ ->
                                children(
                                        loader,
                                        loader.folder(),
                                        starts.get(random.nextInt(starts.size()))));
        return Row.ofValue(
                        "list-page",
                        "any one page of them, 99th percentile",
                        times,
                        times.p99(),
                        "ms")
                .goal(5);
    }

    /** What a person sees first; a server without pages sends all of the folder. */
    Row firstPage() throws Exception {
        Loader loader = bed.project();
        Times times =
                Times.measure(
                        bed.rounds(400), _ -> children(loader, NodeId.ROOT, Optional.empty()));
        Times large =
                Times.measure(
                        bed.rounds(200), _ -> children(loader, loader.folder(), Optional.empty()));
        NaiveProcess naive = bed.naive();
        String path = naiveFolder(loader);
        Times slow = Times.measure(bed.rounds(10), _ -> naive.list(path));
        int root = children(loader, NodeId.ROOT, Optional.empty()).nodes().size();
        return Row.ofMedian(
                        "first-page",
                        "first page of a project, %d entries".formatted(root),
                        times,
                        5)
                .naive(
                        slow.median() / large.median() * times.median(),
                        "the whole of the large folder before anything is shown, against its first"
                                + " page");
    }

    /**
     * Changes since anywhere; beside it the whole listing, out of which a client would find them.
     */
    Row changes() throws Exception {
        Loader loader = bed.project();
        Times times = changes(loader, bed.rounds(400));
        NaiveProcess naive = bed.naive();
        String path = naiveAll(loader);
        long nodes = bed.api().project(loader.project().id()).nodes();
        Times slow =
                Times.measureCold(
                        Math.min(3, bed.rounds(30)),
                        _ -> checkCount(nodes, naive.list(path).entries()));
        return Row.ofMedian(
                        "changes-500",
                        "%d changes since a cursor, project of %,d"
                                .formatted(PAGE, loader.shape().files()),
                        times,
                        5)
                .naive(slow.median(), "everything listed, to find what is new");
    }

    private Times changes(Loader loader, int rounds) throws Exception {
        HttpServerApi api = bed.api();
        long last = loader.head() - PAGE;
        return Times.measure(
                rounds,
                _ -> {
                    long since = last <= 0 ? 0 : random.nextLong(last);
                    ChangesPage page = page(api, loader, since, PAGE);
                    // Of what changed again later only the newest state is in the feed.
                    int least = loader.shape().files() < PAGE ? 1 : PAGE / 2;
                    checkCount(Math.max(least, page.changes().size()), page.changes().size());
                });
    }

    /** Bytes to tell a device of a change of every twentieth file. */
    Row delta() throws Exception {
        Loader loader = bed.project();
        HttpServerApi api = bed.api();
        long before = loader.head();
        int count = Math.max(1, loader.shape().files() / 20);
        List<Integer> all = loader.draw(count);
        for (int at = 0; at < count; at += Limits.COMMIT_CHANGES_MAX) {
            update(loader, all.subList(at, Math.min(count, at + Limits.COMMIT_CHANGES_MAX)), at);
        }
        long received = api.traffic().total().receivedBytes();
        Set<NodeId> seen = new HashSet<>();
        Times times =
                Times.measureCold(
                        1,
                        _ -> {
                            ChangesPage page;
                            long since = before;
                            do {
                                page = page(api, loader, since, Limits.CHANGES_PAGE_ENTRIES_MAX);
                                page.changes().forEach(node -> seen.add(node.id()));
                                since = page.to();
                            } while (page.more());
                        });
        checkCount(count, seen.size());
        double bytes = api.traffic().total().receivedBytes() - received;
        NaiveProcess.Listed listed = bed.naive().list(naiveAll(loader));
        checkCount(api.project(loader.project().id()).nodes(), listed.entries());
        return Row.ofValue(
                        "delta-5pct",
                        "bytes that tell of changes to %,d of %,d files"
                                .formatted(count, loader.shape().files()),
                        times,
                        bytes / 1e6,
                        "MB")
                .naive(listed.wireBytes() / 1e6, "everything listed, gzipped");
    }

    /** Durable commits of changes to files drawn at random; beside it a request for each file. */
    Row commit() throws Exception {
        Loader loader = bed.project();
        Times times = commits(loader, bed.rounds(100));
        List<Integer> files = loader.draw(Limits.COMMIT_CHANGES_MAX);
        Times slow =
                Times.measureCold(
                        Math.min(3, bed.rounds(30)),
                        round -> {
                            for (int file : files) {
                                update(loader, List.of(file), 1_000_000 + round);
                            }
                        });
        return Row.ofMedian(
                        "commit-500",
                        "commit of %d changes all over the project, durable"
                                .formatted(Limits.COMMIT_CHANGES_MAX),
                        times,
                        50)
                .naive(slow.median(), "a chunk and a commit for each file");
    }

    /** Times the commits alone; the contents are stored before. */
    private Times commits(Loader loader, int rounds) throws Exception {
        int count = Math.min(Limits.COMMIT_CHANGES_MAX, loader.shape().files());
        double[] millis = new double[rounds];
        for (int round = -rounds; round < rounds; round++) {
            List<Integer> files = loader.draw(count);
            byte[] body = prepare(loader, files, 2_000_000 + round);
            long start = System.nanoTime();
            List<Node> nodes = Loader.nodes(loader.send(body));
            if (round >= 0) {
                millis[round] = (System.nanoTime() - start) / 1e6;
            }
            loader.updated(files, nodes);
        }
        return new Times(millis);
    }

    private static void update(Loader loader, List<Integer> files, int version) {
        loader.updated(files, Loader.nodes(loader.send(prepare(loader, files, version))));
    }

    private static byte[] prepare(Loader loader, List<Integer> files, int version) {
        List<Content> contents = loader.store(files, version);
        List<Change> changes = loader.updates(files, contents, version);
        return loader.body(changes);
    }

    // Cost against size.

    /** The medians, in milliseconds, for a project of each of these sizes. */
    List<Plot.Series> curves(List<Integer> sizes) throws Exception {
        Plot.Series folder = new Plot.Series("list", "a page of 500 in a folder");
        Plot.Series whole = new Plot.Series("list", "naive: the folder in one answer");
        Plot.Series changes = new Plot.Series("changes", "500 changes since a cursor");
        Plot.Series all = new Plot.Series("changes", "naive: everything listed");
        Plot.Series commit = new Plot.Series("commit", "commit of 500 changes");
        for (int size : sizes) {
            Loader loader = bed.project(size);
            NaiveProcess naive = bed.naive();
            folder.add(
                    size,
                    Times.measure(
                                    bed.rounds(200),
                                    _ -> children(loader, loader.folder(), Optional.empty()))
                            .median());
            whole.add(size, Times.measure(4, _ -> naive.list(naiveFolder(loader))).median());
            changes.add(size, changes(loader, bed.rounds(200)).median());
            all.add(size, Times.measureCold(1, _ -> naive.list(naiveAll(loader))).median());
            commit.add(size, commits(loader, bed.rounds(60)).median());
        }
        return List.of(folder, whole, changes, all, commit);
    }

    // Requests.

    private long listFolder(Loader loader) {
        AtomicLong files = new AtomicLong();
        new ListingReader(
                        bed.api(),
                        loader.project().id(),
                        loader.folder(),
                        ListingOrder.BY_NAME,
                        PAGE)
                .read(page -> {
                    files.addAndGet(page.nodes().size());
                    return true;
                });
        return files.get();
    }

    private ChildrenPage children(Loader loader, NodeId directory, Optional<String> after) {
        return bed.api()
                .children(loader.project().id(), directory, ListingOrder.BY_NAME, after, PAGE);
    }

    private static ChangesPage page(HttpServerApi api, Loader loader, long since, int limit) {
        return switch (api.changes(loader.project().id(), request(loader, since, limit))) {
            case TreeApi.ChangesOutcome.Page(ChangesPage page) -> page;
            case TreeApi.ChangesOutcome.Expired expired ->
                    throw new IllegalStateException(
                            "changes since %d, of %s: %s"
                                    .formatted(since, loader.proof(), expired));
        };
    }

    private static ChangesRequest request(Loader loader, long since, int limit) {
        return new ChangesRequest(
                Optional.of(loader.proof()), since, Optional.empty(), limit, Optional.empty());
    }

    /** Files whose names hold a text of four characters, anywhere in the project. */
    Row find() throws Exception {
        Loader loader = bed.project();
        HttpServerApi api = bed.api();
        Await.until(
                INDEXED_WITHIN,
                () -> {
                    SearchPage page = search(api, loader, "report");
                    return page.complete() == page.head();
                },
                () -> "the names aren't indexed");
        Times times =
                Times.measure(
                        bed.rounds(200),
                        _ -> search(api, loader, "%04x".formatted(random.nextInt(1 << 16))));
        Times slow = Times.measureCold(2, _ -> bed.naive().list(naiveAll(loader)));
        return Row.ofMedian(
                        "find",
                        "search for four characters of a name among %,d files"
                                .formatted(loader.shape().files()),
                        times)
                .naive(slow.median(), "everything listed");
    }

    private static SearchPage search(HttpServerApi api, Loader loader, String text) {
        return api.search(loader.project().id(), text, Optional.empty(), SearchPage.NODES_MAX);
    }

    private static String naiveFolder(Loader loader) {
        return "/list/" + loader.project().id() + "/" + loader.folder();
    }

    private static String naiveAll(Loader loader) {
        return "/all/" + loader.project().id();
    }

    /** A fast answer to another question is no result. */
    private static void checkCount(long wanted, long found) {
        if (wanted != found) {
            throw new IllegalStateException("answered " + found + " entries instead of " + wanted);
        }
    }
}
