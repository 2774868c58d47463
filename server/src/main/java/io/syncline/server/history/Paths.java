package io.syncline.server.history;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Limits;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Version;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Paths for people, by the names that directories have now or had last. For one transaction, whose
 * thread it is used on.
 */
final class Paths {
    /** A longer path is shown by its end. */
    private static final int CHARS_MAX = 4_096;

    private final Nodes nodes;
    private final History history;
    private final Map<NodeId, Optional<Place>> places = new HashMap<>();

    Paths(Nodes nodes, History history) {
        this.nodes = nodes;
        this.history = history;
    }

    /** Looks the directories of these places up together. */
    void prepare(Collection<Place> wanted) {
        nodes.withAncestors(wanted.stream().map(Place::parent).distinct().toList())
                .values()
                .forEach(node -> places.put(node.id(), Optional.of(node.place())));
    }

    /** Remembers where a change makes a directory that isn't there yet. */
    void note(Change change, Place place) {
        if (change.id().isLocalOnly()) {
            places.put(change.id(), Optional.of(place));
        }
    }

    String of(Place place) {
        StringBuilder path = new StringBuilder(place.name().value());
        NodeId above = place.parent();
        for (int i = 0; i < Limits.TREE_DEPTH_MAX && !above.isRoot(); i++) {
            Optional<Place> at = places.computeIfAbsent(above, this::last);
            if (at.isEmpty() || path.length() > CHARS_MAX) {
                return path.insert(0, "…/").toString();
            }
            path.insert(0, at.get().name().value() + "/");
            above = at.get().parent();
        }
        return path.toString();
    }

    private Optional<Place> last(NodeId id) {
        return nodes.find(id)
                .or(() -> history.below(id, Long.MAX_VALUE).map(Version::node))
                .map(Node::place);
    }
}
