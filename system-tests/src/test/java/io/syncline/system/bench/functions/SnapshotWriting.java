package io.syncline.system.bench.functions;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.WireJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How fast a whole tree becomes a snapshot. */
@State(Scope.Thread)
@Items(value = "nodes", against = "encode", naive = "JSON of all nodes, gzipped")
public class SnapshotWriting {
    @Param("1000000")
    int size;

    private List<Node> nodes = List.of();
    private Map<NodeId, List<Node>> children = Map.of();

    @Setup
    public void make() {
        nodes = Inputs.tree(size);
        children = Snapshots.children(nodes);
    }

    @Benchmark
    public byte[] encode() throws IOException {
        return Snapshots.encode(children);
    }

    @Benchmark
    public byte[] naive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            for (Node node : nodes) {
                out.write(WireJson.NODE.toBytes(node));
                out.write('\n');
            }
        }
        return bytes.toByteArray();
    }
}
