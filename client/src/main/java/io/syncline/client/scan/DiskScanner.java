package io.syncline.client.scan;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.RootState;
import io.syncline.client.ignore.Ignores;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * The scanner of a {@link Disk}, in three steps: {@link Walk} looks at the disk and sums up each
 * directory, {@link Matching} says which directory is which node, {@link Comparison} compares the
 * entries of those whose sum isn't the known one.
 */
public final class DiskScanner implements Scanner {
    private final Disk disk;
    private final Ignores ignores;
    private final ReplicaId replica;
    private final ThreadFactory threads;

    /** A scanner of that disk, as long as it is marked as that replica's folder. */
    public DiskScanner(Disk disk, Ignores ignores, ReplicaId replica) {
        this(disk, ignores, replica, Executors.defaultThreadFactory());
    }

    /** The same, which reads on threads made by {@code threads}. */
    public DiskScanner(Disk disk, Ignores ignores, ReplicaId replica, ThreadFactory threads) {
        this.disk = disk;
        this.ignores = ignores;
        this.replica = replica;
        this.threads = threads;
    }

    @Override
    public ScanResult scanAll(KnownTree known, Consumer<Observation> sink) {
        return scan(known, sink, () -> new Walk(disk, ignores, threads).walkAll());
    }

    @Override
    public ScanResult scan(
            Set<LocalPath> directories, KnownTree known, Consumer<Observation> sink) {
        return scan(
                known, sink, () -> new Walk(disk, ignores, threads).walkSome(directories, known));
    }

    /** The children of a directory; where they are fewer than matters, what is below them too. */
    private static int count(KnownTree known, NodeId directory) {
        List<KnownNode> children = known.children(directory);
        int count = children.size();
        for (KnownNode child : children) {
            if (count >= EMPTIED_FROM) {
                break;
            }
            count += child.seen().isDirectory() ? count(known, child.id()) : 0;
        }
        return count;
    }

    private interface Walking {
        Walked walk();
    }

    private ScanResult scan(KnownTree known, Consumer<Observation> sink, Walking walking) {
        switch (disk.rootState(replica)) {
            case FINE -> {}
            case GONE -> {
                return new ScanResult.RootGone();
            }
            case SWAPPED -> {
                return new ScanResult.RootSwapped();
            }
        }
        Walked walked = walking.walk();
        if (walked.rootIsEmpty()) {
            int before = count(known, NodeId.ROOT);
            if (before >= EMPTIED_FROM) {
                return new ScanResult.RootEmptied(before);
            }
        }
        // A root that went away in the meantime would look like a million deletions.
        RootState still = disk.rootState(replica);
        if (still != RootState.FINE) {
            return still == RootState.GONE
                    ? new ScanResult.RootGone()
                    : new ScanResult.RootSwapped();
        }
        var matching = new Matching(disk, known, walked);
        matching.match();
        return new Comparison(disk, known, ignores, walked, matching, sink).run();
    }
}
