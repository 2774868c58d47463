package io.syncline.server.verify;

import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.server.verify.VerifyReport.Count;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackFiles.PackFile;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.block.ScannedFrame;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.WriteTransaction;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Checks a project's rows of blocks against its packs, and tree blocks against rows. Memory: one
 * bit per row, and what a few threads hold. The project may be in use: what seems wrong is looked
 * at again before it is reported.
 */
final class BlockCheck {
    private static final int PAGE = 5_000;

    /** Tree blocks in memory at once; each has at most 256 KiB. */
    private static final int TREES = 64;

    /** Frames of a pack whose rows are looked up together. */
    private static final int FRAMES = 4_096;

    /** Numbers rise for ever and have gaps: the bitmap is made in parts. */
    private static final int PART = 1 << 16;

    /** Most bad blocks whose files are looked for. */
    private static final int BAD_MAX = 100_000;

    private final MetadataStore store;
    private final BlockStore blocks;
    private final Project project;
    private final Map<PackId, Long> lengths = new HashMap<>();
    private final Instant began;
    private final boolean repair;
    private final VerifyReport report;

    /** By number: rows whose block was read and is right. */
    private final Map<Long, BitSet> right = new HashMap<>();

    private final Set<Hash> bad = new HashSet<>();

    /**
     * @param packs of the project, at a moment at or after {@code began}
     * @param repair whether damaged blocks are set aside
     */
    BlockCheck(
            MetadataStore store,
            BlockStore blocks,
            Project project,
            List<PackFile> packs,
            Instant began,
            boolean repair,
            VerifyReport report) {
        this.store = store;
        this.blocks = blocks;
        this.project = project;
        this.began = began;
        this.repair = repair;
        this.report = report;
        packs.forEach(pack -> lengths.put(pack.id(), pack.lengthBytes()));
    }

    private void found(Finding.Kind kind, String text) {
        report.add(new Finding(project.id(), kind, text));
    }

    // Reading packs.

    /**
     * Reads and hashes every frame of every pack, on this many threads.
     *
     * @param progress told of each pack's bytes when it was read; used by one thread
     */
    void scanPacks(int threads, LongConsumer progress) {
        Semaphore room = new Semaphore(2 * threads);
        List<Future<Long>> scans = new ArrayList<>();
        try (ExecutorService pool =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().name("verify-", 0).factory())) {
            try {
                for (Map.Entry<PackId, Long> pack : lengths.entrySet()) {
                    room.acquire();
                    scans.add(
                            pool.submit(() -> {
                                try {
                                    scan(pack.getKey(), pack.getValue());
                                    return pack.getValue();
                                } finally {
                                    room.release();
                                }
                            }));
                    for (int i = 0; i < scans.size(); ) {
                        if (scans.get(i).isDone()) {
                            progress.accept(scans.remove(i).get());
                        } else {
                            i++;
                        }
                    }
                }
                for (Future<Long> scan : scans) {
                    progress.accept(scan.get());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SynclineException(ErrorCode.UNAVAILABLE, "interrupted", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            } finally {
                pool.shutdownNow();
            }
        }
    }

    private void scan(PackId pack, long lengthBytes) {
        List<ScannedFrame> batch = new ArrayList<>(FRAMES);
        try {
            ScanResult result =
                    blocks.scan(
                            project.id(),
                            pack,
                            frame -> {
                                batch.add(frame);
                                if (batch.size() == FRAMES) {
                                    mark(batch);
                                }
                            });
            mark(batch);
            if (result.corruptFrames() > 0 || result.unreadableBytes() > 0) {
                found(
                        Finding.Kind.UNUSED_BYTES,
                        "pack "
                                + pack
                                + " has "
                                + result.corruptFrames()
                                + " frames that aren't right and "
                                + result.unreadableBytes()
                                + " bytes that are no frame");
            }
            report.add(Count.PACKS, 1);
            report.add(Count.PACK_BYTES, lengthBytes);
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.CORRUPT) {
                throw e;
            }
            if (blocks.packs(project.id()).contains(pack)) {
                found(Finding.Kind.BLOCK_DAMAGED, "pack " + pack + ": " + e.getMessage());
            }
        }
    }

