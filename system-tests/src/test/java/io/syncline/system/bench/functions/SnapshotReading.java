package io.syncline.system.bench.functions;

import io.syncline.core.snapshot.SnapshotReader;
import io.syncline.core.snapshot.SnapshotSource;
import io.syncline.core.snapshot.SnapshotTree;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How fast a snapshot becomes a tree that can be asked, on one thread. */
@State(Scope.Thread)
@Items(
        value = "nodes",
        against = "decode",
        naive = "an object for each node, in a map by parent and name")
public class SnapshotReading {
    @Param("1000000")
    int size;

    private byte[] snapshot = {};

    @Setup
    public void make() throws IOException {
        snapshot = Snapshots.encode(Snapshots.children(Inputs.tree(size)));
    }

    @Benchmark
    public SnapshotTree decode() throws IOException {
        return Snapshots.decode(snapshot);
    }

    @Benchmark
    public Map<Place, Node> naive() throws IOException {
        Map<Place, Node> tree = new HashMap<>();
        SnapshotSource source = SnapshotSource.of(ByteBuffer.wrap(snapshot));
        try (SnapshotReader reader = SnapshotReader.open(source)) {
            for (List<Node> page = reader.next(); !page.isEmpty(); page = reader.next()) {
                page.forEach(node -> tree.put(node.place(), node));
            }
        }
        return tree;
    }
}
