package io.syncline.storage.metadata;

import io.syncline.core.tree.NodeId;
import java.util.List;

/**
 * An index of one project's names, for search. It follows the change feed, at a distance, so that
 * commits don't pay for it; {@link #upTo} tells how far it is, and who searches looks at the few
 * changes above that himself.
 *
 * <p>It is a filter: it may name nodes that don't match (any more), and never fails to name one
 * that does.
 */
public interface NameIndex {
    /** Longest term in characters. */
    int TERM_CHARS_MAX = 255;

    /** The sequence that it has followed the change feed to; 0 when it hasn't begun. */
    long upTo();

    /**
     * Nodes that may match, highest id first. Among them is every live node whose sequence is at or
     * below {@link #upTo} and whose {@link io.syncline.core.name.NameKey} holds the term, or, for a
     * term of one or two characters, begins with it.
     *
     * @param term a name key of 1..{@link #TERM_CHARS_MAX} characters
     * @param below only ids below this one
     */
    List<NodeId> candidates(String term, long below, int limit);

    /** With the mutations. */
    interface Writable extends NameIndex {
        /**
         * Follows the change feed over its next {@code limit} nodes.
         *
         * @return how many there were; fewer than {@code limit} when it arrived at the head
         */
        int follow(int limit);
    }
}
