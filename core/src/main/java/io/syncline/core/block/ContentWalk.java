package io.syncline.core.block;

import io.syncline.core.block.TreeBlock.Entry;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists the data blocks of a content in order, from any byte on. It fetches nothing itself: it says
 * which tree blocks it needs, with those that it will need soon, and is given them.
 *
 * {@snippet :
 * while (true) {
 *     switch (walk.next(64)) {
 *         case ContentWalk.Data data -> use(data);
 *         case ContentWalk.Needs needs -> fetch(needs.trees()).forEach(walk::supply);
 *         case ContentWalk.End _ -> { return; }
 *     }
 * }
 * }
 *
 * <p>Everything is checked: that a tree block has the name, the level and the size that its parent
 * said. What breaks that is CORRUPT. Holds two tree blocks per level and those supplied ahead. Not
 * thread-safe.
 */
public final class ContentWalk {
    /** What comes next. */
    public sealed interface Step {}

    /**
     * The next data block.
     *
     * @param offsetBytes of its first byte in the content
     */
    public record Data(Hash hash, int sizeBytes, long offsetBytes) implements Step {}

    /**
     * Tree blocks to {@link #supply}, the first of which the walk can't go on without, the others
     * ahead of need.
     */
    public record Needs(List<Hash> trees) implements Step {
        public Needs {
            trees = List.copyOf(trees);
        }
    }

    /** There are no more blocks. */
    public record End() implements Step {}

    /** A tree block being walked, and where. */
    private static final class Open {
        final TreeBlock tree;
        int next;
        long offset;

        Open(TreeBlock tree, long offset) {
            this.tree = tree;
            this.offset = offset;
        }
    }

    private final Content content;
    private final long fromByte;
    private final Deque<Open> open = new ArrayDeque<>();
    private final Map<Hash, TreeBlock> supplied = new HashMap<>();

    /**
     * The tree block walked last at each level: long runs of equal content list the same one again
     * and again.
     */
    private final @Nullable TreeBlock[] last = new TreeBlock[Content.MAX_LEVEL + 1];

    private boolean started;

    /** All data blocks of a content. */
    public ContentWalk(Content content) {
        this(content, 0);
    }

    /**
     * The data blocks of a content from the one that holds byte {@code fromByte} on; none where
     * that is at its end or beyond.
     */
    public ContentWalk(Content content, long fromByte) {
        this.content = content;
        this.fromByte = fromByte;
    }

    /**
     * The next data block, or what it takes to find it.
     *
     * @param aheadMax most tree blocks asked for at once, at least 1
     */
    public Step next(int aheadMax) {
        if (content.isEmpty() || fromByte >= content.sizeBytes()) {
            return new End();
        }
        if (!started) {
            if (content.level() == 0) {
                started = true;
                return data(content.hash(), content.sizeBytes(), 0);
            }
            if (!descend(content.level(), new Entry(content.hash(), content.sizeBytes()), 0)) {
                return new Needs(List.of(content.hash()));
            }
            started = true;
        }
        while (!open.isEmpty()) {
            Open top = open.getFirst();
            if (top.next == top.tree.entries().size()) {
                open.removeFirst();
                continue;
            }
            Entry entry = top.tree.entries().get(top.next);
            long offset = top.offset;
            if (offset + entry.sizeBytes() <= fromByte) {
                pass(top, entry);
            } else if (top.tree.level() == 1) {
                pass(top, entry);
                return data(entry.hash(), entry.sizeBytes(), offset);
            } else if (descend(top.tree.level() - 1, entry, offset)) {
                pass(top, entry);
            } else {
                return new Needs(ahead(aheadMax));
            }
        }
        return new End();
    }

    private static void pass(Open top, Entry entry) {
        top.next++;
        top.offset += entry.sizeBytes();
    }

    private static Data data(Hash hash, long sizeBytes, long offset) {
        return new Data(hash, Math.toIntExact(sizeBytes), offset);
    }

    /** Goes down into a tree block, if it was supplied. */
    private boolean descend(int level, Entry entry, long offset) {
        TreeBlock before = last[level];
        TreeBlock tree =
                before != null && before.hash().equals(entry.hash())
                        ? before
                        : supplied.remove(entry.hash());
        if (tree == null) {
            return false;
        }
        boolean top = open.isEmpty() && !started;
        if (tree.level() != level
                || tree.sizeBytes() != entry.sizeBytes()
                || (top && tree.entries().size() == 1)) {
            throw SynclineException.corrupt(
                    tree
                            + " of "
                            + tree.sizeBytes()
                            + " bytes where level "
                            + level
                            + " of "
                            + entry.sizeBytes()
                            + " bytes belongs");
        }
        last[level] = tree;
        open.addFirst(new Open(tree, offset));
        return true;
    }

    /** Tree blocks that come next and aren't supplied, in order, at most this many. */
    private List<Hash> ahead(int max) {
        Set<Hash> wanted = new LinkedHashSet<>();
        for (Iterator<Open> levels = open.iterator(); levels.hasNext() && wanted.size() < max; ) {
            Open level = levels.next();
            List<Entry> entries = level.tree.entries();
            collect(level.tree.level(), entries.subList(level.next, entries.size()), max, wanted);
        }
        return new ArrayList<>(wanted);
    }

    private void collect(int level, List<Entry> entries, int max, Set<Hash> wanted) {
        for (int i = 0; level > 1 && i < entries.size() && wanted.size() < max; i++) {
            TreeBlock tree = supplied.get(entries.get(i).hash());
            if (tree == null) {
                wanted.add(entries.get(i).hash());
            } else {
                collect(level - 1, tree.entries(), max, wanted);
            }
        }
    }

    /**
     * Hands over the bytes of a tree block, from position to limit; the position stays.
     *
     * @throws SynclineException CORRUPT where they don't have that name or aren't a tree block
     */
    public void supply(Hash hash, ByteBuffer bytes) {
        TreeBlock tree = TreeBlock.parse(bytes);
        if (!tree.hash().equals(hash)) {
            throw SynclineException.corrupt("tree block " + hash + " has the bytes of another");
        }
        supplied.put(hash, tree);
    }
}
