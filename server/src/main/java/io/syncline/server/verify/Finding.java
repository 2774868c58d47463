package io.syncline.server.verify;

import io.syncline.core.tree.ProjectId;

/**
 * Something that isn't as it must be.
 *
 * @param text what it is, with ids
 */
public record Finding(ProjectId project, Kind kind, String text) {
    /** What kind of thing, with what an operator can do. */
    public enum Kind {
        /** A block's bytes aren't those of its name, or can't be read. */
        BLOCK_DAMAGED(
                true,
                "run 'syncline admin verify --repair': it is set aside then, and a device that has"
                        + " an affected file sends it again by itself; where none has it, restore"
                        + " a backup"),
        /** A row says that a block is stored where there is no such block. */
        BLOCK_LOST(true, "stop the server and run 'syncline admin rebuild-index'"),
        /** L3: a stored tree block lists what isn't stored. */
        TREE_BLOCK(true, "stop the server and run 'syncline admin rebuild-index'"),
        /** L3: a node or version names content that isn't stored. */
        CONTENT_LOST(
                true,
                "stop the server and run 'syncline admin rebuild-index'; if it stays, restore a"
                        + " backup"),
        /** L1: sequences aren't unique, or above the head. */
        FEED(true, "restore a backup, and report this as a defect"),
        /** L5: a live node has no live directory above it, or is its own ancestor. */
        TREE(true, "restore a backup, and report this as a defect"),
        /** What is kept for listing a directory isn't what is in it. */
        LISTING(
                true,
                "the tree itself is right: pages of that directory may be stale or miscounted until"
                        + " something in it changes; report this as a defect"),
        /** L6: the project's digest isn't that of its nodes. */
        DIGEST(true, "restore a backup, and report this as a defect"),
        /** A version in history contradicts the node. */
        HISTORY(true, "report this as a defect; the tree itself is right"),
        /** A kept count isn't right. */
        COUNT(true, "run 'syncline admin verify --repair'"),
        /** Bytes in a pack that are no frame, and that no row needs. */
        UNUSED_BYTES(false, "nothing: no row needs them; they go when the pack is rewritten");

        private final boolean damage;
        private final String advice;

        Kind(boolean damage, String advice) {
            this.damage = damage;
            this.advice = advice;
        }

        /** Whether a law is broken. */
        public boolean damage() {
            return damage;
        }

        /** What to do. */
        public String advice() {
            return advice;
        }
    }
}
