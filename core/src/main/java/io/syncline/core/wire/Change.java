package io.syncline.core.wire;

import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.Optional;

/**
 * One wished mutation inside a {@link Commit}. Applied ones get the project's next sequence number
 * each, in order.
 */
public sealed interface Change {
    /** The node that the change is about; negative for one that this commit creates. */
    NodeId id();

    /**
     * A new node.
     *
     * @param id negative, and new in this commit; later changes of the commit may name it as a
     *     parent
     * @param place its parent may be a negative id that an earlier change of this commit created
     * @param origin the deleted node that this one re-creates, whose history goes on here (R34)
     */
    record Create(NodeId id, Place place, Item item, Optional<NodeId> origin) implements Change {}

    /**
     * Another place, another item, or both, for a live node whose version is exactly {@code
     * expected}. The kind of a node never changes.
     */
    record Update(NodeId id, long expected, Optional<Place> place, Optional<Item> item)
            implements Change {}

    /**
     * Deletes a live node whose version is exactly {@code expected}; a directory must be empty by
     * then (L5).
     */
    record Delete(NodeId id, long expected) implements Change {}

    /**
     * Changes nothing; refused unless the node is live with version {@code expected}. Takes no
     * sequence (R17).
     */
    record Check(NodeId id, long expected) implements Change {}
}
