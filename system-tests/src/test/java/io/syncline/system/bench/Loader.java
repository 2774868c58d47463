package io.syncline.system.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncline.client.api.BlockApi;
import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.TreeApi;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.WireJson;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * A device without a folder: makes and changes the files of a project through the public API, in
 * chunks and commits as any client does, and knows what the digest must be. Its memory per file is
 * two numbers. Used by one thread at a time.
 */
final class Loader {
    private static final int COMMIT = Limits.COMMIT_CHANGES_MAX;

    /** Files whose blocks go in one chunk. */
    private static final int BATCH = 8 * COMMIT;

    /** Batches under way at once, as many as a client has commits. */
    private static final int PARALLEL = 4;

    /**
     * The modification time of the oldest file, in nanoseconds; the others follow by the second.
     */
    private static final long FIRST_TIME = 1_700_000_000_123_456_789L;

    private final HttpServerApi api;
    private final ProjectView project;
    private final Shape shape;
    private final Random random = new Random(7);
    private final ReplicaId replica = new ReplicaId(RandomId.next(random));

    /** By file: its node, and that node's version. */
    private final long[] ids;

    private final long[] versions;
    private NodeId folder = NodeId.ROOT;
    private TreeDigest digest = TreeDigest.EMPTY;
    private Proof proof;

    /** A loader of an empty project. */
    Loader(HttpServerApi api, ProjectView project, Shape shape) {
        this.api = api;
        this.project = project;
        this.shape = shape;
        this.proof = project.proof();
        this.ids = new long[shape.files()];
        this.versions = new long[shape.files()];
    }

    ProjectView project() {
        return project;
    }

    Shape shape() {
        return shape;
    }

    /** The large folder. */
    NodeId folder() {
        return folder;
    }

    /** The project's head as far as this device knows it. */
    synchronized long head() {
        return proof.sequence();
    }

    /** The same, as the server stated it. */
    synchronized Proof proof() {
        return proof;
    }

    /** What the project's digest must be if only this device changed it. */
    synchronized TreeDigest digest() {
        return digest;
    }

