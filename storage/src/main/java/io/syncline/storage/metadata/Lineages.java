package io.syncline.storage.metadata;

import io.syncline.core.lineage.Ancestor;
import io.syncline.core.tree.Epoch;
import java.util.Optional;

/**
 * The earlier epochs of one project (R3). Rows come from {@link Projects.Writable#startEpoch}; one
 * per epoch that was left, and never removed: there are as many as the project was restored.
 */
public interface Lineages {
    /** How an earlier epoch leads to the present one; absent for the present and foreign ones. */
    Optional<Ancestor> ancestor(Epoch epoch);

    /** With the mutations. */
    interface Writable extends Lineages {
        /**
         * Says that where readers left the history of this earlier epoch isn't known, so that those
         * beyond its fork share nothing for certain.
         */
        void unshare(Epoch epoch);
    }
}
