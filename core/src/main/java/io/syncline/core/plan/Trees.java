package io.syncline.core.plan;

import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.Iterator;
import java.util.Optional;

/**
 * The three trees of a replica, by node id, as the planner may look at them: a consistent view that
 * doesn't change while a plan is made. The root is never asked for: it is a live directory on every
 * side.
 *
 * <p>What the sides hold: {@code REMOTE} what the feed said (live nodes only), {@code SYNCED} what
 * both last agreed on, {@code LOCAL} what the disk was seen to hold. Local-only nodes (negative
 * ids) exist on the local side alone. A local node that differs from its synced one only in what
 * this device can't express is presented as unchanged (R23); a node that is unmaterialised here
 * (R44) is presented with local equal to synced. A directory that lost its synced nodes and holds
 * nothing but ignored files isn't presented at all, until something else appears in it (R18).
 *
 * <p>An id keeps its kind for life: a file that was replaced by a directory of the same name is a
 * node gone and a new local-only node.
 */
public interface Trees {
    /** One of the three trees. */
    enum Side {
        REMOTE,
        SYNCED,
        LOCAL
    }

    /**
     * A node as one side has it.
     *
     * @param version the server's sequence: on REMOTE the node's own, on SYNCED that of the agreed
     *     version, on LOCAL 0
     */
    record Entry(Place place, Item item, long version) {}

    /** The node on that side, empty where it doesn't exist (or is deleted) there. */
    Optional<Entry> entry(Side side, NodeId id);

    /** The live node of that name in that directory on that side. */
    Optional<NodeId> child(Side side, NodeId parent, Name name);

    /**
     * The live children of a directory on that side, in order of id; lazily, there may be millions.
     */
    Iterator<NodeId> children(Side side, NodeId parent);

    /**
     * Whether nothing may be planned for this node now: a commit that names it isn't answered (R8),
     * an effect on it is running, or its disk state isn't known (unreadable, still growing, not
     * hashed yet).
     */
    boolean held(NodeId id);

    /** For a local-only node: the deleted server node that it re-creates (R34). */
    Optional<NodeId> origin(NodeId id);
}
