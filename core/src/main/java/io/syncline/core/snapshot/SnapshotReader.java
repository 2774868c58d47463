package io.syncline.core.snapshot;

import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.Zstandard;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Hands a snapshot's nodes out, group by group in listing order, with memory for one group and 8
 * bytes for each directory. Not thread-safe; holds native memory.
 */
public final class SnapshotReader implements AutoCloseable {
    private final SnapshotSource source;
    private final SnapshotHead head;
    private final Zstandard zstd = new Zstandard(1);

    /** Ids by directory number. */
    private long[] directories = new long[64];

    private int directoryCount = 1;
    private int group;
    private int lastParent;
    private Optional<Node> last = Optional.empty();

    private SnapshotReader(SnapshotSource source, SnapshotHead head) {
        this.source = source;
        this.head = head;
    }

    /**
     * Begins with the whole file.
     *
     * @throws SynclineException CORRUPT
     */
    public static SnapshotReader open(SnapshotSource source) throws IOException {
        return new SnapshotReader(source, SnapshotHead.read(source));
    }

    /** What the snapshot says of itself. */
    public SnapshotHead head() {
        return head;
    }

    /**
     * The next nodes, at most {@link SnapshotHead#GROUP_NODES_MAX}, parents first; empty at the
     * end.
     *
     * @throws SynclineException CORRUPT
     */
    public List<Node> next() throws IOException {
        if (group == head.groups().size()) {
            return List.of();
        }
        SnapshotHead.Group at = head.groups().get(group);
        SnapshotRows rows =
                new SnapshotRows(at.nodeCount(), at.nameBytes(), new int[] {0, at.nodeCount()});
        rows.decode(
                0,
                at,
                0,
                zstd,
                head.tree(source, group),
                Optional.of(head.contents(source, group)));
        group++;
        List<Node> nodes = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            int parent = rows.parents[i];
            if (parent < lastParent || parent >= directoryCount) {
                throw SynclineException.corrupt("a snapshot has a node before its parent");
            }
            Node node = rows.node(i, new NodeId(directories[parent]));
            if (i == 0 && parent == lastParent) {
                checkFirst(node);
            }
            lastParent = parent;
            if (rows.kinds[i] == Kind.DIRECTORY.code()) {
                add(node.id().value());
            }
            nodes.add(node);
        }
        last = Optional.of(nodes.getLast());
        return nodes;
    }

    /** Siblings that two groups share ascend as well. */
    private void checkFirst(Node node) {
        if (last.isPresent()
                && last.get().place().name().compareTo(node.place().name()) >= 0) {
            throw SynclineException.corrupt("a snapshot has names out of order");
        }
    }

    private void add(long id) {
        if (directoryCount == directories.length) {
            directories = Arrays.copyOf(directories, 2 * directoryCount);
        }
        directories[directoryCount] = id;
        directoryCount++;
    }

    @Override
    public void close() {
        zstd.close();
    }
}
