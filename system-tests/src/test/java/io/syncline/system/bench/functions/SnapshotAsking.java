package io.syncline.system.bench.functions;

import io.syncline.core.snapshot.SnapshotTree;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** How fast paths are found in a tree from its snapshot; one in eight isn't there. */
@State(Scope.Thread)
@Items(
        value = "paths",
        against = "resolve",
        naive = "maps of objects, one for each directory: faster, in ten times the memory")
public class SnapshotAsking {
    @Param("1000000")
    int nodes;

    @Param("1000")
    int size;

    private final List<List<Name>> paths = new ArrayList<>();
    private final List<NodeId> ids = new ArrayList<>();
    private final Map<NodeId, Map<Name, Node>> objects = new HashMap<>();
    private SnapshotTree tree = empty();

    private static SnapshotTree empty() {
        try {
            return Snapshots.decode(Snapshots.encode(Map.of()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Setup
    public void make() throws IOException {
        List<Node> all = Inputs.tree(nodes);
        tree = Snapshots.decode(Snapshots.encode(Snapshots.children(all)));
        for (Node node : all) {
            objects.computeIfAbsent(node.place().parent(), _ -> new HashMap<>())
                    .put(node.place().name(), node);
        }
        Random random = Inputs.random();
        for (int i = 0; i < size; i++) {
            Node node = all.get(random.nextInt(all.size()));
            ids.add(node.id());
            List<Name> path = new ArrayList<>(tree.path(tree.find(node.id()).orElseThrow()));
            if (i % 8 == 0) {
                path.add(new Name("none"));
            }
            paths.add(path);
        }
    }

    @Benchmark
    public void resolve(Blackhole found) {
        paths.forEach(path -> found.consume(tree.resolve(path)));
    }

    @Benchmark
    public void find(Blackhole found) {
        ids.forEach(id -> found.consume(tree.find(id)));
    }

    @Benchmark
    public void naive(Blackhole found) {
        for (List<Name> path : paths) {
            NodeId at = NodeId.ROOT;
            for (Name name : path) {
                Node child = objects.getOrDefault(at, Map.of()).get(name);
                at = child == null ? NodeId.ROOT : child.id();
            }
            found.consume(at);
        }
    }
}
