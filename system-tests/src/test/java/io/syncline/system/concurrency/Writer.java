package io.syncline.system.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.BlockApi.BlocksOutcome;
import io.syncline.client.api.BlockApi.ChunkOutcome;
import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.TreeApi.CommitOutcome;
import io.syncline.core.block.Block;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.WireJson;
import io.syncline.system.concurrency.Samples.Sample;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A device that changes the project at random, and looks at it. */
final class Writer {
    /** Few names, so that they are taken often. */
    private static final int NAMES = 40;

    /** From then on more is deleted than made. */
    private static final int NODES_WANTED = 150;

    /** More rounds than a collector that runs all the time can spoil. */
    private static final int SENDS_MAX = 50;

    private static final int REMEMBERED = 5;

    private final Trial trial;
    private final HttpServerApi api;
    private final RandomGenerator random;
    private final ProjectId project;
    private final Board board;
    private final ReplicaId replica;
    private final List<Sent> sent = new ArrayList<>();

    /** A commit's bytes and what was answered. */
    @SuppressWarnings("ArrayRecordComponent") // Handed over, and never compared.
    private record Sent(byte[] body, CommitAnswer answer) {}

    Writer(Trial trial, HttpServerApi api, RandomGenerator random) {
        this.trial = trial;
        this.api = api;
        this.random = random;
        this.project = trial.project();
        this.board = trial.board();
        this.replica = new ReplicaId(RandomId.next(random));
    }

    void run(BooleanSupplier goesOn) {
        try (ExecutorService twin = Executors.newVirtualThreadPerTaskExecutor()) {
            while (goesOn.getAsBoolean()) {
                step(twin);
            }
        }
    }

