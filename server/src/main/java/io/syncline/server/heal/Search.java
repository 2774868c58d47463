package io.syncline.server.heal;

import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.WantedPage;
import io.syncline.server.block.BlockReader;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Collecting.Root;
import io.syncline.storage.metadata.Collecting.State;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Walks from blocks up to the live files that hold them: tree blocks level by level, each read
 * once, then the live nodes. In pages, each of its own database snapshot; a file that comes or
 * changes meanwhile may be missed, and is found by the next search.
 */
final class Search {
    private static final int PAGE = 2_000;

    /** Tree blocks in memory at once; each has at most 256 KiB. */
    private static final int AT_ONCE = 16;

    /** Blocks on the way up; with more the rest isn't looked at. */
    private static final int BLOCKS_MAX = 1_000_000;

    /** Files found; with more the rest isn't told of until these are whole again. */
    private static final int FILES_MAX = 100_000;

    private final MetadataStore store;
    private final BlockReader reader;
    private final Project project;
    private final BooleanSupplier stopping;

    Search(MetadataStore store, BlockReader reader, Project project, BooleanSupplier stopping) {
        this.store = store;
        this.reader = reader;
        this.project = project;
        this.stopping = stopping;
    }

    /** The live files that hold one of these blocks, in order of node. */
    List<WantedPage.File> files(Set<Hash> blocks) {
        Set<Hash> holding = new HashSet<>(blocks);
        try (FrameDecoder decoder = new FrameDecoder()) {
            boolean higher = true;
            for (int level = 1; level <= Content.MAX_LEVEL && higher; level++) {
                higher = climb(level, holding, decoder);
            }
        }
        List<WantedPage.File> files = new ArrayList<>();
        long after = 0;
        while (files.size() < FILES_MAX) {
            check();
            long from = after;
            List<Root> page =
                    store.read(read -> read.collecting(project.key()).liveContents(from, PAGE));
            for (Root root : page) {
                if (holding.contains(root.hash())) {
                    files.add(
                            new WantedPage.File(new NodeId(root.key()), root.level(), root.hash()));
                }
            }
            if (page.size() < PAGE) {
                break;
            }
            after = page.getLast().key();
        }
        return List.copyOf(files);
    }

    /** Adds the tree blocks of a level that list what is held; false if there is no higher one. */
    private boolean climb(int level, Set<Hash> holding, FrameDecoder decoder) {
        boolean higher = false;
        long from = 0;
        while (holding.size() < BLOCKS_MAX) {
            check();
            long number = from;
            List<State> page =
                    store.read(read -> read.collecting(project.key()).trees(number, PAGE));
            List<Hash> trees = new ArrayList<>();
            for (State tree : page) {
                higher |= tree.level() > level;
                if (tree.level() == level
                        && tree.condemned().isEmpty()
                        && !holding.contains(tree.hash())) {
                    trees.add(tree.hash());
                }
            }
            for (int i = 0; i < trees.size(); i += AT_ONCE) {
                check();
                look(trees.subList(i, Math.min(trees.size(), i + AT_ONCE)), holding, decoder);
            }
            if (page.size() < PAGE) {
                break;
            }
            from = page.getLast().number() + 1;
        }
        return higher;
    }

    private void look(List<Hash> trees, Set<Hash> holding, FrameDecoder decoder) {
        List<BlockRow> rows =
                store.read(read -> read.blocks(project.key()).find(trees)).values().stream()
                        .filter(row -> !row.condemned())
                        .sorted(
                                Comparator.comparing((BlockRow row) -> row.location().pack())
                                        .thenComparingLong(row -> row.location().offsetBytes()))
                        .toList();
        try {
            List<ByteBuffer> frames = reader.frames(project, rows);
            frames.forEach(frame -> look(frame, holding, decoder));
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.CORRUPT) {
                throw e;
            }
            // One of them is damaged, too, and is wanted from now on; the others tell.
            rows.forEach(row -> lookAlone(row, holding, decoder));
        }
    }

    private void lookAlone(BlockRow row, Set<Hash> holding, FrameDecoder decoder) {
        try {
            look(reader.frames(project, List.of(row)).getFirst(), holding, decoder);
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.CORRUPT) {
                throw e;
            }
            holding.add(row.hash());
        }
    }

    private static void look(ByteBuffer frame, Set<Hash> holding, FrameDecoder decoder) {
        TreeBlock tree = TreeBlock.parse(decoder.decode(frame).bytes());
        if (tree.entries().stream().anyMatch(entry -> holding.contains(entry.hash()))) {
            holding.add(tree.hash());
        }
    }

    private void check() {
        if (stopping.getAsBoolean()) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the server is stopping");
        }
    }
}
