package io.syncline.client.doctor;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.StateStore;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a directory is the folder that a state tells of: how many of its files are there, of the
 * size that was agreed.
 *
 * @param looked files looked for, the first so many
 * @param here files found
 */
record Familiar(int looked, int here) {
    /** Files that are looked for. */
    private static final int LOOKED_MAX = 5_000;

    private static final int PAGE = 1_000;

    /** Of so many in a hundred must be here. */
    private static final int PERCENT = 90;

    static Familiar compare(StateStore store, Disk disk) {
        int looked = 0;
        int here = 0;
        Map<NodeId, Optional<LocalPath>> directories = new HashMap<>();
        NodeId after = StateStore.FIRST;
        while (looked < LOOKED_MAX) {
            List<Agreed> page = store.agreedAfter(after, PAGE);
            for (Agreed row : page) {
                if (row.isMaterialised()
                        && row.observed().orElseThrow().stat().kind() == FileKind.FILE
                        && looked < LOOKED_MAX) {
                    looked++;
                    here += isHere(store, disk, row, directories) ? 1 : 0;
                }
            }
            if (page.size() < PAGE) {
                break;
            }
            after = page.getLast().id();
        }
        return new Familiar(looked, here);
    }

    private static boolean isHere(
            StateStore store, Disk disk, Agreed row, Map<NodeId, Optional<LocalPath>> directories) {
        return directories
                .computeIfAbsent(row.place().parent(), id -> path(store, id))
                .map(directory -> directory.child(row.observed().orElseThrow().localName()))
                .flatMap(path -> disk.stat(path).found())
                .filter(stat -> stat.sizeBytes() == row.item().sizeBytes())
                .isPresent();
    }

    private static Optional<LocalPath> path(StateStore store, NodeId directory) {
        List<String> names = new ArrayList<>();
        NodeId at = directory;
        while (!at.isRoot()) {
            Optional<Agreed> row = store.agreed(at).filter(Agreed::isMaterialised);
            if (row.isEmpty() || names.size() > Limits.TREE_DEPTH_MAX) {
                return Optional.empty();
            }
            names.add(row.get().observed().orElseThrow().localName());
            at = row.get().place().parent();
        }
        return Optional.of(new LocalPath(names.reversed()));
    }

    /** Whether it is safe to say that this is the folder. */
    boolean isConvincing() {
        return looked > 0 && here * 100L >= looked * (long) PERCENT;
    }
}
