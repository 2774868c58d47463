package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One tree of the model: entries by id, with an index by place and one by parent. */
final class ModelTree {
    private final Map<NodeId, Entry> entries = new HashMap<>();
    private final Map<Place, NodeId> byPlace = new HashMap<>();
    private final Map<NodeId, Set<NodeId>> children = new HashMap<>();

    @Nullable Entry get(NodeId id) {
        return entries.get(id);
    }

    boolean has(NodeId id) {
        return id.isRoot() || entries.containsKey(id);
    }

    boolean isDirectory(NodeId id) {
        return id.isRoot() || (has(id) && Objects.requireNonNull(get(id)).item().isDirectory());
    }

    Set<NodeId> ids() {
        return entries.keySet();
    }

    Map<NodeId, Entry> entries() {
        return entries;
    }

    @Nullable NodeId at(Place place) {
        return byPlace.get(place);
    }

    Set<NodeId> children(NodeId directory) {
        return children.getOrDefault(directory, Collections.emptySet());
    }

    void put(NodeId id, Entry entry) {
        remove(id);
        entries.put(id, entry);
        byPlace.put(entry.place(), id);
        children.computeIfAbsent(entry.place().parent(), _ -> new TreeSet<>()).add(id);
    }

    void remove(NodeId id) {
        Entry before = entries.remove(id);
        if (before != null) {
            byPlace.remove(before.place(), id);
            Set<NodeId> siblings = Objects.requireNonNull(children.get(before.place().parent()));
            siblings.remove(id);
            if (siblings.isEmpty()) {
                children.remove(before.place().parent());
            }
        }
    }

    /** Gives a node another id, also as a parent. */
    void rename(NodeId from, NodeId to) {
        Entry own = get(from);
        if (own != null) {
            remove(from);
            put(to, own);
        }
        for (NodeId child : Set.copyOf(children(from))) {
            Entry entry = Objects.requireNonNull(get(child));
            put(
                    child,
                    new Entry(new Place(to, entry.place().name()), entry.item(), entry.version()));
        }
    }

    boolean isBelow(NodeId id, NodeId ancestor) {
        NodeId at = id;
        for (int steps = 0; !at.isRoot(); steps++) {
            if (at.equals(ancestor)) {
                return true;
            }
            Entry entry = get(at);
            if (entry == null || steps > entries.size()) {
                return false;
            }
            at = entry.place().parent();
        }
        return ancestor.isRoot();
    }

    int depth(NodeId id) {
        int depth = 0;
        NodeId at = id;
        while (!at.isRoot() && has(at) && depth <= entries.size()) {
            depth++;
            at = Objects.requireNonNull(get(at)).place().parent();
        }
        return depth;
    }

    /** A node may be put there: the parent is a directory, the name free, no cycle. */
    boolean takes(NodeId id, Place place) {
        return isDirectory(place.parent()) && at(place) == null && !isBelow(place.parent(), id);
    }

    /** The path of a node, names joined by slashes. */
    String path(NodeId id) {
        StringBuilder path = new StringBuilder();
        NodeId at = id;
        while (!at.isRoot()) {
            Entry entry = Objects.requireNonNull(get(at), "dangling " + at);
            path.insert(0, "/" + entry.place().name());
            at = entry.place().parent();
        }
        return path.toString();
    }
}
