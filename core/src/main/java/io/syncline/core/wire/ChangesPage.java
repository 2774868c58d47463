package io.syncline.core.wire;

import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.Cursor;
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
 * @param proof the project's head in the same database snapshot, with the digest there (R2)
 * @param from the cursor asked for; a reader refuses a page whose from isn't its own cursor
 * @param to how far the reader has read with this page; the head when {@code more} is false
 * @param floor nodes deleted at or below it may have no tombstone any more (R16)
 * @param fork where the reader's epoch is an earlier one that this history goes on from: that epoch
 *     and the last sequence it shares; the reader takes over the page's epoch (R3)
 */
public record ChangesPage(
        Proof proof,
        long from,
        long to,
        boolean more,
        long floor,
        Optional<Cursor> fork,
        List<Node> changes) {
    public ChangesPage {
        changes = List.copyOf(changes);
    }

    /** The lineage of the page. */
    public Epoch epoch() {
        return proof.epoch();
    }

    /** The newest sequence when the page was read. */
    public long head() {
        return proof.sequence();
    }

    /** The digest of exactly the state that the reader holds with this page, if it is the last. */
    public Optional<TreeDigest> digest() {
        return more ? Optional.empty() : Optional.of(proof.digest());
    }
}
