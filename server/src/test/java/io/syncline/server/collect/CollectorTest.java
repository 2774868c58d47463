package io.syncline.server.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameEncoder;
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
import io.syncline.server.block.BlockReader;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Packs;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.Version.Action;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final DeviceId DEVICE = new DeviceId("d".repeat(32));
    private static final Duration HORIZON = Duration.ofDays(14);

    private static final CollectSettings SETTINGS =
            new CollectSettings(
                    true, Duration.ofDays(1), Duration.ofDays(1), HORIZON, 1_000_000, 1L << 30);

    @TempDir private Path folder;

    private final Random random = new Random(41);
    private Instant now = START;
    private MetadataStore store;
    private BlockStore blocks;
    private Project project;
    private Collector collector;

    @BeforeEach
    void open() {
        store = SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
        blocks = PackBlockStore.open(folder.resolve("blocks"), random, () -> now);
        project = store.write(write -> write.projects().add(newProject(1)));
        collector = new Collector(store, blocks, () -> now, SETTINGS);
    }

    @AfterEach
    void close() {
        blocks.close();
        store.close();
    }

    private NewProject newProject(int format) {
        return new NewProject(
                new ProjectId(RandomId.next(random)),
                "p",
                format,
                false,
                new Epoch(RandomId.next(random)),
                START);
    }

    // A small world to collect in.

    private Block data(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        Hash hash = new BlockHasher().hash(0, bytes, 0, size);
        return new Block(hash, 0, ByteBuffer.wrap(bytes));
    }

    private static Block tree(int level, Block... below) {
        List<TreeBlock.Entry> entries = new ArrayList<>();
        for (Block block : below) {
            entries.add(new TreeBlock.Entry(block.hash(), size(block)));
        }
        return Block.of(TreeBlock.of(level, entries));
    }

    private static long size(Block block) {
        return block.level() == 0 ? block.sizeBytes() : TreeBlock.parse(block.bytes()).sizeBytes();
    }

    private void put(Block... some) {
        List<ByteBuffer> frames = new ArrayList<>();
        try (FrameEncoder encoder = new FrameEncoder()) {
            for (Block block : some) {
                frames.add(encoder.encode(block));
            }
        }
        List<FrameLocation> places = blocks.append(project.id(), frames);
        List<NewBlock> rows = new ArrayList<>();
        for (int i = 0; i < some.length; i++) {
            rows.add(
                    new NewBlock(
                            some[i].hash(), places.get(i), some[i].sizeBytes(), some[i].level()));
        }
        store.write(write -> write.blocks(project.key()).insert(rows, now));
    }

    private long commit(Block top) {
        return store.write(write -> {
            Project locked = write.projects().lock(project.id()).orElseThrow();
            long sequence = locked.head() + 1;
            Content content = new Content(top.level(), top.hash(), size(top));
            Node node =
                    new Node(
                            new NodeId(sequence),
                            new Place(NodeId.ROOT, new Name("f" + sequence)),
                            Item.file(content, false, 0),
                            sequence,
                            false,
                            DEVICE);
            write.nodes(project.key()).put(List.of(new Version(node, Action.CREATE, now)));
            write.projects()
                    .advance(project.key(), sequence, TreeDigest.EMPTY, locked.nodes(), now);
            return sequence;
        });
    }

    private void delete(long id) {
        store.write(write -> {
            Project locked = write.projects().lock(project.id()).orElseThrow();
            long sequence = locked.head() + 1;
            Node node = write.nodes(project.key()).find(new NodeId(id)).orElseThrow();
            Node gone = new Node(node.id(), node.place(), node.item(), sequence, true, DEVICE);
            write.nodes(project.key()).put(List.of(new Version(gone, Action.DELETE, now)));
            write.projects()
                    .advance(project.key(), sequence, TreeDigest.EMPTY, locked.nodes(), now);
            return sequence;
        });
    }

    private void trimHistory() {
        store.write(write -> write.history(project.key()).trim(now.plusMillis(1), 1_000_000));
    }

    private boolean isPresent(Block block) {
        return store.read(
                read -> !read.blocks(project.key()).present(List.of(block.hash())).isEmpty());
    }

    private boolean isKnown(Block block) {
        return store.read(
                read -> !read.blocks(project.key()).find(List.of(block.hash())).isEmpty());
    }

    private BlockRow row(Block block) {
        return store.read(read -> read.blocks(project.key()).find(List.of(block.hash())))
                .values()
                .iterator()
                .next();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private CollectReport collect() {
        return collector.collect(project.id(), CollectRequest.full());
    }

    private void damage(Block block) throws IOException {
        FrameLocation place = row(block).location();
        Path file =
                folder.resolve("blocks/packs")
                        .resolve(project.id().value())
                        .resolve(place.pack().value() + ".pack");
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long at = place.offsetBytes() + place.lengthBytes() - 1;
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ 1);
        }
    }

    @Test
    @DisplayName("R5 what nothing needs is condemned after the grace and deleted after the horizon")
    void unneededBlocksGoInTwoSteps() {
        Block kept = data(100);
        Block shared = data(200);
        Block alone = data(300);
        Block live = tree(1, kept, shared);
        Block dead = tree(1, shared, alone);
        put(kept, shared, alone, live, dead);
        commit(live);

        assertThat(collect().condemned()).isZero();
        pass(Duration.ofDays(2));
        CollectReport condemning = collect();
        assertThat(condemning.condemned()).isEqualTo(2);
        assertThat(condemning.reachable()).isEqualTo(3);
        assertThat(condemning.deleted()).isZero();
        assertThat(isPresent(alone)).isFalse();
        assertThat(isPresent(dead)).isFalse();
        assertThat(isKnown(alone)).isTrue();

        pass(HORIZON.minusSeconds(1));
        assertThat(collect().deleted()).isZero();
        pass(Duration.ofSeconds(1));
        CollectReport deleting = collect();
        assertThat(deleting.deleted()).isEqualTo(2);
        assertThat(deleting.deletedBytes()).isPositive();
        assertThat(isKnown(alone)).isFalse();
        assertThat(isKnown(dead)).isFalse();
        for (Block block : List.of(kept, shared, live)) {
            assertThat(isPresent(block)).isTrue();
        }
    }

    @Test
    @DisplayName("R10 history keeps what it names until it is trimmed; then it goes")
    void historyIsARoot() {
        Block first = data(100);
        Block second = data(200);
        Block top = tree(1, first, second);
        put(first, second, top);
        long id = commit(top);
        delete(id);
        pass(Duration.ofDays(5));
        assertThat(collect().condemned()).isZero();
        trimHistory();
        assertThat(collect().condemned()).isEqualTo(3);
    }

    @Test
    @DisplayName("R26 nothing that arrived since the oldest live upload began is condemned")
    void uploadsProtectWhatArrivedSince() {
        Block before = data(100);
        put(before);
        pass(Duration.ofDays(2));
        store.write(write ->
                write.uploads(project.key()).touch(DEVICE, now, now.plus(Duration.ofDays(20))));
        Block during = data(100);
        put(during);
        pass(Duration.ofDays(19));

        assertThat(collect().condemned()).isEqualTo(1);
        assertThat(isPresent(before)).isFalse();
        assertThat(isPresent(during)).isTrue();
        pass(Duration.ofDays(2));
        assertThat(collect().condemned()).isEqualTo(1);
        assertThat(isPresent(during)).isFalse();
    }

    @Test
    @DisplayName("R26 a young tree block keeps the old blocks that it lists")
    void youngTreesAreRoots() {
        Block old = data(100);
        Block other = data(101);
        put(old, other);
        pass(Duration.ofDays(30));
        Block low = tree(1, old, old);
        put(low);

        assertThat(collect().condemned()).isEqualTo(1);
        assertThat(isPresent(old)).isTrue();
        assertThat(isPresent(other)).isFalse();
    }

    @Test
    @DisplayName("scenario 52, L2 R10 where a needed block is gone nothing is condemned")
    void missingBlockStopsTheRun() {
        Block first = data(100);
        Block second = data(200);
        Block top = tree(1, first, second);
        Block garbage = data(300);
        put(first, second, top, garbage);
        commit(top);
        pass(Duration.ofDays(2));
        var state =
                store.read(read ->
                        read.collecting(project.key()).page(Optional.empty(), 10).stream()
                                .filter(block -> block.hash().equals(second.hash()))
                                .toList());
        store.write(write -> {
            write.collecting(project.key()).condemn(state, START);
            return write.collecting(project.key()).delete(List.of(second.hash()), START);
        });

        assertThatThrownBy(this::collect)
                .satisfies(failure -> assertCode(failure, ErrorCode.CORRUPT))
                .hasMessageContaining(second.hash().toHex());
        assertThat(isPresent(garbage)).isTrue();
    }

    @Test
    @DisplayName(
            "L2 R25 where a tree block can't be read nothing is condemned, and it is quarantined")
    void damagedTreeStopsTheRun() throws Exception {
        Block first = data(100);
        Block second = data(200);
        Block top = tree(1, first, second);
        Block garbage = data(300);
        put(first, second, top, garbage);
        commit(top);
        pass(Duration.ofDays(2));
        damage(top);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(this::collect)
                    .satisfies(failure -> assertCode(failure, ErrorCode.CORRUPT));
            assertThat(isPresent(garbage)).isTrue();
            assertThat(isPresent(first)).isTrue();
            assertThat(isPresent(top)).isFalse();
        }

        put(top);
        CollectReport report = collect();
        assertThat(report.condemned()).isEqualTo(1);
        assertThat(report.quarantined()).isZero();
        assertThat(isPresent(garbage)).isFalse();
    }

    @Test
    @DisplayName(
            "R25 a quarantined data block is kept out of deletion, and comes back when it can be"
                    + " read")
    void quarantinedDataIsLookedAtAgain() throws Exception {
        Block first = data(100);
        Block second = data(200);
        Block top = tree(1, first, second);
        put(first, second, top);
        commit(top);
        damage(second);
        BlockReader reader = new BlockReader(store, blocks, () -> now);
        assertThatThrownBy(() -> reader.frames(project, List.of(row(first), row(second))))
                .satisfies(failure -> assertCode(failure, ErrorCode.CORRUPT));
        assertThat(isPresent(second)).isFalse();
        assertThat(isPresent(first)).isTrue();

        pass(HORIZON.plusDays(2));
        CollectReport report = collect();
        assertThat(report.quarantined()).isEqualTo(1);
        assertThat(report.deleted()).isZero();
        assertThat(isKnown(second)).isTrue();

        damage(second);
        CollectReport healed = collect();
        assertThat(healed.healed()).isEqualTo(1);
        assertThat(healed.quarantined()).isZero();
        assertThat(isPresent(second)).isTrue();
    }

    @Test
    @DisplayName("R10 a condemned block that turns out to be needed is revived, children first")
    void reachableBlocksAreRevived() {
        Block first = data(100);
        Block second = data(200);
        Block top = tree(1, first, second);
        put(first, second, top);
        commit(top);
        pass(Duration.ofDays(2));
        var all = store.read(read -> read.collecting(project.key()).page(Optional.empty(), 10));
        store.write(write -> write.collecting(project.key()).condemn(all, START));
        pass(HORIZON);

        CollectReport report = collect();
        assertThat(report.revived()).isEqualTo(3);
        assertThat(report.deleted()).isZero();
        for (Block block : List.of(first, second, top)) {
            assertThat(isPresent(block)).isTrue();
        }
    }

    @Test
    void dryRunChangesNothingAndTellsWhatWouldGo() {
        Block kept = data(100);
        Block gone = data(200);
        put(kept, gone);
        commit(kept);
        pass(Duration.ofDays(2));
        CollectReport dry = collector.collect(project.id(), CollectRequest.dry());
        assertThat(dry.dryRun()).isTrue();
        assertThat(dry.condemned()).isEqualTo(1);
        assertThat(isPresent(gone)).isTrue();
        assertThat(collect().condemned()).isEqualTo(1);

        pass(HORIZON);
        dry = collector.collect(project.id(), CollectRequest.dry());
        assertThat(dry.deleted()).isEqualTo(1);
        assertThat(isKnown(gone)).isTrue();
        assertThat(dry.phase()).isEqualTo(CollectReport.Phase.DONE);
    }

    @Test
    @DisplayName("L9 a run deletes no more than it may, and the next one goes on")
    void deletionsAreCapped() {
        Block[] some = new Block[25];
        for (int i = 0; i < some.length; i++) {
            some[i] = data(50 + i);
        }
        put(some);
        pass(Duration.ofDays(2));
        assertThat(collect().condemned()).isEqualTo(25);
        pass(HORIZON);
        CollectRequest careful = new CollectRequest(false, OptionalLong.of(10), _ -> {});
        for (long expected : new long[] {10, 10, 5}) {
            CollectReport report = collector.collect(project.id(), careful);
            assertThat(report.deleted()).isEqualTo(expected);
            assertThat(report.capped()).isEqualTo(expected == 10);
        }
        assertThat(store.<Long>read(read -> read.blocks(project.key()).count())).isZero();
    }

    @Test
    @DisplayName("R47 a large project is marked and swept in slices")
    void manyBlocksAreSwept() {
        Map<Boolean, List<Block>> wanted = new HashMap<>();
        for (int batch = 0; batch < 20; batch++) {
            Block[] some = new Block[500];
            for (int i = 0; i < some.length; i++) {
                some[i] = data(16);
            }
            put(some);
            Block top = tree(1, some);
            put(top);
            boolean keep = batch % 2 == 0;
            if (keep) {
                commit(top);
            }
            wanted.computeIfAbsent(keep, _ -> new ArrayList<>()).addAll(List.of(some));
        }
        pass(Duration.ofDays(2));
        CollectReport report = collect();
        assertThat(report.blocks()).isEqualTo(20 * 501);
        assertThat(report.reachable()).isEqualTo(10 * 501);
        assertThat(report.condemned()).isEqualTo(10 * 501);
        wanted.getOrDefault(true, List.of())
                .forEach(block -> assertThat(isPresent(block)).isTrue());
        wanted.getOrDefault(false, List.of())
                .forEach(block -> assertThat(isPresent(block)).isFalse());
    }

    @Test
    @DisplayName("R41 a project of an unknown format isn't collected")
    void unknownFormatIsRefused() {
        Project later = store.write(write -> write.projects().add(newProject(2)));
        assertThatThrownBy(() -> collector.collect(later.id(), CollectRequest.full()))
                .satisfies(failure -> assertCode(failure, ErrorCode.UPGRADE_REQUIRED));
        assertThatThrownBy(() ->
                        collector.collect(new ProjectId("f".repeat(32)), CollectRequest.full()))
                .satisfies(failure -> assertCode(failure, ErrorCode.NOT_FOUND));
    }

    // Compaction.

    private static final int BIG = 200_000;

    /** More than 16 MiB of blocks in one pack, of which a quarter stays. */
    private List<Block> makeSparsePack() {
        List<Block> kept = new ArrayList<>();
        for (int i = 0; i < 88; i++) {
            Block block = data(BIG);
            put(block);
            if (i % 4 == 0) {
                commit(block);
                kept.add(block);
            }
        }
        pass(Duration.ofDays(2));
        assertThat(collect().condemned()).isEqualTo(66);
        pass(HORIZON);
        return kept;
    }

    @Test
    @DisplayName(
            "R5 a half empty pack is rewritten, and deleted after another horizon; old rows go on"
                    + " reading")
    void sparsePackIsRewritten() {
        List<Block> kept = makeSparsePack();
        List<BlockRow> oldRows = kept.stream().map(this::row).toList();
        PackId old = oldRows.getFirst().location().pack();
        CollectReport report = collect();
        assertThat(report.deleted()).isEqualTo(66);
        assertThat(report.packsRewritten()).isEqualTo(1);
        assertThat(report.packsSuperseded()).isEqualTo(1);
        assertThat(report.copiedBytes()).isGreaterThan(22L * BIG);

        BlockReader reader = new BlockReader(store, blocks, () -> now);
        assertThat(reader.frames(project, oldRows)).hasSize(22);
        for (Block block : kept) {
            assertThat(row(block).location().pack()).isNotEqualTo(old);
        }
        assertThat(reader.frames(project, kept.stream().map(this::row).toList())).hasSize(22);
        assertThat(blocks.packs(project.id())).hasSize(2).contains(old);

        pass(HORIZON);
        CollectReport deleting = collect();
        assertThat(deleting.packsDeleted()).isEqualTo(1);
        assertThat(deleting.freedBytes()).isGreaterThan(88L * BIG);
        assertThat(blocks.packs(project.id())).hasSize(1).doesNotContain(old);
        // A reader that held on to its old rows all the time is told the new places.
        assertThat(reader.frames(project, oldRows)).hasSize(22);
        assertThat(store.<Boolean>read(read -> read.quarantine(project.key()).any())).isFalse();
        assertThat(collect().packsRewritten()).isZero();
    }

    @Test
    @DisplayName("R5 a superseded pack that rows point into after all is kept")
    void supersededPackInUseIsRestored() {
        List<Block> kept = makeSparsePack();
        PackId pack = row(kept.getFirst()).location().pack();
        store.write(write -> {
            write.packs(project.key()).supersede(pack, START);
            return true;
        });
        collect();
        assertThat(blocks.packs(project.id())).contains(pack);
        List<Packs.Pack> superseded = store.read(read -> read.packs(project.key()).superseded(10));
        assertThat(superseded).isEmpty();
        new BlockReader(store, blocks, () -> now)
                .frames(project, kept.stream().map(this::row).toList());
    }

    @Test
    @DisplayName(
            "R5 whatever call a compaction dies at, every block can be read and the next run ends"
                    + " it")
    void compactionSurvivesEveryCrash() {
        List<Block> kept = makeSparsePack();
        int calls = 0;
        while (true) {
            int last = calls;
            FailingStores failing = new FailingStores(store, blocks, last);
            Collector crashing =
                    new Collector(failing.metadata(), failing.blocks(), () -> now, SETTINGS);
            try {
                crashing.collect(project.id(), CollectRequest.full());
                break;
            } catch (SynclineException e) {
                assertThat(e).hasMessage("planned crash");
            }
            new BlockReader(store, blocks, () -> now)
                    .frames(project, kept.stream().map(this::row).toList());
            calls++;
        }
        assertThat(calls).isGreaterThan(4);
        pass(HORIZON);
        collect();
        pass(HORIZON);
        CollectReport end = collect();
        assertThat(end.packBytes() - end.freedBytes()).isLessThan(60L * BIG);
        new BlockReader(store, blocks, () -> now)
                .frames(project, kept.stream().map(this::row).toList());
    }

    @Test
    @DisplayName("R5 superseded packs aren't filled on after a restart")
    void supersededPacksStayRetired() {
        Block block = data(100);
        put(block);
        PackId pack = row(block).location().pack();
        store.write(write -> {
            write.packs(project.key()).supersede(pack, now);
            return true;
        });
        blocks.close();
        blocks = PackBlockStore.open(folder.resolve("blocks"), random, () -> now);
        collector = new Collector(store, blocks, () -> now, SETTINGS);
        collector.retireSuperseded();
        Block next = data(100);
        put(next);
        assertThat(row(next).location().pack()).isNotEqualTo(pack);
    }

    @Test
    @DisplayName("R5 small packs are merged")
    void smallPacksAreMerged() {
        List<Block> kept = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Block block = data(1_000);
            put(block);
            commit(block);
            kept.add(block);
            blocks.retire(project.id(), row(block).location().pack());
        }
        assertThat(blocks.packs(project.id())).hasSize(5);
        assertThat(collect().packsRewritten()).isEqualTo(5);
        Set<PackId> places =
                kept.stream()
                        .map(block -> row(block).location().pack())
                        .collect(Collectors.toSet());
        assertThat(places).hasSize(1);
        pass(HORIZON);
        assertThat(collect().packsDeleted()).isEqualTo(5);
    }

    @Test
    @DisplayName("where every append is a pack of its own, small packs become one, once")
    void smallPacksBecomeOneWhereNoneIsFilled() {
        blocks = unfilled(blocks);
        collector = new Collector(store, blocks, () -> now, SETTINGS);
        List<Block> kept = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Block block = data(1_000);
            put(block);
            commit(block);
            kept.add(block);
        }
        assertThat(blocks.packs(project.id())).hasSize(5);
        assertThat(collect().packsRewritten()).isEqualTo(5);
        assertThat(kept.stream().map(block -> row(block).location().pack()).distinct()).hasSize(1);
        pass(Duration.ofDays(2));
        assertThat(collect().packsRewritten()).isZero();
    }

    /** The same store, but that nothing is added to a pack, as in a bucket. */
    private BlockStore unfilled(BlockStore filled) {
        return (BlockStore)
                Proxy.newProxyInstance(
                        BlockStore.class.getClassLoader(),
                        new Class<?>[] {BlockStore.class},
                        (_, method, arguments) -> {
                            Object answer = method.invoke(filled, arguments);
                            if (method.getName().equals("append")) {
                                filled.packs(project.id())
                                        .forEach(pack -> filled.retire(project.id(), pack));
                            }
                            return answer;
                        });
    }

    @Test
    void packsOfACrashBetweenBytesAndRowsGo() {
        try (FrameEncoder encoder = new FrameEncoder()) {
            blocks.append(project.id(), List.of(encoder.encode(data(100))));
        }
        blocks.close();
        blocks = PackBlockStore.open(folder.resolve("blocks"), random, () -> now);
        collector = new Collector(store, blocks, () -> now, SETTINGS);
        assertThat(collect().packsSuperseded()).isEqualTo(1);
        pass(HORIZON);
        assertThat(collect().packsDeleted()).isEqualTo(1);
        assertThat(blocks.packs(project.id())).isEmpty();
    }

    private static void assertCode(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOf(SynclineException.class);
        assertThat(((SynclineException) failure).code()).isEqualTo(code);
    }
}
