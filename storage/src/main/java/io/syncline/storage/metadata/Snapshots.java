package io.syncline.storage.metadata;

import java.util.List;
import java.util.Optional;

/**
 * The snapshots of one project: a row only for a file that is durable, so that a crash leaves files
 * without rows, never rows without files. A project has a handful.
 */
public interface Snapshots {
    /**
     * The one with the highest sequence, of whatever epoch: the floor never passes its cursor
     * (R16). Absent when there is none.
     */
    Optional<Snapshot> newest();

    /** The snapshot with this id. */
    Optional<Snapshot> find(SnapshotId id);

    /** All of them, the highest sequence first. */
    List<Snapshot> list();

    /** With the mutations. */
    interface Writable extends Snapshots {
        /** Adds a snapshot; {@code STALE} when its id is taken. */
        void add(Snapshot snapshot);

        /** Forgets a snapshot; false when there was none. */
        boolean delete(SnapshotId id);
    }
}
