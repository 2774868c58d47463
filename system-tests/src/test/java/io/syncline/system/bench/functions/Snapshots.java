package io.syncline.system.bench.functions;

import io.syncline.core.snapshot.Parallel;
import io.syncline.core.snapshot.SnapshotSink;
import io.syncline.core.snapshot.SnapshotSource;
import io.syncline.core.snapshot.SnapshotTree;
import io.syncline.core.snapshot.SnapshotWriter;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trees and their snapshots, for the benchmarks of both directions and of questions. */
final class Snapshots {
    private Snapshots() {}

    static Map<NodeId, List<Node>> children(List<Node> nodes) {
        Map<NodeId, List<Node>> children = new HashMap<>();
        for (Node node : nodes) {
            children.computeIfAbsent(node.place().parent(), _ -> new ArrayList<>()).add(node);
        }
        return children;
    }

    static byte[] encode(Map<NodeId, List<Node>> children) throws IOException {
        ByteArrayOutputStream tree = new ByteArrayOutputStream();
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        try (SnapshotWriter writer =
                new SnapshotWriter(
                        new ProjectId("1".repeat(32)),
                        Inputs.CURSOR,
                        TreeDigest.EMPTY,
                        sink(tree),
                        sink(contents))) {
            for (Optional<NodeId> directory = writer.nextDirectory();
                    directory.isPresent();
                    directory = writer.nextDirectory()) {
                for (Node node : children.getOrDefault(directory.get(), List.of())) {
                    writer.add(node);
                }
            }
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            sink(all).write(writer.finish());
            tree.writeTo(all);
            contents.writeTo(all);
            return all.toByteArray();
        }
    }

    private static SnapshotSink sink(ByteArrayOutputStream to) {
        return bytes -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            to.writeBytes(copy);
        };
    }

    /** On one thread and without the names of contents, as a browser reads it. */
    static SnapshotTree decode(byte[] snapshot) throws IOException {
        return SnapshotTree.read(
                SnapshotSource.of(ByteBuffer.wrap(snapshot)), false, 1 << 30, Parallel.SEQUENTIAL);
    }
}
