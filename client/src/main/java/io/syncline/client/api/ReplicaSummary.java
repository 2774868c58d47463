package io.syncline.client.api;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ReplicaId;
import java.time.Instant;
import java.util.Optional;

/**
 * How far one replica of a project is, by its last checkpoint.
 *
 * @param folder the folder's label for people
 * @param received the cursor that it has received; absent before its first checkpoint
 * @param agreed the cursor at which its disk last was equal to the project (R15)
 * @param heldBack nodes that it can't hold or read
 * @param inStep whether it has received everything with the right digest
 */
public record ReplicaSummary(
        ReplicaId replica,
        DeviceId device,
        String deviceName,
        String folder,
        Optional<Cursor> received,
        Optional<Cursor> agreed,
        long heldBack,
        boolean inStep,
        Instant seen) {}
