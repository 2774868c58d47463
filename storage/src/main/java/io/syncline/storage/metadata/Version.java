package io.syncline.storage.metadata;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import java.time.Instant;
import java.util.Optional;

/**
 * A node's state at the sequence that changed it, with what history tells about the change.
 *
 * @param action what the change did
 * @param origin for a creation: the deleted node that it re-creates (R34)
 * @param nameKey the name's comparison key, present in projects with portable names only: there no
 *     row is kept for it otherwise
 * @param time when the change was committed
 */
public record Version(
        Node node, Action action, Optional<NodeId> origin, Optional<String> nameKey, Instant time) {
    public Version {
        time = Millis.of(time);
    }

    /** A version without origin and name key. */
    public Version(Node node, Action action, Instant time) {
        this(node, action, Optional.empty(), Optional.empty(), time);
    }

    /** What a change did, for people. */
    public enum Action {
        /** Made the node. */
        CREATE,
        /** Gave it another item, possibly another place as well. */
        UPDATE,
        /** Gave it another place only. */
        MOVE,
        /** Made it a tombstone. */
        DELETE
    }
}
