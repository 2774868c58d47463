package io.syncline.server.commit;

import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.storage.metadata.KeyPlace;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The loaded state with the commit's changes on top of it, one after another, undoable. */
final class TreeOverlay {
    private final CommitState state;
    private final Map<NodeId, Node> changed = new HashMap<>();
    private final Map<Place, Set<NodeId>> byPlace = new HashMap<>();
    private final Map<KeyPlace, Set<NodeId>> byKey = new HashMap<>();
    private final Map<NodeId, Set<NodeId>> byParent = new HashMap<>();

    TreeOverlay(CommitState state) {
        this.state = state;
    }

    /** Puts a new version on top. */
    void apply(Node after) {
        changed.put(after.id(), after);
        if (!after.deleted()) {
            byPlace.computeIfAbsent(after.place(), _ -> new LinkedHashSet<>()).add(after.id());
            byParent.computeIfAbsent(after.place().parent(), _ -> new LinkedHashSet<>())
                    .add(after.id());
            if (state.portableNames()) {
                byKey.computeIfAbsent(keyOf(after.place()), _ -> new LinkedHashSet<>())
                        .add(after.id());
            }
        }
    }

    /** Takes it away again. Entries of the indexes that no longer hold are seen by asking. */
    void undo(Node after) {
        changed.remove(after.id());
    }

    /** The node as it is now. */
    @Nullable Node node(NodeId id) {
        Node on = changed.get(id);
        return on != null ? on : state.known().get(id);
    }

    /** Another live node in the way of this one's name. */
    Optional<Node> rival(Node wanting) {
        Node holder = state.holders().get(wanting.place());
        if (holder != null && isLiveAt(holder, wanting.place()) && !same(holder, wanting)) {
            return Optional.of(holder);
        }
        Optional<Node> arrived =
                first(byPlace.getOrDefault(wanting.place(), Set.of()), wanting, wanting.place());
        if (arrived.isPresent() || !state.portableNames()) {
            return arrived;
        }
        return keyRival(wanting);
    }

    private Optional<Node> keyRival(Node wanting) {
        KeyPlace key = keyOf(wanting.place());
        for (Node holder : state.keyHolders().getOrDefault(key, List.of())) {
            if (isLiveAt(holder, holder.place()) && !same(holder, wanting)) {
                return Optional.of(holder);
            }
        }
        for (NodeId id : byKey.getOrDefault(key, Set.of())) {
            Node node = changed.get(id);
            if (node != null
                    && !node.deleted()
                    && !same(node, wanting)
                    && keyOf(node.place()).equals(key)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    private Optional<Node> first(Set<NodeId> ids, Node wanting, Place place) {
        for (NodeId id : ids) {
            Node node = changed.get(id);
            if (node != null
                    && !node.deleted()
                    && !same(node, wanting)
                    && node.place().equals(place)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    /** A live child of a directory that the commit deletes. */
    Optional<Node> liveChild(NodeId directory) {
        for (Node child : state.children().getOrDefault(directory, List.of())) {
            Node now = changed.getOrDefault(child.id(), child);
            if (!now.deleted() && now.place().parent().equals(directory)) {
                return Optional.of(now);
            }
        }
        for (NodeId id : byParent.getOrDefault(directory, Set.of())) {
            Node node = changed.get(id);
            if (node != null && !node.deleted() && node.place().parent().equals(directory)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    private boolean isLiveAt(Node holder, Place place) {
        Node now = changed.getOrDefault(holder.id(), holder);
        return !now.deleted() && now.place().equals(place);
    }

    private static boolean same(Node a, Node b) {
        return a.id().equals(b.id());
    }

    static KeyPlace keyOf(Place place) {
        Name name = place.name();
        return new KeyPlace(place.parent(), NameKey.of(name));
    }
}
