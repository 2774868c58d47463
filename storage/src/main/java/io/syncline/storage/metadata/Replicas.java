package io.syncline.storage.metadata;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ReplicaId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The replicas of one project. */
public interface Replicas {
    /** The replica with this id. */
    Optional<Replica> find(ReplicaId id);

    /** All of them, by device, then id. */
    List<Replica> list();

    /**
     * The lowest received sequence among replicas of this epoch that were seen at or after a time
     * and whose device isn't revoked: the floor can't pass it (R16). Absent when there are none.
     */
    OptionalLong lowestReceived(Epoch epoch, Instant seenSince);

    /** With the mutations. */
    interface Writable extends Replicas {
        /** Adds or replaces; whether a cursor may go backwards is the caller's to decide (R42). */
        void put(Replica replica);

        /** Forgets a replica; false when there was none. */
        boolean delete(ReplicaId id);
    }
}
