package io.syncline.storage.metadata;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import java.time.Instant;
import java.util.Optional;

/**
 * One folder of one device linked to a project, with its newest checkpoint (R15, R42).
 *
 * @param received how far it has read; moves the floor
 * @param digest the digest that it computed there
 * @param agreed where its disk was last equal
 * @param heldBack nodes that it can't hold or read
 * @param folder a label for people, never opened
 * @param seen when the checkpoint came
 */
public record Replica(
        ReplicaId id,
        DeviceId device,
        Cursor received,
        TreeDigest digest,
        Optional<Cursor> agreed,
        long heldBack,
        String folder,
        Instant seen) {
    public Replica {
        seen = Millis.of(seen);
    }
}
