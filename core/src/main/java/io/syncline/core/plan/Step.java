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
 *
 * <p>Each step says what it makes of the trees once it has succeeded. The synced tree moves aspect
 * by aspect (parent, name, item), and only by what the step says: taking over a whole node where
 * one aspect was agreed would turn the other aspects into local edits.
 *
 * <ul>
 *   <li>What is sent is always what the local tree holds. A change that was applied with the answer
 *       {@code node} makes {@code node} the remote version (unless a higher one is known, R13) and:
 *       a <em>create</em> replaces the local-only id by the new one just as {@link Adopt} does, and
 *       makes the sent place and item the synced ones; an <em>update</em> makes the sent place and
 *       the sent item, each only if it was sent, the synced ones; a <em>delete</em> drops the
 *       synced row; a <em>check</em> changes nothing.
 *   <li>Whenever the remote node equals the synced one in all aspects, the synced one takes the
 *       remote version: {@link Agreement#of} does that and states what {@link Agree} means.
 *   <li>A step that moves something on disk may find the disk changed; then it does nothing, and
 *       what it saw becomes the local tree.
 * </ul>
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
     * Changes to send in one commit, after the blocks of their contents. A negative id names a node
     * that this very commit creates.
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
     * first. Then local and synced are this place and item.
     */
    record Materialise(NodeId id, Place place, Item item) implements Local {}

    /**
     * Replace what the file or symlink holds ({@code before}) by {@code after}; perhaps only its
     * executable bit. Then local is {@code after} and the synced item (if there is a synced row) is
     * {@code agreed}, which differs from {@code after} where an executable bit changed here is
     * still to be sent.
     */
    record Replace(NodeId id, Item before, Item after, Item agreed) implements Local {}

    /**
     * Rename the node on disk from one place to another, which is free. Then local is {@code to}
     * and the synced place (if there is a synced row) is {@code agreed}: {@code to} where the move
     * follows the server or is a stop on the way, the old one where it is still to be sent.
     */
    record Move(NodeId id, Place from, Place to, Place agreed) implements Local {}

    /**
     * Do both moves at once: each one's {@code to} is the other's {@code from}. Neither directory
     * lies below the other.
     */
    record Exchange(Move first, Move second) implements Local {
        public Exchange {
            if (!first.to().equals(second.from()) || !second.to().equals(first.from())) {
                throw new IllegalStateException("no exchange: " + first + ", " + second);
            }
        }
    }

    /**
     * Move the node, unchanged since {@code seen}, to the local trash; a directory must be empty by
     * then (L5). Then it has neither a local nor a synced row.
     */
    record Trash(NodeId id, Place place, Item seen) implements Local {}

    /**
     * The losing side of a conflict: rename it on disk to {@code name} in its directory, where it
     * becomes a new local-only node without origin. The node {@code id} then has neither a local
     * nor a synced row. A local-only {@code id} just gets the new name and stays itself.
     */
    record SetAside(NodeId id, Place from, Name name) implements Local {}

    /**
     * Local and remote agree on some aspect which the synced row, if any, doesn't have yet: it
     * becomes {@link Agreement#of} the three, provided that the remote version still is {@code
     * version}.
     */
    record Agree(NodeId id, long version) implements Bookkeeping {}

    /**
     * Drop the synced row: the node is gone on both sides, or its deletion on one side lost, which
     * makes it a new node on the other.
     */
    record Forget(NodeId id) implements Bookkeeping {}

    /**
     * The local-only node and the remote one of the same place are the same: the local one takes
     * the remote id, as a node and as the parent of its local children; where a child's synced
     * parent is the same as its local one, there too. The synced row of {@code remote}, if any,
     * stays.
     */
    record Adopt(NodeId localOnly, NodeId remote) implements Bookkeeping {}

    /**
     * The node was deleted there but lives on here: on the local side it becomes a new local-only
     * node with {@code origin} = the old id (R34), its synced row is dropped. The new id replaces
     * the old one as a parent just as in {@link Adopt}.
     */
    record Detach(NodeId id) implements Bookkeeping {}

    /**
     * Nothing can be done for this node until someone acts; why, for people. It is planned again
     * each time.
     */
    record HoldBack(NodeId id, Optional<NodeId> because, String reason) implements Bookkeeping {}
}
