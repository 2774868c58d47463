package io.syncline.core.block;

import io.syncline.core.block.TreeBlock.Entry;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Builds the description of a file from its data blocks in order: hands over tree blocks as they
 * close, children before parents (L3), and ends with the {@link Content}. Tree blocks are cut by
 * content too, so a changed data block changes one tree block per level. Holds at most {@link
 * TreeBlock#ENTRIES_MAX} entries per level, whatever the file's size. Not thread-safe.
 */
public final class ContentBuilder {
    /** No tree block but the last of its level has fewer entries. */
    static final int ENTRIES_MIN = 128;

    /** A tree block ends after an entry whose hash has this many low bits zero: one in 1,024. */
    private static final long CUT_MASK = (1L << 10) - 1;

    private final Consumer<TreeBlock> sink;
    private final List<Level> levels = new ArrayList<>();
    private boolean finished;

    /** Entries that wait for their tree block, and whether one of that level was closed before. */
    private static final class Level {
        final List<Entry> entries = new ArrayList<>();
        boolean closedOne;
    }

    /** A builder that hands each closed tree block to {@code sink} at once. */
    public ContentBuilder(Consumer<TreeBlock> sink) {
        this.sink = sink;
    }

    /** Adds the next data block, of 1..256 KiB. */
    public void add(Hash hash, int sizeBytes) {
        if (finished || sizeBytes < 1 || sizeBytes > CutParameters.BLOCK_BYTES_MAX) {
            throw new IllegalStateException(
                    finished ? "content is finished" : "a block of " + sizeBytes + " bytes");
        }
        add(1, new Entry(hash, sizeBytes));
    }

    private void add(int level, Entry entry) {
        if (levels.size() < level) {
            levels.add(new Level());
        }
        List<Entry> entries = levels.get(level - 1).entries;
        entries.add(entry);
        boolean cut = entries.size() >= ENTRIES_MIN && (entry.hash().d() & CUT_MASK) == 0;
        if (cut || entries.size() == TreeBlock.ENTRIES_MAX) {
            close(level);
        }
    }

    private void close(int level) {
        Level closing = levels.get(level - 1);
        TreeBlock tree = TreeBlock.of(level, closing.entries);
        closing.entries.clear();
        closing.closedOne = true;
        sink.accept(tree);
        add(level + 1, new Entry(tree.hash(), tree.sizeBytes()));
    }

    /** Closes what is open and returns the content's name. Call once. */
    public Content finish() {
        if (finished) {
            throw new IllegalStateException("content is finished");
        }
        finished = true;
        // Closing a level adds to the next one, so the bound moves.
        for (int level = 1; level <= levels.size(); level++) {
            Level last = levels.get(level - 1);
            if (last.entries.size() == 1 && !last.closedOne) {
                Entry top = last.entries.getFirst();
                return new Content(level - 1, top.hash(), top.sizeBytes());
            }
            if (!last.entries.isEmpty()) {
                close(level);
            }
        }
        return Content.EMPTY;
    }
}
