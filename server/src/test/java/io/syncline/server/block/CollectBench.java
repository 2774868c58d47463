package io.syncline.server.block;

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
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.Version.Action;
import io.syncline.storage.metadata.WriteTransaction;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Measures the collector and the filters of blocks; run by hand. Arguments: an empty folder on the
 * disk to measure, and thousands of blocks (2,000 by default). Every second file is garbage.
 */
public final class CollectBench {
    private static final int ENTRIES = 1_000;
    private static final int ROUNDS = 60;

    private CollectBench() {}

    /** Prints what it measured. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int files = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2_000;
        Random random = new Random(1);
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        try (MetadataStore store = SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
                BlockStore blocks =
                        PackBlockStore.open(folder.resolve("blocks"), random, now::get)) {
            Project project = fill(store, blocks, random, files, now.get());
            System.out.printf("%,d blocks%n", files * (ENTRIES + 1));
            filters(store, project, random);
            now.set(now.get().plus(Duration.ofDays(2)));
            Collector collector = new Collector(store, blocks, now::get, CollectSettings.DEFAULT);
            for (int run = 0; run < 2; run++) {
                long start = System.nanoTime();
                AtomicReference<CollectReport.Phase> phase =
                        new AtomicReference<>(CollectReport.Phase.MARKING);
                CollectReport report =
                        collector.collect(
                                project.id(),
                                new CollectRequest(
                                        false,
                                        OptionalLong.empty(),
                                        progress -> {
                                            if (progress.phase() != phase.get()) {
                                                System.out.printf(
                                                        "  %s after %.1f s%n",
                                                        progress.phase(), seconds(start));
                                                phase.set(progress.phase());
                                            }
                                        }));
                System.out.printf("%s%n", report);
            }
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static Project fill(
            MetadataStore store, BlockStore blocks, Random random, int files, Instant now) {
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
                                                now)));
        PackId nowhere = new PackId(RandomId.next(random));
        try (FrameEncoder encoder = new FrameEncoder()) {
            for (int file = 0; file < files; file++) {
                List<TreeBlock.Entry> entries = new ArrayList<>();
                List<NewBlock> rows = new ArrayList<>();
                for (int i = 0; i < ENTRIES; i++) {
                    Hash hash = hash(random);
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
                    write.blocks(project.key()).insert(rows, now);
                    return keep && commit(write.nodes(project.key()), write, project, tree, now);
                });
            }
        }
        return project;
    }

    private static boolean commit(
            Nodes.Writable nodes,
            WriteTransaction write,
            Project project,
            TreeBlock tree,
            Instant now) {
        Project locked = write.projects().lock(project.id()).orElseThrow();
        long sequence = locked.head() + 1;
        Content content = new Content(1, tree.hash(), tree.sizeBytes());
        Node node =
                new Node(
                        new NodeId(sequence),
                        new Place(NodeId.ROOT, new Name("f" + sequence)),
                        Item.file(content, false, 0),
                        sequence,
                        false,
                        new DeviceId("d".repeat(32)));
        nodes.put(List.of(new Version(node, Action.CREATE, now)));
        write.projects().advance(project.key(), sequence, TreeDigest.EMPTY, 0, now);
        return true;
    }

    private static Hash hash(Random random) {
        return new Hash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private static void filters(MetadataStore store, Project project, Random random)
            throws InterruptedException {
        try (BlockFilters filters = new BlockFilters(store)) {
            long start = System.nanoTime();
            while (!filters.isReady(project.key())) {
                Thread.sleep(10);
            }
            System.out.printf("filter built in %.1f s%n", seconds(start));
            double[] without = new double[ROUNDS];
            double[] with = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                List<Hash> cold = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                    cold.add(hash(random));
                }
                long begin = System.nanoTime();
                store.read(read -> read.blocks(project.key()).present(cold));
                without[round] = seconds(begin) * 1_000;
                begin = System.nanoTime();
                var maybe = filters.mayHave(project.key(), cold);
                store.read(read -> read.blocks(project.key()).present(maybe));
                with[round] = seconds(begin) * 1_000;
            }
            Arrays.sort(without);
            Arrays.sort(with);
            System.out.printf(
                    "1,000 cold hashes: %.2f ms without, %.2f ms with the filter (medians)%n",
                    without[ROUNDS / 2], with[ROUNDS / 2]);
        }
    }
}
