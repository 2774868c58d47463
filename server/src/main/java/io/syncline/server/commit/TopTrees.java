package io.syncline.server.commit;

import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Commit;
import io.syncline.server.block.BlockReader;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Project;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads how much content is below the tree blocks that a commit names as tops of files, so that a
 * size that isn't the file's is refused instead of failing every reader. Read before the project is
 * locked: what is stored under a name never changes, and whether it still is stored is looked at
 * again under the lock.
 */
final class TopTrees {
    private static final Logger log = LoggerFactory.getLogger(TopTrees.class);

    /** Tree blocks in memory at once; each has at most 256 KiB. */
    private static final int AT_ONCE = 16;

    private final BlockReader blocks;

    TopTrees(BlockReader blocks) {
        this.blocks = blocks;
    }

    /**
     * The size of the content below each tree block that is stored and can be a top: one with two
     * entries or more; 0 for others that are stored.
     */
    Map<Hash, Long> contentBytes(Project project, Commit commit) {
        Set<Hash> tops = tops(commit);
        if (tops.isEmpty()) {
            return Map.of();
        }
        List<BlockRow> rows =
                blocks.find(project, tops).values().stream()
                        .filter(row -> row.level() > 0)
                        .toList();
        Map<Hash, Long> sizes = new HashMap<>();
        rows.forEach(row -> sizes.put(row.hash(), 0L));
        try (FrameDecoder decoder = new FrameDecoder()) {
            for (int from = 0; from < rows.size(); from += AT_ONCE) {
                List<BlockRow> some = rows.subList(from, Math.min(rows.size(), from + AT_ONCE));
                read(project, some, decoder, sizes);
            }
        }
        return sizes;
    }

    private static Set<Hash> tops(Commit commit) {
        Set<Hash> tops = new HashSet<>();
        for (Change change : commit.changes()) {
            item(change)
                    .flatMap(Item::content)
                    .filter(content -> content.level() > 0)
                    .map(Content::hash)
                    .ifPresent(tops::add);
        }
        return tops;
    }

    private static Optional<Item> item(Change change) {
        return switch (change) {
            case Change.Create create -> Optional.of(create.item());
            case Change.Update update -> update.item();
            case Change.Delete _, Change.Check _ -> Optional.empty();
        };
    }

    private void read(
            Project project, List<BlockRow> rows, FrameDecoder decoder, Map<Hash, Long> sizes) {
        try {
            List<TreeBlock> trees = new ArrayList<>();
            for (ByteBuffer frame : blocks.frames(project, rows)) {
                trees.add(TreeBlock.parse(decoder.decode(frame).bytes()));
            }
            for (TreeBlock tree : trees) {
                if (tree.entries().size() > 1) {
                    sizes.put(tree.hash(), tree.sizeBytes());
                }
            }
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.CORRUPT) {
                throw e;
            }
            if (rows.size() > 1) {
                // One damaged block must not hold up the other files of the commit.
                rows.forEach(row -> read(project, List.of(row), decoder, sizes));
            } else {
                log.atError()
                        .addKeyValue("block", rows.getFirst().hash())
                        .setCause(e)
                        .log("a stored tree block can't be read");
            }
        }
    }
}
