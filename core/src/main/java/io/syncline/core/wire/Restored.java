package io.syncline.core.wire;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import java.util.Optional;

/**
 * What became of one node of a {@link RestoreRequest}.
 *
 * @param id the node that was asked for
 * @param path where it is to be, by the names that its directories have now or had last
 * @param now the node as it is now; absent where nothing was done
 * @param reason for {@link Outcome#REFUSED}
 */
public record Restored(
        NodeId id,
        String path,
        Outcome outcome,
        Optional<Node> now,
        Optional<ChangeResult.Reason> reason) {
    /** What was done. */
    public enum Outcome {
        /** It has its old item again, perhaps at its old place. */
        RESTORED,
        /** It is at its old place again. */
        MOVED,
        /** It was deleted, and is there again as a new node. */
        RECREATED,
        /** It was created meanwhile, and is deleted. */
        DELETED,
        /** It is as it was, and nothing was done. */
        SAME,
        /** Somebody else changed it later, and nothing was done. */
        KEPT,
        /** What it was isn't known any more. */
        EXPIRED,
        /** The change was refused. */
        REFUSED
    }
}