    /**
     * Makes the whole tree. Changes can be asked for from its beginning on, whatever comes later.
     */
    void load() throws InterruptedException {
        holdFloor();
        folder = directories(List.of(new Place(NodeId.ROOT, new Name("archive")))).getFirst();
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < shape.parents(); i++) {
            places.add(new Place(NodeId.ROOT, new Name("team %03d".formatted(i))));
        }
        List<NodeId> parents = directories(places);
        places.clear();
        for (int i = 0; i < shape.leaves(); i++) {
            places.add(new Place(parents.get(i / Shape.LEAVES), new Name("project " + i)));
        }
        List<NodeId> leaves = directories(places);
        inParallel(
                shape.files(),
                BATCH,
                (from, to) -> {
                    List<Content> contents = store(from, to, 0);
                    for (int at = from; at < to; at += COMMIT) {
                        create(
                                at,
                                Math.min(to, at + COMMIT),
                                contents.subList(at - from, contents.size()),
                                leaves);
                    }
                });
    }

    /** As a device would that has received nothing yet (R16). */
    private void holdFloor() {
        Proof beginning = project.proof();
        var checkpoint =
                new Checkpoint(
                        replica,
                        beginning.cursor(),
                        beginning.digest(),
                        Optional.empty(),
                        0,
                        "loader");
        if (!(api.checkpoint(project.id(), checkpoint)
                instanceof TreeApi.CheckpointOutcome.Accepted)) {
            throw new IllegalStateException("the checkpoint of an empty project was refused");
        }
    }

    /** Makes directories and tells their nodes in the same order. */
    private List<NodeId> directories(List<Place> places) {
        List<NodeId> made = new ArrayList<>();
        for (int from = 0; from < places.size(); from += COMMIT) {
            List<Change> changes = new ArrayList<>();
            for (int i = from; i < Math.min(places.size(), from + COMMIT); i++) {
                changes.add(
                        new Change.Create(
                                new NodeId(from - i - 1),
                                places.get(i),
                                Item.DIRECTORY,
                                Optional.empty()));
            }
            commit(changes).forEach(node -> made.add(node.id()));
        }
        return made;
    }

    private void create(int from, int to, List<Content> contents, List<NodeId> leaves) {
        List<Change> changes = new ArrayList<>();
        for (int file = from; file < to; file++) {
            NodeId parent =
                    file < shape.folderFiles()
                            ? folder
                            : leaves.get((file - shape.folderFiles()) / Shape.LEAF_FILES);
            changes.add(
                    new Change.Create(
                            new NodeId(from - file - 1),
                            new Place(parent, new Name(Shape.fileName(file))),
                            item(contents.get(file - from), file, 0),
                            Optional.empty()));
        }
        List<Node> made = commit(changes);
        for (int file = from; file < to; file++) {
            ids[file] = made.get(file - from).id().value();
            versions[file] = made.get(file - from).sequence();
        }
    }

    private static Item item(Content content, int file, int version) {
        return Item.file(
                content, false, FIRST_TIME + (file + 1_000_003L * version) * 1_000_000_000L);
    }

    private List<Content> store(int from, int to, int version) {
        return store(IntStream.range(from, to).boxed().toList(), version);
    }

    /** Stores these files' contents in one chunk. */
    List<Content> store(List<Integer> files, int version) {
        BlockHasher hasher = new BlockHasher();
        List<Content> contents = new ArrayList<>();
        List<Hash> names = new ArrayList<>();
        try (ChunkEncoder encoder = new ChunkEncoder()) {
            for (int file : files) {
                byte[] bytes = Shape.content(file, version).getBytes(UTF_8);
                Hash hash = hasher.hash(0, bytes, 0, bytes.length);
                if (!encoder.add(hash, 0, ByteBuffer.wrap(bytes))) {
                    throw new IllegalStateException("a chunk has no room for tiny files");
                }
                names.add(hash);
                contents.add(new Content(0, hash, bytes.length));
            }
            if (!(api.putChunk(project.id(), ChunkName.of(names), encoder.finish())
                    instanceof BlockApi.ChunkOutcome.Stored)) {
                throw new IllegalStateException("a chunk of plain blocks wasn't stored");
            }
        }
        return contents;
    }

    /** A commit that changes these files, whose new contents are stored by now. */
    List<Change> updates(List<Integer> files, List<Content> contents, int version) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            int file = files.get(i);
            changes.add(
                    new Change.Update(
                            new NodeId(ids[file]),
                            versions[file],
                            Optional.empty(),
                            Optional.of(item(contents.get(i), file, version))));
        }
        return changes;
    }

    /** Notes what became of {@link #updates}. */
    void updated(List<Integer> files, List<Node> nodes) {
        for (int i = 0; i < files.size(); i++) {
            versions[files.get(i)] = nodes.get(i).sequence();
        }
    }

    /** So many different files drawn at random, or all there are. */
    List<Integer> draw(int count) {
        return random.ints(0, shape.files())
                .distinct()
                .limit(Math.min(count, shape.files()))
                .boxed()
                .toList();
    }

    /** Sends a commit that must succeed, and tells the nodes in the order of its changes. */
    List<Node> commit(List<Change> changes) {
        return applied(send(body(changes)));
    }

    /** A commit's bytes. */
    synchronized byte[] body(List<Change> changes) {
        return WireJson.COMMIT.toBytes(
                new Commit(new CommitId(RandomId.next(random)), replica, proof, false, changes));
    }

    CommitAnswer send(byte[] body) {
        if (api.commit(project.id(), body) instanceof TreeApi.CommitOutcome.Answered(var answer)) {
            see(answer.proof());
            return answer;
        }
        throw new IllegalStateException("the project isn't the one that was loaded");
    }

    private synchronized void see(Proof stated) {
        if (stated.sequence() > proof.sequence()) {
            proof = stated;
        }
    }

    /** Only for nodes that this device made: the digest takes them as new. */
    private List<Node> applied(CommitAnswer answer) {
        List<Node> nodes = nodes(answer);
        synchronized (this) {
            for (Node node : nodes) {
                digest = digest.plus(node);
            }
        }
        return nodes;
    }

    /** The nodes of an answer without refusals. */
    static List<Node> nodes(CommitAnswer answer) {
        List<Node> nodes = new ArrayList<>();
        for (ChangeResult result : answer.results()) {
            if (!(result instanceof ChangeResult.Applied(Node node))) {
                throw new IllegalStateException("refused: " + result);
            }
            nodes.add(node);
        }
        return nodes;
    }

    /** Work on a range of files. */
    @FunctionalInterface
    private interface Range {
        void run(int from, int to);
    }

    private static void inParallel(int count, int step, Range range) throws InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(PARALLEL)) {
            List<Future<?>> parts = new ArrayList<>();
            for (int at = 0; at < count; at += step) {
                int from = at;
                parts.add(threads.submit(() -> range.run(from, Math.min(count, from + step))));
            }
            for (Future<?> part : parts) {
                part.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("loading failed", e.getCause());
        }
    }
}
