package io.syncline.system.concurrency;

import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.TreeDigest;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A project as a plain map: what the changes that were answered make of it, one after another. */
final class Model {
    private final Map<NodeId, Node> nodes = new HashMap<>();
    private final NavigableMap<Long, Node> feed = new TreeMap<>();
    private final Map<NodeId, Map<Name, NodeId>> children = new HashMap<>();
    private TreeDigest digest = TreeDigest.EMPTY;
    private long liveNodes;
    private long liveBytes;

    /**
     * Puts a version in the place of the one before. Two live children of one name show only when
     * {@link #broken} is asked, since an atomic commit may swap names (R20).
     */
    void put(Node node) {
        Node before = nodes.put(node.id(), node);
        if (before != null) {
            feed.remove(before.sequence());
            if (!before.deleted()) {
                take(before);
                digest = digest.minus(before);
            }
        }
        feed.put(node.sequence(), node);
        if (!node.deleted()) {
            children.computeIfAbsent(node.place().parent(), _ -> new HashMap<>())
                    .put(node.place().name(), node.id());
            digest = digest.plus(node);
            liveNodes++;
            liveBytes += node.item().sizeBytes();
        }
    }

    private void take(Node before) {
        Map<Name, NodeId> siblings = children.get(before.place().parent());
        if (siblings != null && before.id().equals(siblings.get(before.place().name()))) {
            siblings.remove(before.place().name());
        }
        liveNodes--;
        liveBytes -= before.item().sizeBytes();
    }

    Optional<Node> node(NodeId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    boolean isLiveDirectory(NodeId id) {
        return id.isRoot()
                || node(id).filter(node -> !node.deleted() && node.item().isDirectory())
                        .isPresent();
    }

    Optional<Node> child(NodeId parent, Name name) {
        return Optional.ofNullable(children.getOrDefault(parent, Map.of()).get(name))
                .flatMap(this::node);
    }

    /** The live children of a directory, directories first, by name. */
    List<Node> listing(NodeId directory) {
        return children.getOrDefault(directory, Map.of()).values().stream()
                .map(nodes::get)
                .sorted(
                        Comparator.comparing((Node node) -> !node.item().isDirectory())
                                .thenComparing(node -> node.place().name()))
                .toList();
    }

    /** The latest versions with sequences in {@code (from, to]}. */
    Collection<Node> between(long from, long to) {
        return feed.subMap(from, false, to, true).values();
    }

    /** Whether a directory is another or below it. */
    boolean isWithin(NodeId directory, NodeId top) {
        Set<NodeId> seen = new HashSet<>();
        for (NodeId at = directory; !at.isRoot() && seen.add(at); ) {
            if (at.equals(top)) {
                return true;
            }
            Optional<Node> node = node(at);
            if (node.isEmpty()) {
                return false;
            }
            at = node.get().place().parent();
        }
        return top.isRoot();
    }

    /** What is wrong about the place of a node, if it is live: every node hangs from the root. */
    Optional<String> broken(NodeId id) {
        Node node = nodes.get(id);
        if (node == null || node.deleted()) {
            return children.getOrDefault(id, Map.of()).isEmpty()
                    ? Optional.empty()
                    : Optional.of("a deleted directory has children");
        }
        Set<NodeId> seen = new HashSet<>();
        for (NodeId at = id; !at.isRoot(); ) {
            Node here = nodes.get(at);
            if (here == null || here.deleted() || !seen.add(at)) {
                return Optional.of("it hangs from " + at + ", which is gone or above itself");
            }
            at = here.place().parent();
            if (!isLiveDirectory(at)) {
                return Optional.of("its parent " + at + " is no live directory");
            }
        }
        return child(node.place().parent(), node.place().name())
                        .filter(one -> one.id().equals(id))
                        .isPresent()
                ? Optional.empty()
                : Optional.of("another has its name");
    }

    /** The highest sequence. */
    long feedEnd() {
        return feed.isEmpty() ? 0 : feed.lastKey();
    }

    TreeDigest digest() {
        return digest;
    }

    long liveNodes() {
        return liveNodes;
    }

    long liveBytes() {
        return liveBytes;
    }

    List<Node> live() {
        return nodes.values().stream().filter(node -> !node.deleted()).toList();
    }
}
