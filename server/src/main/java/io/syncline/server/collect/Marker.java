package io.syncline.server.collect;

import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.server.block.BlockReader;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Collecting;
import io.syncline.storage.metadata.Collecting.Mark;
import io.syncline.storage.metadata.Collecting.Position;
import io.syncline.storage.metadata.Collecting.Root;
import io.syncline.storage.metadata.Collecting.State;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.WriteTransaction;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Marks what one project needs: the contents of its live nodes and of its history, tree blocks too
 * young to be committed yet, and everything below all those. Reads in pages and batches, each of
 * its own snapshot; what changes meanwhile is found above the position where the mark began, so no
 * snapshot lasts. Each tree block is read once. Used by one thread.
 *
 * <p>Memory: the bitmap, one page, and the tree blocks that wait to be read: at most {@code 4,096}
 * below each of {@code AT_ONCE} tree blocks of each level, as names.
 */
final class Marker implements AutoCloseable {
    /** Rows of one look. */
    static final int PAGE = 2_000;

    /** Tree blocks in memory at once; each has at most 256 KiB. */
    private static final int AT_ONCE = 16;

    /** Condemned blocks found reachable; more mean that something is badly wrong. */
    private static final int REVIVALS_MAX = 1_000_000;

    /** What a transaction catches up with by itself, so that it stays short (R47). */
    private static final int ROOTS_WITHIN = 200;

    private static final int TREES_WITHIN = 64;
    private static final int TREE_BYTES_WITHIN = 80 << 10;

    private final MetadataStore store;
    private final BlockReader reader;
    private final Project project;
    private final Runnable checkpoint;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Marks marks = new Marks();
    private final boolean[] levels = new boolean[Content.MAX_LEVEL + 1];
    private final ArrayDeque<Hash> pending = new ArrayDeque<>();
    private final List<Mark> revivals = new ArrayList<>();
    private final Position start;
    private final Instant youngSince;
    private Position seen;

    /**
     * Begins a mark.
     *
     * @param youngSince blocks that arrived then or later are kept
     * @param checkpoint runs between looks; ends the mark by throwing
     */
    Marker(
            MetadataStore store,
            BlockReader reader,
            Project project,
            Instant youngSince,
            Runnable checkpoint) {
        this.store = store;
        this.reader = reader;
        this.project = project;
        this.youngSince = youngSince;
        this.checkpoint = checkpoint;
        this.start = look(read -> read.collecting(project.key()).position());
        this.seen = start;
    }

    private <T> T look(MetadataStore.Read<T> work) {
        checkpoint.run();
        return store.read(work);
    }

    /** Marks everything up to about now. */
    void mark() {
        markYoungTrees();
        pages(Collecting::liveContents);
        pages(Collecting::historyContents);
        catchUp();
    }

    /** Whether this block may be condemned: old, not condemned, and not needed. */
    boolean isUnneeded(State block) {
        return block.condemned().isEmpty() && !isYoung(block) && !marks.has(block.number());
    }

    /** Whether this block is needed as far as is known. */
    boolean isReachable(State block) {
        return marks.has(block.number());
    }

    /** Whether it is too early to judge this block. */
    boolean isYoung(State block) {
        return block.number() >= start.nextBlock() || !block.arrived().isBefore(youngSince);
    }

    /** The levels of tree blocks that there are, highest first. */
    List<Integer> levels() {
        List<Integer> found = new ArrayList<>();
        for (int level = Content.MAX_LEVEL; level > 0; level--) {
            if (levels[level]) {
                found.add(level);
            }
        }
        return found;
    }

    /** Blocks with numbers from here on are none of this run's business. */
    long numbersEnd() {
        return start.nextBlock();
    }

    /** Condemned blocks that are needed, children before parents. */
    List<Mark> revivals() {
        return revivals.stream().sorted(Comparator.comparingInt(Mark::level)).toList();
    }

    long count() {
        return marks.count();
    }

    private void markYoungTrees() {
        long from = 0;
        while (true) {
            long number = from;
            List<State> page = look(read -> read.collecting(project.key()).trees(number, PAGE));
            List<Hash> young = new ArrayList<>();
            for (State tree : page) {
                levels[tree.level()] = true;
                if (tree.condemned().isEmpty()
                        && tree.number() < start.nextBlock()
                        && isYoung(tree)) {
                    young.add(tree.hash());
                }
            }
            reach(young);
            walk();
            if (page.size() < PAGE || page.getLast().number() >= start.nextBlock()) {
                return;
            }
            from = page.getLast().number() + 1;
        }
    }

    /** One kind of root, page by page. */
    @FunctionalInterface
    private interface Roots {
        List<Root> page(Collecting rows, long after, int limit);
    }

    private void pages(Roots roots) {
        pages(roots, 0);
    }

    private void pages(Roots roots, long above) {
        long after = above;
        while (true) {
            long from = after;
            List<Root> page = look(read -> roots.page(read.collecting(project.key()), from, PAGE));
            reach(page.stream().map(Root::hash).toList());
            walk();
            if (page.size() < PAGE) {
                return;
            }
            after = page.getLast().key();
        }
    }