    private void mark(List<ScannedFrame> frames) {
        Map<Hash, FrameLocation> places = new HashMap<>();
        frames.forEach(frame -> places.put(frame.hash(), frame.location()));
        frames.clear();
        Map<Hash, BlockRow> rows = rows(places.keySet());
        synchronized (right) {
            rows.forEach((hash, row) -> {
                if (row.location().equals(places.get(hash))) {
                    right.computeIfAbsent(row.number() / PART, _ -> new BitSet()).set(inPart(row));
                }
            });
        }
    }

    private boolean isRight(BlockRow row) {
        BitSet part = right.get(row.number() / PART);
        return part != null && part.get(inPart(row));
    }

    private static int inPart(BlockRow row) {
        return (int) (row.number() % PART);
    }

    private Map<Hash, BlockRow> rows(Set<Hash> hashes) {
        return store.read(read -> read.blocks(project.key()).find(hashes));
    }

    // Looking at rows.

    /**
     * Looks at every row: its frame is in a pack and, where packs were scanned, was right there;
     * and at what tree blocks list.
     *
     * @param progress told how many rows were looked at
     */
    void rows(boolean scanned, LongConsumer progress) {
        quarantined();
        List<BlockRow> trees = new ArrayList<>();
        forEachRow(
                row -> {
                    // What is condemned counts as missing; nobody needs its bytes.
                    boolean wrong = !isThere(row) || (scanned && !isRight(row));
                    if (wrong && !row.condemned()) {
                        lookAgain(row, scanned);
                    }
                    if (row.level() > 0 && !row.condemned()) {
                        trees.add(row);
                        if (trees.size() == TREES) {
                            trees(trees);
                        }
                    }
                },
                progress);
        trees(trees);
    }

    private void forEachRow(Consumer<BlockRow> visitor, LongConsumer progress) {
        Optional<Hash> after = Optional.empty();
        while (true) {
            Optional<Hash> from = after;
            List<BlockRow> page = store.read(read -> read.blocks(project.key()).page(from, PAGE));
            page.forEach(visitor);
            progress.accept(page.size());
            if (page.size() < PAGE) {
                return;
            }
            after = Optional.of(page.getLast().hash());
        }
    }

    private boolean isThere(BlockRow row) {
        Long length = lengths.get(row.location().pack());
        return length != null
                && row.location().offsetBytes() + row.location().lengthBytes() <= length;
    }

