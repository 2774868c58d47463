package io.syncline.core.wire;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.TreeDigest;
import java.util.List;
import java.util.Optional;

/**
 * A page of the change feed: the latest state of every node whose sequence is in {@code (from,
 * to]}, in order of sequence. Tombstones included. A reader holds exactly the state at {@code to}
 * only when {@code more} is false (R14).
 *
 * @param from the cursor asked for; a reader refuses a page whose from isn't its own cursor
 * @param to how far the reader has read with this page; equals {@code head} when {@code more} is
 *     false
 * @param head the project's head in the same database snapshot
 * @param digest the project's digest at {@code head}, present when {@code more} is false
 */
public record ChangesPage(
        Epoch epoch,
        long from,
        long to,
        long head,
        boolean more,
        Optional<TreeDigest> digest,
        List<Node> changes) {
    public ChangesPage {
        changes = List.copyOf(changes);
    }
}
