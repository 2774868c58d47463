package io.syncline.server.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.server.background.NodeLeases;
import io.syncline.server.collect.CollectReport;
import io.syncline.server.collect.CollectRequest;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.collect.Collector;
import io.syncline.server.edge.ProblemException;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.block.ScannedFrame;
import io.syncline.storage.block.memory.MemoryBlockStore;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Collecting;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.Version.Action;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads, commits, deletions and the collector, in every order that a seed finds. */
class CollectRaceTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int HISTORIES = 50;

    private static final CollectSettings SETTINGS =
            new CollectSettings(
                    true,
                    Duration.ofHours(1),
                    Duration.ofMinutes(1),
                    Duration.ofHours(1),
                    1_000_000,
                    1L << 30);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName(
            "R10 L3 whatever is stored, committed, condemned and deleted at once, a stored tree"
                    + " block has its children and a commit its blocks")
    void nothingNeededIsEverMissing(long round) throws Exception {
        race(round, HISTORIES, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = 5)
    @DisplayName(
            "scenarios 53, 54 and 56: two collectors at once, of which none holds a lock, delete"
                    + " nothing that is needed")
    void twoCollectorsAtOnce(long round) throws Exception {
        race(round, HISTORIES, 2);
    }

    private static void race(long round, int histories, int collectors) {
        long condemned = 0;
        long deleted = 0;
        long packs = 0;
        for (int i = 0; i < histories; i++) {
            long seed = round * 1_000_000 + i;
            try (History history = new History(seed, collectors)) {
                history.run();
                condemned += history.condemned;
                deleted += history.deleted;
                packs += history.packsDeleted;
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        // The histories do what they are for.
        assertThat(condemned).isGreaterThan(histories / 2);
        assertThat(deleted).isPositive();
        assertThat(packs).isPositive();
    }

    private static final class History implements AutoCloseable {
        private final Random random;
        private final Turns turns = new Turns();
        private final MemoryMetadataStore store = new MemoryMetadataStore();
        private final MetadataStore shared = turns.over(store);
        private final BlockStore blocks;
        private final BlockFilters filters = new BlockFilters(store);
        private final int collectors;
        private final Map<Hash, Block> known = new HashMap<>();
        private final Map<Hash, Set<Hash>> children = new HashMap<>();
        private final List<Block> tops = new ArrayList<>();
        private final Project project;
        private Instant now = START;
        private long condemned;
        private long deleted;
        private long packsDeleted;

        History(long seed, int collectors) {
            this.collectors = collectors;
            random = new Random(seed);
            blocks = new FinishedPacks(new MemoryBlockStore(new Random(seed)));
            project =
                    store.write(write ->
                            write.projects()
                                    .add(
                                            new NewProject(
                                                    new ProjectId(RandomId.next(random)),
                                                    "p",
                                                    1,
                                                    false,
                                                    new Epoch(RandomId.next(random)),
                                                    START)));
            makeBlocks();
        }

        /** A few data blocks, and trees above them that share much. */
        private void makeBlocks() {
            BlockHasher hasher = new BlockHasher();
            List<Block> data = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                byte[] bytes = new byte[1 + random.nextInt(200)];
                random.nextBytes(bytes);
                Hash hash = hasher.hash(0, bytes, 0, bytes.length);
                data.add(new Block(hash, 0, ByteBuffer.wrap(bytes)));
            }
            List<Block> low = trees(1, data, 4);
            List<Block> high = trees(2, low, 3);
            tops.addAll(data.subList(0, 2));
            tops.addAll(low);
            tops.addAll(high);
            for (List<Block> some : List.of(data, low, high)) {
                some.forEach(block -> known.put(block.hash(), block));
            }
        }

        private List<Block> trees(int level, List<Block> below, int count) {
            List<Block> trees = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                List<TreeBlock.Entry> entries = new ArrayList<>();
                for (int n = 0; n < 2 + random.nextInt(2); n++) {
                    Block child = below.get(random.nextInt(below.size()));
                    entries.add(new TreeBlock.Entry(child.hash(), size(child)));
                }
                Block tree = Block.of(TreeBlock.of(level, entries));
                trees.add(tree);
                children.put(
                        tree.hash(),
                        entries.stream().map(TreeBlock.Entry::hash).collect(Collectors.toSet()));
            }
            return trees;
        }

        private static long size(Block block) {
            return block.level() == 0
                    ? block.sizeBytes()
                    : TreeBlock.parse(block.bytes()).sizeBytes();
        }

        void run() throws Exception {
            List<Runnable> actors = new ArrayList<>();
            actors.add(() -> work(1, new Random(random.nextLong())));
            actors.add(() -> work(2, new Random(random.nextLong())));
            for (int i = 0; i < collectors; i++) {
                actors.add(this::collect);
            }
            turns.run(random, actors, this::check);
        }

        private final AtomicInteger leases = new AtomicInteger();

        private void collect() {
            // Under leases of different names, that is under none.
            String lease = Collector.LEASE + leases.incrementAndGet();
            Collector collector =
                    new Collector(
                            shared,
                            NodeLeases.only(shared, lease, () -> now),
                            blocks,
                            new BlockReader(shared, blocks, () -> now),
                            () -> now,
                            () -> SETTINGS,
                            NodeLeases.ONLY);
            for (int i = 0; i < 10; i++) {
                CollectReport report = collector.collect(project.id(), CollectRequest.full());
                assertThat(report.stopped()).isEmpty();
                condemned += report.condemned();
                deleted += report.deleted();
                packsDeleted += report.packsDeleted();
                checkBytes();
            }
        }

        /** One device: sends files, commits them, deletes them, forgets their history. */
        private void work(int name, Random choice) {
            DeviceId device = new DeviceId("%032x".formatted(name));
            ChunkIntake intake = new ChunkIntake(shared, blocks, filters, () -> now);
            for (int i = 0; i < 12; i++) {
                int what = choice.nextInt(10);
                if (what < 5) {
                    Block top = tops.get(choice.nextInt(tops.size()));
                    save(intake, device, top, choice);
                } else if (what < 8) {
                    delete(device, choice);
                } else {
                    shared.write(
                            write -> write.history(project.key()).trim(now.plusMillis(1), 1_000));
                }
            }
        }

        private void save(ChunkIntake intake, DeviceId device, Block top, Random choice) {
            for (int tries = 0; tries < 30; tries++) {
                List<Block> all = new ArrayList<>(below(top));
                Set<Hash> stored =
                        shared.read(read -> read.blocks(project.key()).present(hashes(all)));
                if (choice.nextInt(4) > 0) {
                    // Mostly only what is missing; at times what is stored as well.
                    all.removeIf(block -> stored.contains(block.hash()));
                }
                boolean sent = true;
                int from = 0;
                while (from < all.size() && sent) {
                    int to = Math.min(all.size(), from + 1 + choice.nextInt(all.size()));
                    sent = send(intake, device, all.subList(from, to));
                    from = to;
                }
                if (sent && commit(device, top)) {
                    return;
                }
            }
            throw new AssertionError("what is sent goes on missing");
        }

        /** All blocks of a content, children before parents. */
        private Set<Block> below(Block top) {
            Set<Block> all = new LinkedHashSet<>();
            children(top.hash()).forEach(child -> all.addAll(below(block(child))));
            all.add(top);
            return all;
        }

        private Set<Hash> children(Hash hash) {
            return children.getOrDefault(hash, Set.of());
        }

        private Block block(Hash hash) {
            return Optional.ofNullable(known.get(hash)).orElseThrow();
        }

        private static List<Hash> hashes(List<Block> of) {
            return of.stream().map(Block::hash).toList();
        }

        private boolean send(ChunkIntake intake, DeviceId device, List<Block> chunk) {
            try (ChunkEncoder encoder = new ChunkEncoder()) {
                chunk.forEach(block -> assertThat(encoder.add(block)).isTrue());
                intake.take(
                        project, device, ChunkName.of(hashes(chunk)), encoder.finish(), _ -> {});
                return true;
            } catch (ProblemException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.STALE);
                return false;
            } catch (SynclineException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                return false;
            }
        }

        /** What a commit does with blocks: it looks one up per file, and shares. */
        private boolean commit(DeviceId device, Block top) {
            Content content = new Content(top.level(), top.hash(), size(top));
            return shared.write(write -> {
                Project locked = write.projects().lock(project.id()).orElseThrow();
                write.collecting(project.key()).share();
                if (write.blocks(project.key()).present(List.of(top.hash())).isEmpty()) {
                    return false;
                }
                long sequence = locked.head() + 1;
                Node node =
                        new Node(
                                new NodeId(sequence),
                                new Place(NodeId.ROOT, new Name("f" + sequence)),
                                Item.file(content, false, 0),
                                sequence,
                                false,
                                device);
                write.nodes(project.key()).put(List.of(new Version(node, Action.CREATE, now)));
                write.projects()
                        .advance(project.key(), sequence, TreeDigest.EMPTY, locked.nodes(), now);
                return true;
            });
        }

        private void delete(DeviceId device, Random choice) {
            shared.write(write -> {
                Project locked = write.projects().lock(project.id()).orElseThrow();
                List<Node> live =
                        write.nodes(project.key()).childrenPage(NodeId.ROOT, Optional.empty(), 9);
                if (live.isEmpty()) {
                    return false;
                }
                Node node = live.get(choice.nextInt(live.size()));
                long sequence = locked.head() + 1;
                Node gone = new Node(node.id(), node.place(), node.item(), sequence, true, device);
                write.nodes(project.key()).put(List.of(new Version(gone, Action.DELETE, now)));
                write.projects()
                        .advance(project.key(), sequence, TreeDigest.EMPTY, locked.nodes(), now);
                return true;
            });
        }

        private void check() {
            if (random.nextInt(4) == 0) {
                now = now.plus(Duration.ofHours(random.nextInt(60)));
            }
            store.read(read -> {
                check(read);
                return true;
            });
        }

        private void check(ReadTransaction read) {
            Set<Hash> present = read.blocks(project.key()).present(known.keySet());
            for (Hash hash : present) {
                if (!present.containsAll(children(hash))) {
                    throw new AssertionError(hash + " is stored without a child");
                }
            }
            Collecting rows = read.collecting(project.key());
            List<Collecting.Root> roots = new ArrayList<>(rows.liveContents(0, 1_000));
            roots.addAll(rows.historyContents(0, 1_000));
            for (Collecting.Root root : roots) {
                if (!present.contains(root.hash())) {
                    throw new AssertionError("a commit names " + root.hash());
                }
            }
        }

        /** Every row has its bytes. */
        private void checkBytes() {
            Map<Hash, BlockRow> rows =
                    store.read(read -> read.blocks(project.key()).find(known.keySet()));
            rows.values()
                    .forEach(row ->
                            blocks.read(
                                    project.id(),
                                    List.of(new FrameRequest(row.hash(), row.location()))));
        }

        @Override
        public void close() {
            filters.close();
            store.close();
            blocks.close();
        }
    }

    /** Says of every pack that it isn't filled any more, so that small ones are compacted, too. */
    private record FinishedPacks(BlockStore store) implements BlockStore {
        @Override
        public List<FrameLocation> append(ProjectId project, List<ByteBuffer> frames) {
            return store.append(project, frames);
        }

        @Override
        public List<ByteBuffer> read(ProjectId project, List<FrameRequest> requests) {
            return store.read(project, requests);
        }

        @Override
        public List<PackId> packs(ProjectId project) {
            return store.packs(project);
        }

        @Override
        public List<ProjectId> projects() {
            return store.projects();
        }

        @Override
        public ScanResult scan(ProjectId project, PackId pack, Consumer<ScannedFrame> visitor) {
            return store.scan(project, pack, visitor);
        }

        @Override
        public Optional<Kept> kept(ProjectId project, PackId pack) {
            return store.kept(project, pack).map(kept -> new Kept(kept.bytes(), false));
        }

        @Override
        public void retire(ProjectId project, PackId pack) {
            store.retire(project, pack);
        }

        @Override
        public boolean delete(ProjectId project, PackId pack) {
            return store.delete(project, pack);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