    /** It may have been moved, deleted or added since. */
    private void lookAgain(BlockRow seen, boolean readIt) {
        BlockRow row = rows(Set.of(seen.hash())).get(seen.hash());
        if (row == null || row.condemned() || (!readIt && isThere(row))) {
            return;
        }
        try {
            if (!row.location().equals(seen.location()) || readIt || row.arrived().isAfter(began)) {
                blocks.read(project.id(), List.of(new FrameRequest(row.hash(), row.location())));
                return;
            }
            bad(row, Finding.Kind.BLOCK_LOST, "its pack isn't there, or ends before it");
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.CORRUPT) {
                throw e;
            }
            bad(
                    row,
                    isThere(row) ? Finding.Kind.BLOCK_DAMAGED : Finding.Kind.BLOCK_LOST,
                    String.valueOf(e.getMessage()));
        }
    }

    private void bad(BlockRow row, Finding.Kind kind, String why) {
        if (bad.size() < BAD_MAX) {
            bad.add(row.hash());
        }
        FrameLocation at = row.location();
        if (repair && store.write(write -> quarantine(write, row))) {
            report.add(Count.QUARANTINED, 1);
        }
        found(
                kind,
                "block "
                        + row.hash()
                        + " at "
                        + at.offsetBytes()
                        + " in pack "
                        + at.pack()
                        + ": "
                        + why);
    }

    /** From now on it counts as missing, so that whoever has it sends it again (R25). */
    private boolean quarantine(WriteTransaction write, BlockRow row) {
        write.collecting(project.key()).exclude();
        return write.quarantine(project.key()).add(row.hash(), row.location(), began);
    }

    private void quarantined() {
        Optional<Hash> after = Optional.empty();
        while (true) {
            Optional<Hash> from = after;
            List<Hash> page = store.read(read -> read.quarantine(project.key()).page(from, PAGE));
            for (Hash hash : page) {
                if (bad.size() < BAD_MAX) {
                    bad.add(hash);
                }
                found(
                        Finding.Kind.BLOCK_DAMAGED,
                        "block " + hash + " is in quarantine: its bytes were found wrong before");
            }
            if (page.size() < PAGE) {
                return;
            }
            after = Optional.of(page.getLast());
        }
    }

    // What tree blocks list.

    private void trees(List<BlockRow> rows) {
        for (TreeBlock tree : read(rows)) {
            Map<Hash, Long> sizes = new HashMap<>();
            tree.entries().forEach(entry -> sizes.put(entry.hash(), entry.sizeBytes()));
            Set<Hash> wrong = wrong(tree, sizes);
            // The tree block itself, or its children, may be on their way out, or in.
            if (!wrong.isEmpty() && isUncondemned(tree.hash()) && !wrong(tree, sizes).isEmpty()) {
                if (bad.size() < BAD_MAX) {
                    bad.add(tree.hash());
                }
                found(
                        Finding.Kind.TREE_BLOCK,
                        "tree block "
                                + tree.hash()
                                + " lists "
                                + wrong.size()
                                + " blocks that aren't stored as it says, first "
                                + wrong.iterator().next());
            }
        }
        rows.clear();
    }

    private Set<Hash> wrong(TreeBlock tree, Map<Hash, Long> sizes) {
        Map<Hash, BlockRow> children = rows(sizes.keySet());
        Set<Hash> wrong = new HashSet<>();
        sizes.forEach((hash, size) -> {
            BlockRow row = children.get(hash);
            if (row == null
                    || row.condemned()
                    || row.level() != tree.level() - 1
                    || (row.level() == 0 && row.sizeBytes() != size)) {
                wrong.add(hash);
            }
        });
        return wrong;
    }

    private boolean isUncondemned(Hash hash) {
        BlockRow row = rows(Set.of(hash)).get(hash);
        return row != null && !row.condemned();
    }

    /** Those that can be read; the others were reported. */
    private List<TreeBlock> read(List<BlockRow> rows) {
        List<TreeBlock> trees = new ArrayList<>();
        try (FrameDecoder decoder = new FrameDecoder()) {
            for (BlockRow row : rows) {
                read(row, decoder).ifPresent(trees::add);
            }
        }
        return trees;
    }

    private Optional<TreeBlock> read(BlockRow row, FrameDecoder decoder) {
        if (bad.contains(row.hash())) {
            return Optional.empty();
        }
        try {
            ByteBuffer frame =
                    blocks.read(project.id(), List.of(new FrameRequest(row.hash(), row.location())))
                            .getFirst();
            return Optional.of(TreeBlock.parse(decoder.decode(frame).bytes()));
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.CORRUPT) {
                throw e;
            }
            lookAgain(row, true);
            return Optional.empty();
        }
    }

    // Which files that concerns.

    /** Reports the live files whose content has a bad block somewhere below it. */
    void affectedFiles() {
        if (bad.isEmpty()) {
            return;
        }
        for (int before = -1; before != bad.size() && bad.size() < BAD_MAX; ) {
            before = bad.size();
            List<BlockRow> trees = new ArrayList<>();
            forEachRow(
                    row -> {
                        if (row.level() > 0 && !row.condemned() && !bad.contains(row.hash())) {
                            trees.add(row);
                            if (trees.size() == TREES) {
                                spread(trees);
                            }
                        }
                    },
                    _ -> {});
            spread(trees);
        }
        store.read(read -> {
            read.nodes(project.key())
                    .forEachLive(node -> {
                        if (node.item()
                                .content()
                                .map(Content::hash)
                                .filter(bad::contains)
                                .isPresent()) {
                            Map<NodeId, Node> above =
                                    read.nodes(project.key()).withAncestors(List.of(node.id()));
                            report.add(
                                    new VerifyReport.File(
                                            project.id(), node.id().value(), path(node, above)));
                        }
                    });
            return true;
        });
    }

    private void spread(List<BlockRow> rows) {
        for (TreeBlock tree : read(rows)) {
            if (tree.entries().stream().anyMatch(entry -> bad.contains(entry.hash()))) {
                bad.add(tree.hash());
            }
        }
        rows.clear();
    }

    private static String path(Node node, Map<NodeId, Node> above) {
        String path = node.place().name().value();
        Node at = node;
        for (int i = 0; i < above.size() && !at.place().parent().isRoot(); i++) {
            Node parent = above.get(at.place().parent());
            if (parent == null) {
                return "?/" + path;
            }
            path = parent.place().name().value() + "/" + path;
            at = parent;
        }
        return path;
    }
}
