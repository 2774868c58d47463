package io.syncline.system.sim;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerApi;
import io.syncline.client.api.TreeApi;
import io.syncline.core.block.Block;
import io.syncline.core.block.ContentBuilder;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.Cutter;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.WireJson;
import io.syncline.storage.metadata.Project;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A client of somebody else's making, which reads the feed and then commits what comes to its mind:
 * directories into themselves, names that are taken, deleted parents, old versions, contents that
 * it never sent or sent long ago, used ids, forged proofs, and what it has no right to. A server
 * has to stand that; our own clients plan better, and so don't ask for it. What people saved it
 * moves, but neither changes nor deletes.
 */
final class RashClient {
    private static final String[] NAMES = {"a", "b", "c"};
    private static final int CHANGES_MAX = 4;
    private static final int MAC_DIGITS = 32;

    /** Of a file of several blocks. */
    private static final int LARGE_BYTES = 300_000;

    private final SimulatedServer server;
    private final ServerApi api;
    private final ServerApi viewer;
    private final Saved saved;
    private final SeededRandom ids;
    private final Kernel.Program process;
    private final ReplicaId replica;
    private final List<Content> sent = new ArrayList<>();
    private CommitId last;

    /** The head of what it read last. */
    private Optional<Proof> read = Optional.empty();

    private int contents;

    /** What it has sent and is to commit later. */
    private Optional<Content> left = Optional.empty();

    /**
     * @param line of one who may commit
     * @param viewer of one who may not
     */
    RashClient(
            Kernel kernel,
            SimulatedServer server,
            Network.Line line,
            Network.Line viewer,
            Saved saved,
            long seed) {
        this.server = server;
        this.api = new HttpServerApi(line);
        this.viewer = new HttpServerApi(viewer);
        this.saved = saved;
        this.ids = new SeededRandom(seed);
        this.process = kernel.process("rash");
        this.replica = new ReplicaId(RandomId.next(ids));
        this.last = new CommitId(RandomId.next(ids));
    }

    /** It commits something, if the network lets it. */
    void act(SplittableRandom random) {
        attempt(() -> commit(random));
    }

    /** It sends what a file is to hold, and doesn't commit it yet. */
    void send(SplittableRandom random) {
        attempt(() -> left = Optional.of(send(bytes(random), true)));
    }

    /** It commits what it has sent so. */
    void commitSent() {
        attempt(() -> left.ifPresent(this::commit));
    }

    private void attempt(Runnable what) {
        process.start(() -> {
            try {
                what.run();
            } catch (SynclineException e) {
                // It doesn't try again.
            }
        });
    }

    private void commit(Content content) {
        Optional<ChangesPage> page = page();
        if (page.isPresent()) {
            var place = new Place(NodeId.ROOT, new Name("late " + contents++));
            var create =
                    new Change.Create(
                            new NodeId(-1), place, Item.file(content, false, 0), Optional.empty());
            var id = new CommitId(RandomId.next(ids));
            var commit = new Commit(id, replica, page.get().proof(), true, List.of(create));
            var _ = api.commit(server.project(), WireJson.COMMIT.toBytes(commit));
        }
    }

    /** The tree from its beginning, or the first part of it; empty where that isn't served. */
    private Optional<ChangesPage> page() {
        var all = ChangesRequest.first(Limits.CHANGES_PAGE_ENTRIES_MAX);
        return api.changes(server.project(), all)
                        instanceof TreeApi.ChangesOutcome.Page(ChangesPage page)
                ? Optional.of(page)
                : Optional.empty();
    }

    private void commit(SplittableRandom random) {
        if (random.nextInt(12) == 0) {
            forge(random);
        }
        if (random.nextInt(6) == 0) {
            claim();
        }
        Optional<ChangesPage> page = page();
        if (page.isEmpty()) {
            return;
        }
        List<Change> changes = new Ideas(page.get().changes(), random).changes();
        if (changes.isEmpty()) {
            return;
        }
        last = random.nextInt(10) == 0 ? last : new CommitId(RandomId.next(ids));
        var commit = new Commit(last, replica, page.get().proof(), random.nextInt(3) > 0, changes);
        read = Optional.of(page.get().proof());
        byte[] body = WireJson.COMMIT.toBytes(commit);
        if (random.nextInt(8) == 0) {
            var _ = viewer.commit(server.project(), body);
            throw new Violation("role", "a viewer has committed " + commit);
        }
        var _ = api.commit(server.project(), body);
    }

    /** It makes the server believe that it has lost something, without having its signature. */
    private void forge(SplittableRandom random) {
        Project row = server.row();
        long beyond = row.head() + random.nextInt(1, 100);
        var proof =
                new Proof(new Cursor(row.epoch(), beyond), row.digest(), "0".repeat(MAC_DIGITS));
        var _ =
                api.changes(
                        server.project(),
                        new ChangesRequest(
                                Optional.of(proof), beyond, Optional.empty(), 1, Optional.empty()));
    }

    /** It says that at the head it held what it once held at another sequence. */
    private void claim() {
        Project row = server.row();
        if (read.isPresent()) {
            var _ =
                    api.checkpoint(
                            server.project(),
                            new Checkpoint(
                                    replica,
                                    new Cursor(row.epoch(), row.head()),
                                    read.get().digest(),
                                    Optional.empty(),
                                    0,
                                    "rash"));
        }
    }

    /** What it could do to a tree. */
    private final class Ideas {
        private final List<Node> directories = new ArrayList<>();
        private final List<Node> others = new ArrayList<>();
        private final List<Node> dead = new ArrayList<>();
        private final Set<NodeId> named = new HashSet<>();
        private final SplittableRandom random;

