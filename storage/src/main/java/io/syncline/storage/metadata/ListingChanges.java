package io.syncline.storage.metadata;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** What new versions of nodes mean for the listings that the nodes are and were in. */
public final class ListingChanges {
    /**
     * The sum of changes of one listing.
     *
     * @param version the highest sequence among them
     * @param directories by how many directories it grows; negative where it shrinks
     * @param others by how many other rows it grows
     */
    public record Change(long version, long directories, long others) {
        private Change plus(Change other) {
            return new Change(
                    Math.max(version, other.version),
                    directories + other.directories,
                    others + other.others);
        }
    }

    private final Map<NodeId, Change> changes = new HashMap<>();

    /** A node left the listing that it was in; no difference where it was dead. */
    public void left(Node before, long sequence) {
        add(before, sequence, -1);
    }

    /** A node, as it is now, joined the listing that it is in; no difference where it is dead. */
    public void joined(Node after) {
        add(after, after.sequence(), 1);
    }

    private void add(Node node, long sequence, int rows) {
        if (!node.deleted()) {
            boolean directory = node.item().isDirectory();
            changes.merge(
                    node.place().parent(),
                    new Change(sequence, directory ? rows : 0, directory ? 0 : rows),
                    Change::plus);
        }
    }

    /** Hands over every listing that changed. */
    public void forEach(BiConsumer<NodeId, Change> visitor) {
        changes.forEach(visitor);
    }
}
