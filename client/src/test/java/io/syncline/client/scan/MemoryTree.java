package io.syncline.client.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.core.tree.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A known tree in memory, which takes observations as they come and checks their order. */
final class MemoryTree implements KnownTree, Consumer<Observation> {
    final List<Observation> observations = new ArrayList<>();
    private final Map<NodeId, KnownNode> nodes = new HashMap<>();
    private final Map<NodeId, Map<NodeId, KnownNode>> children = new HashMap<>();
    private final Map<List<Long>, Map<NodeId, KnownNode>> byInode = new HashMap<>();
    private final Map<NodeId, ListingDigest> digests = new HashMap<>();
    private long lastId;

    @Override
    public void accept(Observation observation) {
        observations.add(observation);
        switch (observation) {
            case Observation.Appeared(NodeId id, NodeId parent, String name, Stat stat, var _) -> {
                assertThat(nodes).doesNotContainKey(id);
                put(new KnownNode(id, parent, name, stat));
            }
            case Observation.Changed(NodeId id, Stat now) -> {
                KnownNode node = remove(id);
                put(new KnownNode(id, node.parent(), node.localName(), now));
            }
            case Observation.Moved(NodeId id, NodeId parent, String name, Stat now) -> {
                remove(id);
                put(new KnownNode(id, parent, name, now));
            }
            case Observation.Vanished(NodeId id) -> {
                assertThat(children.getOrDefault(id, Map.of())).as("children first").isEmpty();
                remove(id);
            }
            case Observation.Ignored(NodeId id) -> forget(id);
            case Observation.Absent _,
                    Observation.Alike _,
                    Observation.Unreadable _,
                    Observation.Unsupported _ -> {}
        }
    }

    private void forget(NodeId id) {
        for (NodeId child : List.copyOf(children.getOrDefault(id, Map.of()).keySet())) {
            forget(child);
        }
        remove(id);
    }

    /** Here all is held. */
    @Override
    public List<Absent> absent(NodeId directory) {
        return List.of();
    }

    void put(KnownNode node) {
        assertThat(node.parent().isRoot() || nodes.containsKey(node.parent()))
                .as("parent of %s is known", node)
                .isTrue();
        nodes.put(node.id(), node);
        children.computeIfAbsent(node.parent(), _ -> new LinkedHashMap<>()).put(node.id(), node);
        byInode.computeIfAbsent(inode(node.seen().identity()), _ -> new LinkedHashMap<>())
                .put(node.id(), node);
        digests.merge(
                node.parent(),
                ListingDigest.of(node.localName(), node.seen()),
                ListingDigest::plus);
    }

    KnownNode remove(NodeId id) {
        KnownNode node = nodes.remove(id);
        assertThat(node).as("node %s", id).isNotNull();
        children.getOrDefault(node.parent(), new HashMap<>()).remove(id);
        byInode.getOrDefault(inode(node.seen().identity()), new HashMap<>()).remove(id);
        digests.merge(
                node.parent(),
                ListingDigest.of(node.localName(), node.seen()),
                ListingDigest::minus);
        return node;
    }

    private static List<Long> inode(FileIdentity identity) {
        return List.of(identity.device(), identity.inode());
    }

    @Override
    public List<KnownNode> children(NodeId directory) {
        return List.copyOf(children.getOrDefault(directory, Map.of()).values());
    }

    @Override
    public List<KnownNode> directories(NodeId directory) {
        return children(directory).stream().filter(n -> n.seen().isDirectory()).toList();
    }

    @Override
    public Optional<KnownNode> child(NodeId directory, String localName) {
        return children(directory).stream()
                .filter(n -> n.localName().equals(localName))
                .findFirst();
    }

    @Override
    public Optional<KnownNode> node(NodeId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    @Override
    public List<KnownNode> withIdentity(FileIdentity identity) {
        return List.copyOf(byInode.getOrDefault(inode(identity), Map.of()).values());
    }

    @Override
    public Optional<ListingDigest> listing(NodeId directory) {
        return Optional.of(digests.getOrDefault(directory, ListingDigest.EMPTY));
    }

    @Override
    public NodeId newLocalId() {
        return new NodeId(--lastId);
    }

    /** The id at a path; a failure if there is none. */
    NodeId id(String path) {
        NodeId at = NodeId.ROOT;
        for (String name : LocalPath.parse(path).names()) {
            NodeId in = at;
            at =
                    child(at, name)
                            .orElseThrow(() -> new AssertionError(path + ": no " + name + in))
                            .id();
        }
        return at;
    }

    /** All paths with kind and size, as {@code ScannerTest.onDisk} gives them. */
    Map<String, String> paths() {
        var paths = new TreeMap<String, String>();
        collect(NodeId.ROOT, "", paths);
        assertThat(paths).hasSize(nodes.size());
        return paths;
    }

    private void collect(NodeId directory, String prefix, Map<String, String> into) {
        for (KnownNode node : children(directory)) {
            String path = prefix + node.localName();
            Stat seen = node.seen();
            into.put(
                    path,
                    seen.kind() == FileKind.DIRECTORY
                            ? "directory"
                            : seen.kind() + " " + seen.sizeBytes() + " " + seen.mtimeNanos());
            collect(node.id(), path + "/", into);
        }
    }
}
