package io.syncline.core.wire;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import java.util.Optional;

/**
 * A replica's claim (R15): the body of {@code PUT /v1/projects/{p}/checkpoint}.
 *
 * @param received cursor of its remote replica, a consistent one
 * @param digest the digest that the replica itself computed over what it received
 * @param agreed the cursor at which disk and remote were last equal
 * @param heldBack nodes that it can't hold or read
 * @param folder the folder's label for people, never a path that is opened
 */
public record Checkpoint(
        ReplicaId replica,
        Cursor received,
        TreeDigest digest,
        Optional<Cursor> agreed,
        long heldBack,
        String folder) {}
