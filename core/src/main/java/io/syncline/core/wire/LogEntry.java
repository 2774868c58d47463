package io.syncline.core.wire;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Node;
import java.time.Instant;

/**
 * One change of a project's history.
 *
 * @param node the node as that change left it
 */
public record LogEntry(
        long sequence, Instant time, DeviceId device, String deviceName, Node node, Action action) {
    /** What the change did. */
    public enum Action {
        /** A new node. */
        CREATE,
        /** Another item at the same place. */
        UPDATE,
        /** Another place, perhaps also another item. */
        MOVE,
        /** A tombstone. */
        DELETE
    }
}
