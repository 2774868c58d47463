package io.syncline.system.bench;

import io.syncline.core.block.Block;
import io.syncline.core.block.TreeBlock;
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
import io.syncline.server.collect.CollectReport;
import io.syncline.server.collect.CollectRequest;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.collect.Collector;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.Version.Action;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A run of the collector over files of a thousand blocks, every second of which is garbage. In this
 * process and over stores of its own, whose clock is moved on: what it judges must be two days old.
 */
final class CollectRow {
    private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
    private static final int FILE_BLOCKS = 1_000;
    private static final int FILES_MAX = 2_000;

    private final Bed bed;
    private final Random random = new Random(1);

    CollectRow(Bed bed) {
        this.bed = bed;
    }

    /** How long it takes to mark and condemn. */
    Row measure() throws Exception {
        int files = Math.clamp(bed.files() / 500, 4, FILES_MAX);
        AtomicReference<Instant> now = new AtomicReference<>(MADE);
        Path folder = bed.directory("collect");
        try (MetadataStore store = SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
                BlockStore blocks =
                        PackBlockStore.open(folder.resolve("blocks"), random, now::get)) {
            Project project = fill(store, blocks, files);
            now.set(MADE.plus(Duration.ofDays(2)));
            Collector collector = new Collector(store, blocks, now::get, CollectSettings.DEFAULT);
            AtomicReference<CollectReport> report = new AtomicReference<>();
            Times times =
                    Times.measureCold(
                            1,
                            _ ->
                                    report.set(
                                            collector.collect(
                                                    project.id(),
                                                    new CollectRequest(
                                                            false,
                                                            OptionalLong.empty(),
                                                            _ -> {}))));
            long garbage = (long) files / 2 * (FILE_BLOCKS + 1);
            if (report.get().condemned() != garbage) {
                throw new IllegalStateException("not " + garbage + " condemned: " + report);
            }
            return Row.ofValue(
                            "collect",
                            "collecting %,d blocks, half of them garbage"
                                    .formatted(report.get().blocks()),
                            times,
                            times.median() / 1e3,
                            "s")
                    .note("in slices of at most 10 ms of the database, behind commits");
        } finally {
            Bed.delete(folder);
        }
    }

    private Project fill(MetadataStore store, BlockStore blocks, int files) {
        Project project =
                store.write(write ->
                        write.projects()
                                .add(
                                        new NewProject(
                                                new ProjectId(RandomId.next(random)),
                                                "p",
                                                1,
                                                false,
                                                new Epoch(RandomId.next(random)),
                                                MADE)));
        PackId nowhere = new PackId(RandomId.next(random));
        try (FrameEncoder encoder = new FrameEncoder()) {
            for (int file = 0; file < files; file++) {
                List<TreeBlock.Entry> entries = new ArrayList<>();
                List<NewBlock> rows = new ArrayList<>();
                for (int i = 0; i < FILE_BLOCKS; i++) {
                    Hash hash = hash();
                    entries.add(new TreeBlock.Entry(hash, 1_000));
                    rows.add(new NewBlock(hash, new FrameLocation(nowhere, i, 1), 1_000, 0));
                }
                TreeBlock tree = TreeBlock.of(1, entries);
                FrameLocation place =
                        blocks.append(project.id(), List.of(encoder.encode(Block.of(tree))))
                                .getFirst();
                rows.add(new NewBlock(tree.hash(), place, tree.bytes().remaining(), tree.level()));
                boolean keep = file % 2 == 0;
                store.write(write -> {
                    write.blocks(project.key()).insert(rows, MADE);
                    if (keep) {
                        long sequence =
                                write.projects().lock(project.id()).orElseThrow().head() + 1;
                        Version version = new Version(node(sequence, tree), Action.CREATE, MADE);
                        write.nodes(project.key()).put(List.of(version));
                        write.projects()
                                .advance(project.key(), sequence, TreeDigest.EMPTY, 0, MADE);
                    }
                    return keep;
                });
            }
        }
        return project;
    }

    private static Node node(long sequence, TreeBlock tree) {
        Content content = new Content(1, tree.hash(), tree.sizeBytes());
        return new Node(
                new NodeId(sequence),
                new Place(NodeId.ROOT, new Name("f" + sequence)),
                Item.file(content, false, 0),
                sequence,
                false,
                new DeviceId("d".repeat(32)));
    }

    private Hash hash() {
        return new Hash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }
}
