package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the local-only nodes that are the same as a node of the server which isn't on disk: at the
 * same place, and both directories, or of equal bytes. Such twins become one node.
 *
 * <p>Directories merge only if both are new (R19), or if the one there was deleted here and another
 * one made in its place. One that was moved there and deleted here isn't taken over yet, its lost
 * deletions are to be forgotten first (R17).
 */
final class Twins {
    private final Trees trees;

    /** What was found, in both directions; a node without a twin is its own. */
    private final Map<NodeId, NodeId> found = new HashMap<>();

    Twins(Trees trees) {
        this.trees = trees;
    }

    /** The id under which a plan knows that node: the remote twin's, or its own. */
    NodeId canonical(NodeId id) {
        if (!id.isLocalOnly()) {
            return id;
        }
        NodeId known = found.get(id);
        return known == null ? find(id, Side.LOCAL) : known;
    }

    /** The id of that node in the local tree: the local-only twin's, or its own. */
    NodeId local(NodeId id) {
        if (id.value() <= 0) {
            return id;
        }
        NodeId known = found.get(id);
        return known == null ? find(id, Side.REMOTE) : known;
    }

    /** Finds the twins of all directories above first, from the top: a tree may be deep. */
    private NodeId find(NodeId id, Side side) {
        var path = new LinkedHashSet<NodeId>();
        NodeId step = id;
        while (step.isLocalOnly() == id.isLocalOnly()
                && !step.isRoot()
                && !found.containsKey(step)) {
            if (!path.add(step)) {
                throw new IllegalStateException(side + " has a cycle at node " + step);
            }
            Entry entry = entry(side, step);
            step = entry == null ? NodeId.ROOT : entry.place().parent();
        }
        for (NodeId next : path.reversed()) {
            found.put(next, id.isLocalOnly() ? remoteTwin(next) : localTwin(next));
        }
        return found.getOrDefault(id, id);
    }

    private NodeId remoteTwin(NodeId id) {
        Entry here = entry(Side.LOCAL, id);
        if (here == null) {
            return id;
        }
        NodeId parent = canonical(here.place().parent());
        NodeId candidate =
                parent.isLocalOnly()
                        ? null
                        : trees.child(Side.REMOTE, parent, here.place().name()).orElse(null);
        return candidate != null && areTwins(candidate, id, here) ? candidate : id;
    }

    private NodeId localTwin(NodeId id) {
        Entry there = entry(Side.REMOTE, id);
        if (there == null || entry(Side.LOCAL, id) != null) {
            return id;
        }
        Place place = there.place();
        NodeId candidate =
                trees.child(Side.LOCAL, local(place.parent()), place.name()).orElse(null);
        if (candidate == null || !candidate.isLocalOnly()) {
            return id;
        }
        Entry here = entry(Side.LOCAL, candidate);
        return here != null && areTwins(id, candidate, here) ? candidate : id;
    }

    private boolean areTwins(NodeId id, NodeId localOnly, Entry here) {
        Entry there = entry(Side.REMOTE, id);
        if (there == null
                || entry(Side.LOCAL, id) != null
                || trees.held(id)
                || trees.held(localOnly)
                || !there.item().kind().isKnown()
                || !there.item().kind().equals(here.item().kind())) {
            return false;
        }
        if (!there.item().isDirectory()) {
            return there.item().content().equals(here.item().content());
        }
        Entry before = entry(Side.SYNCED, id);
        return before == null || before.place().equals(there.place());
    }

    private @Nullable Entry entry(Side side, NodeId id) {
        return trees.entry(side, id).orElse(null);
    }
}
