package io.syncline.core.wire;

import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import java.util.List;
import java.util.Optional;

/** What became of one change of a commit. */
public sealed interface ChangeResult {
    /**
     * Applied; {@code node} is its new version (a tombstone for a delete, unchanged for a check).
     */
    record Applied(Node node) implements ChangeResult {}

    /**
     * Not applied.
     *
     * @param current the node's state now, absent where the server never knew it
     * @param rival the node that is in the way: the holder of the name, a live child, the dead
     *     parent
     * @param missing for {@link Reason#MISSING_BLOCKS}: the blocks to send again, at most 500
     */
    record Refused(Reason reason, Optional<Node> current, Optional<Node> rival, List<Hash> missing)
            implements ChangeResult {
        public Refused {
            missing = List.copyOf(missing);
        }
    }

    /** Why a change was refused. */
    enum Reason {
        /** The node's version isn't the expected one, or it is deleted. */
        STALE,
        /**
         * A live sibling has the name (or, with portable names, one that can't be told apart from
         * it).
         */
        NAME_TAKEN,
        /** The parent is deleted, unknown or no directory. */
        PARENT_GONE,
        /** The move would put a directory below itself. */
        CYCLE,
        /** The directory still has live children. */
        NOT_EMPTY,
        /** The content's top block isn't stored in this project. */
        MISSING_BLOCKS,
        /** Deeper than {@link Limits#TREE_DEPTH_MAX}, or the directory is full. */
        TOO_LARGE,
        /**
         * The project, or all that one of its owners owns, would hold more than its quota; a change
         * that makes neither content nor nodes more is never refused so.
         */
        QUOTA,
        /** The change contradicts itself or the node's kind. */
        INVALID,
        /**
         * An atomic commit failed because of another of its changes, which tells its own reason.
         */
        ABORTED
    }
}
