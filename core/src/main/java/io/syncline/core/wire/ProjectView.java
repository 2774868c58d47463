package io.syncline.core.wire;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.time.Instant;

/**
 * A project as a member sees it.
 *
 * @param role what this member may do
 * @param format fixed at creation: cutter, hash and cipher (R41)
 * @param nodes live nodes
 */
public record ProjectView(
        ProjectId id,
        String name,
        Role role,
        int format,
        Epoch epoch,
        long head,
        TreeDigest digest,
        long nodes,
        Instant created) {}
