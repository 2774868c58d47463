package io.syncline.core.wire;

import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.time.Instant;

/**
 * A project as a member sees it.
 *
 * @param role what this member may do
 * @param format fixed at creation: cutter, hash and cipher (R41)
 * @param proof its head with the digest there, signed: what a commit may be based on (R2)
 * @param nodes live nodes
 */
public record ProjectView(
        ProjectId id,
        String name,
        Role role,
        int format,
        Proof proof,
        long nodes,
        Instant created) {
    /** The present lineage. */
    public Epoch epoch() {
        return proof.epoch();
    }

    /** The newest sequence. */
    public long head() {
        return proof.sequence();
    }

    /** The digest over all live nodes at the head. */
    public TreeDigest digest() {
        return proof.digest();
    }
}
