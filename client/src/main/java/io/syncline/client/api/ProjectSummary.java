package io.syncline.client.api;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Role;
import java.time.Instant;

/**
 * A project as a member sees it in lists.
 *
 * @param role the asking account's
 * @param format the project's format, fixed at its creation (R41)
 * @param head the sequence of the newest change
 * @param digest the digest at {@code head}
 * @param nodes how many nodes are live
 */
public record ProjectSummary(
        ProjectId id,
        String name,
        Role role,
        int format,
        Epoch epoch,
        long head,
        TreeDigest digest,
        long nodes,
        Instant created) {}
