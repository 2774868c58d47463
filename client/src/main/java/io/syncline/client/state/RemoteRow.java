package io.syncline.client.state;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;

/**
 * A node as the server states it, where that differs from what is agreed. A tombstone stays until
 * both the agreed row is gone and the cursor has passed it, so that a page in flight can't bring
 * the node back (R13).
 *
 * @param version the server's sequence
 */
public record RemoteRow(NodeId id, Place place, Item item, long version, boolean deleted) {
    private static final DeviceId NO_DEVICE = new DeviceId("0".repeat(32));

    /** The row for a node of the feed or of a commit's answer. */
    public static RemoteRow of(Node node) {
        return new RemoteRow(node.id(), node.place(), node.item(), node.sequence(), node.deleted());
    }

    /** The node, for the digest, which doesn't cover who changed it. */
    public Node node() {
        return new Node(id, place, item, version, deleted, NO_DEVICE);
    }
}
