package io.syncline.client.engine;

import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.StateStore;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ReplicaId;
import java.util.Optional;

/**
 * Fills the staged tree from a snapshot, group by group, each in one transaction. The feed goes on
 * from the snapshot's cursor; where there is none, or it is broken, from nothing.
 */
final class SnapshotStart {
    private final StateStore store;

    /** The group that is wanted next, and of which snapshot; none before the first. */
    private int group;

    private Optional<Proof> proof = Optional.empty();
    private boolean wanted = true;

    SnapshotStart(StateStore store) {
        this.store = store;
    }

    /** Another tree is to be fetched from nothing. */
    void begin() {
        group = 0;
        proof = Optional.empty();
        wanted = true;
    }

    /** Whether the next question is about a snapshot. */
    boolean isWanted() {
        return wanted;
    }

    Effect next(ReplicaId replica) {
        return new Effect.FetchSnapshot(group, replica);
    }

    /** There is no snapshot to start from. */
    void none() {
        store.clearStaged();
        wanted = false;
    }

    /**
     * Stages a group; the proof of its cursor after the last. One that wasn't asked for changes
     * nothing.
     */
    Optional<Proof> part(Event.SnapshotPart part) {
        boolean other = group > 0 && !proof.equals(Optional.of(part.proof()));
        if (!wanted || part.group() != group || other) {
            if (other) {
                store.clearStaged();
                begin();
            }
            return Optional.empty();
        }
        if (group == 0) {
            store.clearStaged();
        }
        for (Node node : part.nodes()) {
            store.putStaged(RemoteRow.of(node));
        }
        proof = Optional.of(part.proof());
        group++;
        wanted = !part.last();
        return part.last() ? proof : Optional.empty();
    }
}
