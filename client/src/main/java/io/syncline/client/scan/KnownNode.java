package io.syncline.client.scan;

import io.syncline.client.disk.Stat;
import io.syncline.core.tree.NodeId;
import java.util.Objects;

/**
 * A node as it was last seen on disk.
 *
 * @param localName its name as spelt on disk
 * @param seen what the disk showed then
 */
public record KnownNode(NodeId id, NodeId parent, String localName, Stat seen) {
    public KnownNode {
        Objects.requireNonNull(id);
        Objects.requireNonNull(parent);
        Objects.requireNonNull(localName);
        Objects.requireNonNull(seen);
    }
}
