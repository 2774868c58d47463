package io.syncline.storage.metadata;

import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One project's nodes. The root has no row: asking for it finds nothing, but it may be a parent.
 *
 * <p>The change feed is the node table in order of sequence: the latest state only.
 */
public interface Nodes {
    /** The node with this id, tombstones included. */
    Optional<Node> find(NodeId id);

    /** The nodes with these ids, tombstones included; unknown ones are left out. */
    Map<NodeId, Node> find(Collection<NodeId> ids);

    /**
     * These nodes and all their ancestors, tombstones included, for cycle and depth checks. Ends at
     * the root, at an unknown node, or after {@code TREE_DEPTH_MAX + 1} levels, so that even a
     * faulty cycle ends.
     */
    Map<NodeId, Node> withAncestors(Collection<NodeId> ids);

    /** The live child of this exact name. */
    Optional<Node> child(Place place);

    /** The live nodes at these places; free places are left out. */
    Map<Place, Node> children(Collection<Place> places);

    /** The live nodes whose name has one of these keys; free ones are left out. */
    Map<KeyPlace, List<Node>> childrenByKey(Collection<KeyPlace> places);

    /** Which of these nodes have a live child. */
    Set<NodeId> withLiveChildren(Collection<NodeId> ids);

    /** How many live children a node has. */
    long countLiveChildren(NodeId parent);

    /**
     * A page of live children in byte order of their names' UTF-8.
     *
     * @param after the last name of the page before
     */
    List<Node> childrenPage(NodeId parent, Optional<Name> after, int limit);

    /** The nodes whose sequence is above {@code since}, tombstones included, lowest first. */
    List<Node> changes(long since, int limit);

    /** Hands over every live node in order of id; for building a snapshot. */
    void forEachLive(Consumer<Node> visitor);

    /**
     * History below a sequence, newest first; without name keys.
     *
     * @param before exclusive; {@code Long.MAX_VALUE} for the newest page
     */
    List<Version> history(long before, int limit);

    /**
     * One node's history below a sequence, newest first; without name keys. Doesn't follow {@code
     * origin}.
     */
    List<Version> history(NodeId id, long before, int limit);

    /** With the mutations. */
    interface Writable extends Nodes {
        /**
         * Makes these the nodes' versions and adds each to history, as one step: the uniqueness of
         * live names is asked of the final state only, so names may be swapped or rotated (R20).
         *
         * @param versions in any order; with a node named twice, the higher sequence stays and both
         *     get into history. A version whose id is its sequence is new. {@code STALE} when two
         *     live nodes would have one place, or a sequence was used before
         */
        void put(List<Version> versions);

        /**
         * Forgets up to {@code limit} tombstones with sequences at or below {@code floor}, and says
         * how many. For sequences that {@link Projects.Writable#raiseFloor} has passed.
         */
        int deleteTombstones(long floor, int limit);

        /** Forgets up to {@code limit} of the commits' digests below a sequence. */
        int deleteDigests(long below, int limit);
    }
}
