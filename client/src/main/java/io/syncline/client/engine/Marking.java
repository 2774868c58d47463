package io.syncline.client.engine;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.RootState;
import io.syncline.client.disk.Temporaries;
import io.syncline.client.state.Durability;
import io.syncline.client.state.StateStore;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ReplicaId;

/**
 * Marks a folder as its replica's, only ever once: a root that lost its marker later is another
 * folder, such as the place where a disk used to be mounted (R27).
 */
public final class Marking {
    /** In the state: the folder has been marked. */
    private static final String MARKED = "marked";

    private Marking() {}

    /**
     * Returns when the folder is marked, or was at any time before: the caller remembers that where
     * it outlives the state.
     *
     * @param wasMarked whether an earlier call has returned, as far as is remembered beside the
     *     state, which may be lost while the folder's disk is out
     * @param folder its label for people
     * @throws SynclineException INVALID where it is another replica's; DiskException where it can't
     *     be marked now: then the next start tries again
     */
    public static void once(
            Disk disk, StateStore store, boolean wasMarked, ReplicaId replica, String folder) {
        if (store.value(MARKED).isPresent()) {
            return;
        }
        if (disk.rootState(replica) == RootState.FINE) {
            // The state was lost, and with it what temporaries are (R6).
            Temporaries.keep(disk);
        } else if (wasMarked) {
            return;
        }
        Outcome outcome = disk.mark(replica);
        if (outcome instanceof Outcome.Exists) {
            throw new SynclineException(
                    ErrorCode.INVALID,
                    folder
                            + " is synced as another folder already (its .syncline/replica says"
                            + " so); if it was copied from there, remove the copy's .syncline"
                            + " directory");
        }
        // Remembered without being there it would be taken for lost, for ever.
        if (outcome instanceof Outcome.Refused refused) {
            throw new DiskException(LocalPath.MARKER, refused);
        }
        store.begin(Durability.DURABLE);
        store.putValue(MARKED, "");
        store.commit();
    }
}
