package io.syncline.core.block;

import io.syncline.core.block.TreeBlock.Entry;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds the description of a file from its data blocks in order: hands over tree blocks as they
 * close, children before parents (L3), and ends with the {@link Content}. Tree blocks are cut by
 * content too, so a changed data block changes one tree block per level. Holds at most twice {@link
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

    /**
     * Entries that wait for their tree block, and the tree block of that level that was closed
     * last: long runs of equal content, as holes are, make the same one again and again.
     */
    private static final class Level {
        final List<Entry> entries = new ArrayList<>();
        @Nullable TreeBlock closed;
    }

    /** A builder that hands each closed tree block to {@code sink} at once. */
    public ContentBuilder(Consumer<TreeBlock> sink) {
        this.sink = sink;
    }

    /** Adds the next data block, of 1..256 KiB. */
    public void add(Hash hash, int sizeBytes) {
        add(hash, sizeBytes, 1);
    }

    /** Adds the next data blocks, {@code count} equal ones, at most {@link #room} of them. */
    public void add(Hash hash, int sizeBytes, int count) {
        if (finished
                || sizeBytes < 1
                || sizeBytes > CutParameters.BLOCK_BYTES_MAX
                || count < 1
                || count > room(hash)) {
            throw new IllegalStateException(
                    finished
                            ? "content is finished"
                            : count + " blocks of " + sizeBytes + " bytes");
        }
        add(1, new Entry(hash, sizeBytes), count);
    }

    /**
     * How many data blocks of that name can be added until a tree block closes, which lists them
     * all; at least 1.
     */
    public int room(Hash hash) {
        int entries = levels.isEmpty() ? 0 : levels.getFirst().entries.size();
        return isCut(hash) ? Math.max(1, ENTRIES_MIN - entries) : TreeBlock.ENTRIES_MAX - entries;
    }

    private static boolean isCut(Hash hash) {
        return (hash.d() & CUT_MASK) == 0;
    }

    private void add(int level, Entry entry, int count) {
        if (levels.size() < level) {
            levels.add(new Level());
        }
        List<Entry> entries = levels.get(level - 1).entries;
        entries.addAll(Collections.nCopies(count, entry));
        boolean cut = entries.size() >= ENTRIES_MIN && isCut(entry.hash());
        if (cut || entries.size() == TreeBlock.ENTRIES_MAX) {
            close(level);
        }
    }

    private void close(int level) {
        Level closing = levels.get(level - 1);
        TreeBlock before = closing.closed;
        TreeBlock tree =
                before != null && before.entries().equals(closing.entries)
                        ? before
                        : TreeBlock.of(level, closing.entries);
        closing.entries.clear();
        closing.closed = tree;
        sink.accept(tree);
        add(level + 1, new Entry(tree.hash(), tree.sizeBytes()), 1);
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
            if (last.entries.size() == 1 && last.closed == null) {
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
