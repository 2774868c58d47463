package io.syncline.system.sim;

import io.syncline.client.disk.LocalPath;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which node a file is to be where one person is alone (R21): a file that is saved, however its
 * program does that, is the same node; a file that is deleted gives its node to no other one.
 */
final class Identities {
    /** What the server has by path. */
    interface Nodes {
        /** The live node at that path. */
        Optional<Node> at(LocalPath path);

        /** Where a node is; empty if it is deleted. */
        Optional<LocalPath> place(NodeId id);
    }

    private final Nodes nodes;
    private final Map<LocalPath, NodeId> kept = new HashMap<>();
    private final Map<NodeId, LocalPath> deleted = new HashMap<>();

    Identities(Nodes nodes) {
        this.nodes = nodes;
    }

    /** The node that surely is that file: the server has the same bytes under the same name. */
    private Optional<NodeId> surely(LocalPath path, byte[] bytes) {
        return nodes.at(path)
                .filter(node -> node.item().content().equals(Optional.of(Saved.content(bytes))))
                .map(Node::id);
    }

    /** The person is about to save that file, of those bytes. */
    void saving(LocalPath path, byte[] bytes) {
        surely(path, bytes).ifPresent(id -> kept.putIfAbsent(path, id));
    }

    /** The person is about to delete that file, of those bytes. */
    void deleting(LocalPath path, byte[] bytes) {
        kept.remove(path);
        surely(path, bytes).ifPresent(id -> deleted.put(id, path));
    }

    /** Something new is at that path. */
    void taken(LocalPath path) {
        kept.remove(path);
        deleted.values().remove(path);
    }

    /** What was out of sight has its name again, and is what it was. */
    void back(LocalPath path) {
        deleted.values().remove(path);
    }

    /** A directory came or went with all that is in it. */
    void tree(LocalPath directory) {
        kept.keySet().removeIf(path -> path.startsWith(directory));
        deleted.values().removeIf(path -> path.startsWith(directory));
    }

    /** Something went from there to here. */
    void moved(LocalPath from, LocalPath to) {
        taken(from);
        taken(to);
    }

    /** So much changed that nothing can be said. */
    void forget() {
        kept.clear();
        deleted.clear();
    }

    /** What isn't as it is to be. */
    Optional<World.Failure> judge() {
        for (var entry : kept.entrySet()) {
            Optional<NodeId> now = nodes.at(entry.getKey()).map(Node::id);
            if (!now.equals(Optional.of(entry.getValue()))) {
                return Optional.of(
                        new World.Failure(
                                "R21",
                                entry.getKey()
                                        + " was saved and isn't node "
                                        + entry.getValue()
                                        + " any more, but "
                                        + now));
            }
        }
        for (var entry : deleted.entrySet()) {
            Optional<LocalPath> now = nodes.place(entry.getKey());
            if (now.isPresent()) {
                return Optional.of(
                        new World.Failure(
                                "R21",
                                entry.getValue()
                                        + " was deleted, and its node "
                                        + entry.getKey()
                                        + " is "
                                        + now.get()));
            }
        }
        return Optional.empty();
    }
}