        Ideas(List<Node> nodes, SplittableRandom random) {
            this.random = random;
            for (Node node : nodes) {
                List<Node> kind =
                        node.deleted() ? dead : node.item().isDirectory() ? directories : others;
                kind.add(node);
            }
        }

        List<Change> changes() {
            var changes = new ArrayList<Change>();
            for (int i = random.nextInt(1, CHANGES_MAX + 1); i > 0; i--) {
                switch (random.nextInt(8)) {
                    case 0 -> create(changes, Item.DIRECTORY);
                    case 1 -> create(changes, file());
                    case 2, 3 -> pick(directories).ifPresent(node -> move(changes, node));
                    case 4 -> pick(others).ifPresent(node -> move(changes, node));
                    case 5 -> swap(changes);
                    case 6 -> intoEachOther(changes);
                    default ->
                            pick(directories)
                                    .ifPresent(node ->
                                            changes.add(new Change.Delete(node.id(), seen(node))));
                }
            }
            return changes;
        }

        /** One that this commit doesn't name yet. */
        private Optional<Node> pick(List<Node> of) {
            if (of.isEmpty()) {
                return Optional.empty();
            }
            Node node = of.get(random.nextInt(of.size()));
            return named.add(node.id()) ? Optional.of(node) : Optional.empty();
        }

        private long seen(Node node) {
            return random.nextInt(8) == 0 ? Math.max(0, node.sequence() - 1) : node.sequence();
        }

        private Place place() {
            NodeId parent = NodeId.ROOT;
            if (!others.isEmpty() && random.nextInt(12) == 0) {
                parent = others.get(random.nextInt(others.size())).id();
            } else if (!dead.isEmpty() && random.nextInt(6) == 0) {
                parent = dead.get(random.nextInt(dead.size())).id();
            } else if (!directories.isEmpty() && random.nextInt(3) > 0) {
                parent = directories.get(random.nextInt(directories.size())).id();
            }
            return new Place(parent, new Name(NAMES[random.nextInt(NAMES.length)]));
        }

        private void create(List<Change> changes, Item item) {
            changes.add(
                    new Change.Create(
                            new NodeId(-1 - changes.size()), place(), item, Optional.empty()));
        }

        private void move(List<Change> changes, Node node) {
            move(changes, node, place());
        }

        private void move(List<Change> changes, Node node, Place to) {
            changes.add(
                    new Change.Update(node.id(), seen(node), Optional.of(to), Optional.empty()));
        }

        private void swap(List<Change> changes) {
            Optional<Node> one = pick(random.nextBoolean() ? directories : others);
            Optional<Node> other = pick(random.nextBoolean() ? directories : others);
            if (one.isPresent() && other.isPresent()) {
                move(changes, one.get(), other.get().place());
                move(changes, other.get(), one.get().place());
            }
        }

        private void intoEachOther(List<Change> changes) {
            Optional<Node> one = pick(directories);
            Optional<Node> other = pick(directories);
            if (one.isPresent() && other.isPresent()) {
                move(changes, one.get(), new Place(other.get().id(), new Name("b")));
                move(changes, other.get(), new Place(one.get().id(), new Name("a")));
            }
        }

        /** A file whose content it has sent, or not, or not all of it. */
        private Item file() {
            if (!sent.isEmpty() && random.nextInt(3) == 0) {
                return Item.file(sent.get(random.nextInt(sent.size())), false, 0);
            }
            byte[] bytes = bytes(random);
            sent.add(send(bytes, random.nextInt(3) > 0));
            // Some are named only much later, when nobody knows any more what they are for.
            return Item.file(sent.get(random.nextInt(sent.size())), false, 0);
        }
    }

    private byte[] bytes(SplittableRandom random) {
        byte[] bytes =
                ("rash " + contents++ + " " + random.nextLong()).getBytes(StandardCharsets.UTF_8);
        boolean large = random.nextBoolean();
        if (large) {
            int head = bytes.length;
            bytes = Arrays.copyOf(bytes, LARGE_BYTES);
            byte[] tail = new byte[LARGE_BYTES - head];
            random.nextBytes(tail);
            System.arraycopy(tail, 0, bytes, head, tail.length);
        }
        saved.known(bytes);
        return bytes;
    }

    /** Sends a content, wholly or only its tree blocks. */
    private Content send(byte[] bytes, boolean wholly) {
        var trees = new ArrayList<TreeBlock>();
        var content = new ContentBuilder(trees::add);
        var cutter = new Cutter(CutParameters.FORMAT_1);
        try (var encoder = new ChunkEncoder()) {
            var names = new ArrayList<Hash>();
            for (int from = 0; from < bytes.length; ) {
                int to = cutter.cut(bytes, from, bytes.length, true);
                byte[] block = Arrays.copyOfRange(bytes, from, to);
                Hash hash = Hash.sha256(block);
                content.add(hash, block.length);
                if (wholly) {
                    names.add(hash);
                    var _ = encoder.add(new Block(hash, 0, ByteBuffer.wrap(block)));
                }
                from = to;
            }
            Content whole = content.finish();
            for (TreeBlock tree : trees) {
                names.add(tree.hash());
                var _ = encoder.add(Block.of(tree));
            }
            if (!names.isEmpty()) {
                put(ChunkName.of(names), encoder.finish());
            }
            return whole;
        }
    }

    private void put(Hash name, ByteBuffer chunk) {
        try {
            var _ = api.putChunk(server.project(), name, chunk);
        } catch (SynclineException e) {
            // It believes that it was stored all the same.
        }
    }
}
