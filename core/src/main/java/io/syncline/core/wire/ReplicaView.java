package io.syncline.core.wire;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ReplicaId;
import java.time.Instant;
import java.util.Optional;

/**
 * What a replica claimed in its last checkpoint.
 *
 * @param folder the folder's label for people
 * @param agreed the cursor at which its disk and its remote tree were last equal
 * @param heldBack nodes that it can't hold or read
 * @param inStep whether its disk agrees with the project's head
 * @param differs whether its newest checkpoint was refused, as it had something else there than the
 *     project: it repairs itself
 * @param seen when it last said so
 */
public record ReplicaView(
        ReplicaId replica,
        DeviceId device,
        String deviceName,
        String folder,
        Optional<Cursor> received,
        Optional<Cursor> agreed,
        long heldBack,
        boolean inStep,
        boolean differs,
        Instant seen) {}