    private void step(ExecutorService twin) {
        boolean full = board.liveNodes() > NODES_WANTED;
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> {
                if (full) {
                    delete(twin);
                } else {
                    create(twin);
                }
            }
            case 3 -> makeDirectory(twin);
            case 4, 5, 6 -> edit(twin);
            case 7, 8, 9, 10 -> move(twin);
            case 11, 12 -> delete(twin);
            case 13 -> swap(twin);
            case 14 -> several(twin);
            case 15 -> again();
            case 16, 17 -> look();
            case 18 -> list();
            default -> read();
        }
    }

    private Name anyName() {
        return new Name("n" + random.nextInt(NAMES));
    }

    private Place anyPlace() {
        return new Place(board.anyDirectory(random), anyName());
    }

    /** Mostly the newest version, now and then one that can't be right. */
    private long expected(Node node) {
        return random.nextInt(20) == 0 ? node.sequence() - 1 : node.sequence();
    }

    private void create(ExecutorService twin) {
        Sample sample = random.nextInt(12) == 0 ? Samples.fresh(random) : anySample();
        withContent(
                twin,
                sample,
                new Change.Create(
                        new NodeId(-1), anyPlace(), file(sample.content()), Optional.empty()));
    }

    private Sample anySample() {
        return trial.samples().any(random);
    }

    private Item file(Content content) {
        return Item.file(content, random.nextInt(8) == 0, random.nextLong(1L << 60));
    }

    private void makeDirectory(ExecutorService twin) {
        commit(twin, false, List.of(newDirectory(-1, anyPlace())));
    }

    private static Change newDirectory(long id, Place place) {
        return new Change.Create(new NodeId(id), place, Item.DIRECTORY, Optional.empty());
    }

    private void edit(ExecutorService twin) {
        Optional<Node> file = board.anyFile(random);
        if (file.isPresent()) {
            Sample sample = anySample();
            withContent(
                    twin,
                    sample,
                    new Change.Update(
                            file.get().id(),
                            expected(file.get()),
                            random.nextInt(4) == 0 ? Optional.of(anyPlace()) : Optional.empty(),
                            Optional.of(file(sample.content()))));
        }
    }

    private void move(ExecutorService twin) {
        Optional<Node> node =
                random.nextBoolean()
                        ? board.anyNode(random)
                        : Optional.of(board.anyDirectory(random)).flatMap(board::live);
        if (node.isPresent()) {
            commit(
                    twin,
                    false,
                    List.of(
                            new Change.Update(
                                    node.get().id(),
                                    expected(node.get()),
                                    Optional.of(anyPlace()),
                                    Optional.empty())));
        }
    }

    private void delete(ExecutorService twin) {
        Optional<Node> node = board.anyNode(random);
        if (node.isPresent()) {
            commit(twin, false, List.of(new Change.Delete(node.get().id(), expected(node.get()))));
        }
    }

    /** Two nodes change places (R20). */
    private void swap(ExecutorService twin) {
        Optional<Node> one = board.anyNode(random);
        Optional<Node> other = board.anyNode(random);
        if (one.isPresent() && other.isPresent() && !one.get().id().equals(other.get().id())) {
            commit(
                    twin,
                    true,
                    List.of(
                            moved(one.get(), other.get().place()),
                            moved(other.get(), one.get().place())));
        }
    }

    private Change moved(Node node, Place to) {
        return new Change.Update(node.id(), expected(node), Optional.of(to), Optional.empty());
    }

    /** A directory with directories in it, and what else comes to mind, atomically or not. */
    private void several(ExecutorService twin) {
        List<Change> changes = new ArrayList<>();
        changes.add(newDirectory(-1, anyPlace()));
        changes.add(newDirectory(-2, new Place(new NodeId(-1), anyName())));
        Stream.generate(() -> board.anyNode(random))
                .limit(random.nextInt(1, 4))
                .flatMap(Optional::stream)
                .distinct()
                .map(node ->
                        switch (random.nextInt(3)) {
                            case 0 -> new Change.Delete(node.id(), expected(node));
                            case 1 -> new Change.Check(node.id(), expected(node));
                            default -> moved(node, anyPlace());
                        })
                .filter(change ->
                        changes.stream().noneMatch(other -> other.id().equals(change.id())))
                .forEach(changes::add);
        commit(twin, random.nextBoolean(), changes);
    }

    /** An old commit once more gets its first answer (L8, R9); another body under its id none. */
    private void again() {
        if (sent.isEmpty()) {
            return;
        }
        Sent old = sent.get(random.nextInt(sent.size()));
        assertThat(answer(old.body)).as("a repeated commit").isEqualTo(old.answer);
        Commit commit = WireJson.COMMIT.fromBytes(old.body);
        Commit other =
                new Commit(commit.id(), replica, commit.base(), !commit.atomic(), commit.changes());
        try {
            answer(WireJson.COMMIT.toBytes(other));
            throw new AssertionError("another commit of the id " + commit.id() + " was taken");
        } catch (SynclineException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID);
        }
    }

    private void look() {
        Optional<Node> node = board.anyNode(random);
        if (node.isPresent()) {
            look(node.get().id());
        }
    }

    private Optional<Node> look(NodeId id) {
        long begin = System.nanoTime();
        Optional<Node> found = trial.clock().request(() -> api.node(project, id));
        trial.recording().add(new Recorded.Looked(begin, System.nanoTime(), id, found));
        found.ifPresent(board::saw);
        return found;
    }

    private void list() {
        NodeId directory = board.anyDirectory(random);
        long begin = System.nanoTime();
        try {
            var page =
                    trial.clock()
                            .request(() ->
                                    api.children(
                                            project,
                                            directory,
                                            ListingOrder.BY_NAME,
                                            Optional.empty(),
                                            1_000));
            trial.recording().add(new Recorded.Listed(begin, System.nanoTime(), directory, page));
        } catch (SynclineException e) {
            // It was deleted meanwhile, which the look records.
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(look(directory)).matches(found -> found.orElseThrow().deleted());
        }
    }

    /** What a live node holds can be read: the collector never takes it. */
    private void read() {
        Optional<Node> file = board.anyFile(random);
        if (file.isEmpty() || file.get().item().content().orElseThrow().isEmpty()) {
            return;
        }
        Hash top = file.get().item().content().orElseThrow().hash();
        BlocksOutcome outcome = trial.clock().request(() -> api.readBlocks(project, List.of(top)));
        // Replaced, it is kept for a time that the board never is behind.
        assertThat(outcome).as("%s", file.get()).isInstanceOf(BlocksOutcome.Frames.class);
    }

    private void withContent(ExecutorService twin, Sample sample, Change change) {
        for (int i = 0; i < SENDS_MAX; i++) {
            if (i > 0 || random.nextInt(3) > 0) {
                upload(sample);
            }
            CommitAnswer answer = commit(twin, false, List.of(change));
            boolean missing =
                    answer.results().getFirst() instanceof ChangeResult.Refused refused
                            && refused.reason() == Reason.MISSING_BLOCKS;
            if (!missing) {
                return;
            }
        }
        throw new AssertionError("blocks of " + sample.content() + " are never there");
    }

    /** Sends what is missing until nothing is. */
    private void upload(Sample sample) {
        for (int i = 0; i < SENDS_MAX && !sample.blocks().isEmpty(); i++) {
            List<Hash> hashes = sample.blocks().stream().map(Block::hash).toList();
            BitSet missing = trial.clock().request(() -> api.missing(project, hashes));
            if (missing.isEmpty()) {
                return;
            }
            List<Block> some = missing.stream().mapToObj(sample.blocks()::get).toList();
            ChunkOutcome outcome = trial.clock().request(() -> put(some));
            if (outcome instanceof ChunkOutcome.Stored) {
                return;
            }
        }
    }

    private ChunkOutcome put(List<Block> blocks) {
        try (ChunkEncoder encoder = new ChunkEncoder()) {
            for (Block block : blocks) {
                assertThat(encoder.add(block)).isTrue();
            }
            ByteBuffer chunk = encoder.finish();
            Hash name = ChunkName.of(blocks.stream().map(Block::hash).toList());
            return api.putChunk(project, name, chunk);
        }
    }

    private CommitAnswer commit(ExecutorService twin, boolean atomic, List<Change> changes) {
        Commit commit =
                new Commit(
                        new CommitId(RandomId.next(random)),
                        replica,
                        board.proof(),
                        atomic,
                        changes);
        byte[] body = WireJson.COMMIT.toBytes(commit);
        boolean twice = random.nextInt(8) == 0;
        long begin = System.nanoTime();
        Optional<CompletableFuture<Timed>> other =
                twice
                        ? Optional.of(CompletableFuture.supplyAsync(() -> timed(body), twin))
                        : Optional.empty();
        Timed first = timed(body);
        long end = first.end;
        if (other.isPresent()) {
            Timed second = other.get().join();
            assertThat(second.answer)
                    .as("two answers to commit %s", commit.id())
                    .isEqualTo(first.answer);
            end = Math.min(end, second.end);
        }
        CommitAnswer answer = first.answer;
        trial.recording().add(new Recorded.Committed(begin, end, commit, answer));
        remember(new Sent(body, answer));
        board.saw(answer.proof());
        for (ChangeResult result : answer.results()) {
            switch (result) {
                case ChangeResult.Applied(Node node) -> board.saw(node);
                case ChangeResult.Refused refused -> refused.current().ifPresent(board::saw);
            }
        }
        return answer;
    }

    /** An answer, and when it was there. */
    private record Timed(CommitAnswer answer, long end) {}

    private Timed timed(byte[] body) {
        CommitAnswer answer = answer(body);
        return new Timed(answer, System.nanoTime());
    }

    private CommitAnswer answer(byte[] body) {
        CommitOutcome outcome = trial.clock().request(() -> api.commit(project, body));
        assertThat(outcome).isInstanceOf(CommitOutcome.Answered.class);
        return ((CommitOutcome.Answered) outcome).answer();
    }

    private void remember(Sent one) {
        sent.add(one);
        if (sent.size() > REMEMBERED) {
            sent.removeFirst();
        }
    }
}
