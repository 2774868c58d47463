package io.syncline.core.plan;

import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import java.util.List;
import java.util.Optional;

/**
 * One thing to do so that the three trees come closer to being equal. Steps name node ids, never
 * paths (R35). The steps of a plan are in an order in which they can be carried out one after
 * another; any of them may fail or be left out, the next plan starts from what is then true.
 */
public sealed interface Step {

    /** Steps that change the server. */
    sealed interface Remote extends Step {}

    /**
     * Steps that change the disk; each is carried out only if the disk still is what the plan saw
     * (L4).
     */
    sealed interface Local extends Step {}

    /** Steps that change only the client's own state: the sides already are what they should be. */
    sealed interface Bookkeeping extends Step {}

    /**
     * Changes to send in one commit, after the blocks of their contents.
     *
     * @param atomic all or nothing: swaps and rotations of names (R20), the deletion of a subtree
     *     (R17)
     */
    record Send(boolean atomic, List<Change> changes) implements Remote {
        public Send {
            changes = List.copyOf(changes);
        }
    }

    /**
     * Make the node, which isn't on disk, there: a directory, or a file or symlink downloaded
     * first.
     */
    record Materialise(NodeId id, Place place, Item item) implements Local {}

    /**
     * Replace what the file or symlink holds ({@code before}) by {@code after}; perhaps only its
     * executable bit.
     */
    record Replace(NodeId id, Item before, Item after) implements Local {}

    /** Rename the node on disk from one place to another, which is free. */
    record Move(NodeId id, Place from, Place to) implements Local {}

    /**
     * Exchange the names of two nodes on disk: {@code first} gets {@code second}'s place and the
     * reverse.
     */
    record Exchange(NodeId first, NodeId second) implements Local {}

    /**
     * Move the node, unchanged since {@code seen}, to the local trash; a directory must be empty by
     * then (L5).
     */
    record Trash(NodeId id, Place place, Item seen) implements Local {}

    /**
     * The losing side of a conflict: rename the file on disk to {@code name} in its directory,
     * where it becomes a new local-only node. The node {@code id} is then absent on disk (a
     * local-only {@code id} just gets the new name).
     */
    record SetAside(NodeId id, Place from, Name name) implements Local {}

    /**
     * Both sides agree on this remote version: it becomes the synced one, with the disk as it was
     * seen.
     */
    record Agree(NodeId id, long version) implements Bookkeeping {}

    /** The node is gone on both sides: drop its synced row. */
    record Forget(NodeId id) implements Bookkeeping {}

    /**
     * The local-only node and the remote one of the same place are the same: the local one takes
     * the remote id.
     */
    record Adopt(NodeId localOnly, NodeId remote) implements Bookkeeping {}

    /**
     * The node was deleted there but lives on here: on the local side it becomes a new local-only
     * node with {@code origin} = the old id (R34), its synced row is dropped. Its local children
     * keep it as their parent.
     */
    record Detach(NodeId id) implements Bookkeeping {}

    /** Nothing can be done for this node now; why, for people. */
    record HoldBack(NodeId id, Optional<NodeId> because, String reason) implements Bookkeeping {}
}
