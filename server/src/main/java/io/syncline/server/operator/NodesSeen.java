package io.syncline.server.operator;

import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.JsonWriter;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ReadTransaction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The nodes that said lately that they are at work, kept as one setting of the metadata. Each says
 * so every minute; what two say in the same moment one of them says again a minute later.
 */
final class NodesSeen {
    /** How long a node is remembered. */
    static final Duration REMEMBERED = Duration.ofDays(1);

    /** How many are remembered; the ones seen last. */
    static final int NODES_MAX = 64;

    private static final String SETTING = "nodes.seen";

    /** One node. */
    record Node(String name, String version, Instant started, Instant seen) {}

    private static final JsonCodec<List<Node>> CODEC =
            new JsonCodec<>(NodesSeen::writeAll, NodesSeen::readAll);

    private NodesSeen() {}

    /** Says that this node is at work. */
    static void say(MetadataStore store, Node self) {
        store.writeBehind(write -> {
            Map<String, Node> known =
                    list(write, self.seen()).stream()
                            .collect(
                                    Collectors.toMap(
                                            Node::name,
                                            Function.identity(),
                                            (_, last) -> last,
                                            TreeMap::new));
            known.put(self.name(), self);
            List<Node> kept =
                    known.values().stream()
                            .sorted(Comparator.comparing(Node::seen).reversed())
                            .limit(NODES_MAX)
                            .sorted(Comparator.comparing(Node::name))
                            .toList();
            write.settings().put(SETTING, ByteBuffer.wrap(CODEC.toBytes(kept)));
            return true;
        });
    }

    /** Those that were at work within the last day, by name. */
    static List<Node> list(ReadTransaction read, Instant now) {
        return read.settings().find(SETTING).map(NodesSeen::parse).orElse(List.of()).stream()
                .filter(node -> node.seen().isAfter(now.minus(REMEMBERED)))
                .toList();
    }

    private static List<Node> parse(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        try {
            return CODEC.fromBytes(copy);
        } catch (SynclineException _) {
            // Another version wrote it; the next minute overwrites it.
            return List.of();
        }
    }

    private static void writeAll(JsonWriter out, List<Node> nodes) {
        out.beginObject().array("nodes", nodes, NodesSeen::write).endObject();
    }

    static void write(JsonWriter out, Node node) {
        out.beginObject()
                .member("name", node.name())
                .member("version", node.version())
                .member("started", node.started())
                .member("seen", node.seen())
                .endObject();
    }

    private static List<Node> readAll(JsonReader in) {
        List<Node> nodes = List.of();
        in.beginObject();
        while (in.nextMember()) {
            if (in.member().equals("nodes")) {
                nodes = in.array(NODES_MAX, NodesSeen::read);
            } else {
                in.unknown();
            }
        }
        return nodes;
    }

    private static Node read(JsonReader in) {
        String name = null;
        String version = null;
        Instant started = null;
        Instant seen = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "name" -> name = in.text();
                case "version" -> version = in.text();
                case "started" -> started = in.instant();
                case "seen" -> seen = in.instant();
                default -> in.unknown();
            }
        }
        return new Node(
                in.required("name", name),
                in.required("version", version),
                in.required("started", started),
                in.required("seen", seen));
    }
}
