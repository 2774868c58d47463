package io.syncline.core.snapshot;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.Zstandard;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A whole tree in arrays, ready to be asked: about 45 bytes and its name a node, instead of a few
 * objects. A node is named by its index in listing order, {@link #ROOT} for the root; the children
 * of a directory are the indices {@link #firstChild}..{@link #endChild} in byte order of their
 * names. Immutable but for an index by id made when first asked for; thread-safe.
 */
public final class SnapshotTree {
    /** The index of the root, which is no node. */
    public static final int ROOT = -1;

    private static final int BYTES_A_NODE = 64;

    private final SnapshotHead head;
    private final SnapshotRows rows;

    /** The node of each directory number, ascending; the root's is {@link #ROOT}. */
    private final int[] directories;

    /** The first child of each directory number, and one beyond the last. */
    private final int[] childStarts;

    /** Indices plus one by hash of the id; 0 is free. Published by the write of the whole array. */
    private volatile int[] byId = new int[0];

    private SnapshotTree(
            SnapshotHead head, SnapshotRows rows, int[] directories, int[] childStarts) {
        this.head = head;
        this.rows = rows;
        this.directories = directories;
        this.childStarts = childStarts;
    }

    /**
     * Reads a snapshot.
     *
     * @param contents whether with the names of contents; without, only what is before {@link
     *     SnapshotHead#contentOffset} is read
     * @param bytesMax most memory it may take, in bytes
     * @param parallel runs a task for each group of nodes
     * @throws SynclineException CORRUPT where it can't be, TOO_LARGE where it needs more memory
     */
    public static SnapshotTree read(
            SnapshotSource source, boolean contents, long bytesMax, Parallel parallel)
            throws IOException {
        SnapshotHead head = SnapshotHead.read(source);
        List<SnapshotHead.Group> groups = head.groups();
        long needed = (long) head.nodeCount() * BYTES_A_NODE + head.nameBytes();
        needed += contents ? head.sizeBytes() - head.contentOffset() : 0;
        if (needed > bytesMax || head.nameBytes() > Integer.MAX_VALUE - 8) {
            throw new SynclineException(
                    ErrorCode.TOO_LARGE, "a snapshot needs " + needed + " bytes of memory");
        }
        int[] starts = new int[groups.size() + 1];
        int[] nameStarts = new int[groups.size() + 1];
        for (int i = 0; i < groups.size(); i++) {
            starts[i + 1] = starts[i] + groups.get(i).nodeCount();
            nameStarts[i + 1] = nameStarts[i] + groups.get(i).nameBytes();
        }
        SnapshotRows rows = new SnapshotRows(head.nodeCount(), (int) head.nameBytes(), starts);
        List<Runnable> tasks = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            int group = i;
            tasks.add(() -> decode(source, head, group, nameStarts[group], contents, rows));
        }
        parallel.run(tasks);
        return index(head, rows, starts);
    }

    private static void decode(
            SnapshotSource source,
            SnapshotHead head,
            int group,
            int nameStart,
            boolean contents,
            SnapshotRows rows) {
        try (Zstandard zstd = new Zstandard(1)) {
            rows.decode(
                    group,
                    head.groups().get(group),
                    nameStart,
                    zstd,
                    head.tree(source, group),
                    contents ? Optional.of(head.contents(source, group)) : Optional.empty());
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.CORRUPT, "a snapshot can't be read", e);
        }
    }

    private static SnapshotTree index(SnapshotHead head, SnapshotRows rows, int[] starts) {
        for (int start : starts) {
            if (start > 0 && start < rows.size()) {
                rows.checkAcross(start);
            }
        }
        int count = 1;
        for (SnapshotHead.Group group : head.groups()) {
            count += group.directoryCount();
        }
        int[] directories = new int[count];
        int[] childStarts = new int[count + 1];
        directories[0] = ROOT;
        int known = 1;
        int filled = 0;
        for (int i = 0; i < rows.size(); i++) {
            int parent = rows.parents[i];
            if (parent >= known) {
                throw SynclineException.corrupt("a snapshot has a node before its parent");
            }
            while (filled < parent) {
                filled++;
                childStarts[filled] = i;
            }
            if (rows.kinds[i] == Kind.DIRECTORY.code()) {
                directories[known] = i;
                known++;
            }
        }
        Arrays.fill(childStarts, filled + 1, count + 1, rows.size());
        return new SnapshotTree(head, rows, directories, childStarts);
    }

    /** What the snapshot says of itself. */
    public SnapshotHead head() {
        return head;
    }

    /** How many nodes there are: their indices are below. */
    public int size() {
        return rows.size();
    }

    /** The first child of a directory. */
    public int firstChild(int directory) {
        int number = number(directory);
        return number < 0 ? 0 : childStarts[number];
    }

    /** One beyond the last child of a directory; no child where that is the first. */
    public int endChild(int directory) {
        int number = number(directory);
        return number < 0 ? 0 : childStarts[number + 1];
    }

    /** The directory number of a node; negative where it isn't a directory. */
    private int number(int directory) {
        return Arrays.binarySearch(directories, directory);
    }

    /** The parent of a node, {@link #ROOT} at the top; always below the node itself. */
    public int parent(int node) {
        return directories[rows.parents[node]];
    }

    /** The id of a node or the root. */
    public NodeId id(int node) {
        return node == ROOT ? NodeId.ROOT : new NodeId(rows.ids[node]);
    }

    /** The name of a node, made anew. */
    public Name name(int node) {
        return rows.name(node);
    }

    /** What a node is. */
    public Kind kind(int node) {
        return new Kind(rows.kinds[node] & 0xFF);
    }

    /** The size of a node's content in bytes, 0 where it has none. */
    public long sizeBytes(int node) {
        return rows.sizes[node];
    }

    /** The modification time in nanoseconds since 1970. */
    public long mtimeNanos(int node) {
        return rows.mtimes[node];
    }

    /** The version of a node. */
    public long sequence(int node) {
        return rows.sequences[node];
    }

    /** The inline target of a symlink. */
    public Optional<byte[]> target(int node) {
        return rows.target(node);
    }

    /** The whole node; only where the snapshot was read with the names of contents. */
    public Node node(int node) {
        return rows.node(node, id(parent(node)));
    }

    /** The child of that name; 1 + log2 of the children comparisons. */
    public OptionalInt child(int directory, Name name) {
        byte[] wanted = name.toBytes();
        int low = firstChild(directory);
        int high = endChild(directory) - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order =
                    Arrays.compareUnsigned(
                            rows.names,
                            rows.nameStarts[middle],
                            rows.nameStarts[middle + 1],
                            wanted,
                            0,
                            wanted.length);
            if (order == 0) {
                return OptionalInt.of(middle);
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return OptionalInt.empty();
    }

    /** The node at a path from the root; {@link #ROOT} for the empty one. */
    public OptionalInt resolve(List<Name> path) {
        int at = ROOT;
        for (Name name : path) {
            OptionalInt child = child(at, name);
            if (child.isEmpty()) {
                return child;
            }
            at = child.getAsInt();
        }
        return OptionalInt.of(at);
    }

    /** The names from the root down to a node. */
    public List<Name> path(int node) {
        List<Name> names = new ArrayList<>();
        for (int at = node; at != ROOT; at = parent(at)) {
            names.add(name(at));
        }
        return names.reversed();
    }

    /** The node with that id; the first such question costs a pass over all nodes. */
    public OptionalInt find(NodeId id) {
        if (id.isRoot()) {
            return OptionalInt.of(ROOT);
        }
        int[] index = byId;
        if (index.length == 0) {
            index = indexIds();
            byId = index;
        }
        for (int slot = slot(id.value(), index.length); index[slot] != 0; ) {
            if (rows.ids[index[slot] - 1] == id.value()) {
                return OptionalInt.of(index[slot] - 1);
            }
            slot = (slot + 1) & (index.length - 1);
        }
        return OptionalInt.empty();
    }

    private int[] indexIds() {
        int[] index = new int[Integer.highestOneBit(Math.max(1, rows.size())) << 2];
        for (int i = 0; i < rows.size(); i++) {
            int slot = slot(rows.ids[i], index.length);
            while (index[slot] != 0) {
                slot = (slot + 1) & (index.length - 1);
            }
            index[slot] = i + 1;
        }
        return index;
    }

    /** Fibonacci hashing: ids are dense, and shall not fill one run of slots. */
    private static int slot(long id, int slots) {
        return (int) ((id * 0x9E3779B97F4A7C15L) >>> (64 - Integer.numberOfTrailingZeros(slots)));
    }
}