    /** Marks what became reachable since the last look, and all below it. */
    void catchUp() {
        Position now = look(read -> read.collecting(project.key()).position());
        pages(Collecting::historyContents, seen.head());
        pages(Collecting::changedContents, seen.head());
        long from = seen.nextBlock();
        while (true) {
            long number = from;
            List<State> page = look(read -> read.collecting(project.key()).trees(number, AT_ONCE));
            List<Hash> trees =
                    page.stream()
                            .filter(tree -> tree.condemned().isEmpty())
                            .map(State::hash)
                            .toList();
            reach(trees);
            walk();
            if (page.size() < AT_ONCE) {
                break;
            }
            from = page.getLast().number() + 1;
        }
        walk();
        seen = now;
    }

    /**
     * Marks, within the transaction that is to condemn, what became reachable since the last look;
     * what is below it is left to {@link #walk}, which must run before blocks of lower levels are
     * judged. Only marks: run twice, or undone, it does no harm. It reads the newest tree blocks
     * themselves, a few that were just written.
     *
     * @return where the project stands; hand it to {@link #advance} once the transaction is
     *     durable. Absent when there is too much for one transaction: then {@link #catchUp} first
     */
    Optional<Position> catchUpWithin(WriteTransaction transaction) {
        Collecting rows = transaction.collecting(project.key());
        Position now = rows.position();
        if (now.equals(seen)) {
            return Optional.of(now);
        }
        List<State> trees = rows.trees(seen.nextBlock(), TREES_WITHIN);
        List<Root> roots = new ArrayList<>(rows.historyContents(seen.head(), ROOTS_WITHIN));
        roots.addAll(rows.changedContents(seen.head(), ROOTS_WITHIN));
        int treeBytes = trees.stream().mapToInt(State::sizeBytes).sum();
        if (trees.size() == TREES_WITHIN
                || treeBytes > TREE_BYTES_WITHIN
                || roots.size() >= ROOTS_WITHIN) {
            return Optional.empty();
        }
        Set<Hash> reached = new LinkedHashSet<>();
        roots.forEach(root -> reached.add(root.hash()));
        List<Hash> fresh =
                trees.stream().filter(tree -> tree.condemned().isEmpty()).map(State::hash).toList();
        for (ByteBuffer frame : reader.framesAsTheyAre(project, rows(transaction, fresh))) {
            addChildren(tree(frame), reached);
        }
        rows.marks(fresh).forEach(mark -> marks.add(mark.number()));
        List<Mark> found = rows.marks(reached);
        if (found.size() < reached.size()) {
            throw SynclineException.corrupt("what was just committed or stored isn't stored");
        }
        found.forEach(this::add);
        return Optional.of(now);
    }

    /** What {@link #catchUpWithin} saw is durable. */
    void advance(Position position) {
        seen = position;
    }

    private void reach(Collection<Hash> hashes) {
        Set<Hash> distinct = new LinkedHashSet<>(hashes);
        List<Hash> all = List.copyOf(distinct);
        for (int from = 0; from < all.size(); from += PAGE) {
            List<Hash> some = all.subList(from, Math.min(all.size(), from + PAGE));
            List<Mark> found = look(read -> read.collecting(project.key()).marks(some));
            if (found.size() < some.size()) {
                throw lost(some, found);
            }
            found.forEach(this::add);
        }
    }

    private static SynclineException lost(List<Hash> wanted, List<Mark> found) {
        Set<Hash> left = new LinkedHashSet<>(wanted);
        found.forEach(mark -> left.remove(mark.hash()));
        return SynclineException.corrupt(
                left.size()
                        + " blocks that are needed aren't stored, among them "
                        + left.iterator().next()
                        + "; nothing more is collected");
    }

    private void add(Mark mark) {
        if (!marks.add(mark.number())) {
            return;
        }
        if (mark.condemned()) {
            if (revivals.size() == REVIVALS_MAX) {
                throw SynclineException.corrupt(
                        "more than " + REVIVALS_MAX + " condemned blocks are needed");
            }
            revivals.add(mark);
        }
        if (mark.level() > 0) {
            pending.push(mark.hash());
        }
    }

    /** Marks all that is below what was marked. */
    void walk() {
        while (!pending.isEmpty()) {
            List<Hash> some = new ArrayList<>();
            while (some.size() < AT_ONCE && !pending.isEmpty()) {
                some.add(pending.pop());
            }
            Set<Hash> children = new LinkedHashSet<>();
            List<BlockRow> rows = look(read -> rows(read, some));
            for (ByteBuffer frame : reader.frames(project, rows)) {
                addChildren(tree(frame), children);
            }
            reach(children);
        }
    }

    /** In order of place, so that neighbours are read together. */
    private List<BlockRow> rows(ReadTransaction read, Collection<Hash> hashes) {
        // One that is gone was seen in a transaction that was undone: only the collector deletes,
        // and never what is marked.
        return read.blocks(project.key()).find(hashes).values().stream()
                .sorted(
                        Comparator.comparing((BlockRow row) -> row.location().pack())
                                .thenComparingLong(row -> row.location().offsetBytes()))
                .toList();
    }

    private TreeBlock tree(ByteBuffer frame) {
        return TreeBlock.parse(decoder.decode(frame).bytes());
    }

    private static void addChildren(TreeBlock tree, Set<Hash> into) {
        tree.entries().forEach(entry -> into.add(entry.hash()));
    }

    @Override
    public void close() {
        decoder.close();
    }
}
