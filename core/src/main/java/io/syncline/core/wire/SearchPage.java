package io.syncline.core.wire;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Live nodes whose names match, newest first.
 *
 * @param nodes may be fewer than asked for, even none, though more follow
 * @param directories every directory above the nodes, once, in no order; the root isn't among them
 * @param complete every change up to this sequence was looked at
 * @param head the project's head at that moment; {@code complete} is below it only while the index
 *     catches up
 * @param after opaque: where to go on; absent at the end
 */
public record SearchPage(
        List<Node> nodes,
        List<Directory> directories,
        long complete,
        long head,
        Optional<String> after) {
    /** Most nodes in a page. */
    public static final int NODES_MAX = 500;

    /** Most directories in a page: so many nodes, each as deep as can be. */
    public static final int DIRECTORIES_MAX = NODES_MAX * Limits.TREE_DEPTH_MAX;

    public SearchPage {
        nodes = List.copyOf(nodes);
        directories = List.copyOf(directories);
    }

    /** A directory's name and where it is. */
    public record Directory(NodeId id, Place place) {}

    /**
     * The paths of the nodes, names joined by {@code /}, in the nodes' order. A directory that the
     * server didn't name, or a cycle, which only a faulty server can send, cuts a path short.
     */
    public List<String> paths() {
        Map<NodeId, Place> places = new HashMap<>();
        directories.forEach(directory -> places.put(directory.id(), directory.place()));
        return nodes.stream().map(node -> path(node, places)).toList();
    }

    private static String path(Node node, Map<NodeId, Place> places) {
        StringBuilder path = new StringBuilder(node.place().name().value());
        Place above = places.get(node.place().parent());
        for (int depth = 0; above != null && depth < Limits.TREE_DEPTH_MAX; depth++) {
            path.insert(0, '/').insert(0, above.name().value());
            above = places.get(above.parent());
        }
        return path.toString();
    }
}
