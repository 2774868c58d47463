package io.syncline.server.background;

import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.JsonWriter;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.WriteTransaction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that serve these stores, kept as one setting of the metadata: each says every {@link
 * NodeLeases#RENEWAL} that it is at work, and counts those that said so. A node that was killed
 * counts for {@link NodeLeases#DURATION} more. What two say in the same moment one of them says
 * again the next time, so that the count may be off for so long. The only node of a server says
 * nothing. Thread-safe.
 */
public final class LiveNodes implements AutoCloseable {
    /** How many are remembered, and so counted: the ones seen last. */
    static final int NODES_MAX = 64;

    /** How long a node is remembered. */
    static final Duration REMEMBERED = Duration.ofDays(1);

    private static final String SETTING = "nodes.seen";

    private static final Logger log = LoggerFactory.getLogger(LiveNodes.class);

    private static final JsonCodec<List<Node>> CODEC =
            new JsonCodec<>(LiveNodes::writeAll, LiveNodes::readAll);

    /** One node, and when it last said that it is at work. */
    public record Node(String name, String version, Instant started, Instant seen) {}

    private final MetadataStore store;
    private final String name;
    private final String version;
    private final InstantSource clock;
    private final Instant started;
    private final ScheduledExecutorService looking =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("live-nodes").factory());

    private volatile int count = 1;

    /** This node alone, until it looks. */
    public LiveNodes(MetadataStore store, String name, String version, InstantSource clock) {
        this.store = store;
        this.name = name;
        this.version = version;
        this.clock = clock;
        this.started = clock.instant();
    }

    /** This node, now. */
    public Node self() {
        return new Node(name, version, started, clock.instant());
    }

    /** How many there were at the last look, this one included. */
    public int count() {
        return count;
    }

    /** This node and those that were at work within the last day, by name. */
    public List<Node> list(ReadTransaction read) {
        return List.copyOf(known(read).values());
    }

    /** Begins to look. Call once. */
    public void start() {
        if (!name.equals(NodeLeases.ONLY)) {
            var _ =
                    looking.scheduleWithFixedDelay(
                            this::lookOrKeep,
                            0,
                            NodeLeases.RENEWAL.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    private void lookOrKeep() {
        try {
            look();
        } catch (RuntimeException e) {
            // The count stays until the store is back.
            log.atDebug().setCause(e).log("the nodes could not be counted");
        }
    }

    /** Says that this node is at work, and counts. */
    void look() {
        Instant since = clock.instant().minus(NodeLeases.DURATION);
        count =
                store.<Integer>write(write -> {
                    List<Node> kept = put(write, known(write).values());
                    return (int) kept.stream().filter(node -> node.seen().isAfter(since)).count();
                });
    }

    private static List<Node> put(WriteTransaction write, Collection<Node> nodes) {
        List<Node> kept =
                nodes.stream()
                        .sorted(Comparator.comparing(Node::seen).reversed())
                        .limit(NODES_MAX)
                        .toList();
        write.settings().put(SETTING, ByteBuffer.wrap(CODEC.toBytes(kept)));
        return kept;
    }

    /** This node, and what others said. */
    private Map<String, Node> known(ReadTransaction read) {
        Node self = self();
        Instant since = self.seen().minus(REMEMBERED);
        var known = new TreeMap<String, Node>();
        for (Node node : read.settings().find(SETTING).map(LiveNodes::parse).orElse(List.of())) {
            if (node.seen().isAfter(since)) {
                known.put(node.name(), node);
            }
        }
        known.put(name, self);
        return known;
    }

    private static List<Node> parse(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        try {
            return CODEC.fromBytes(copy);
        } catch (SynclineException e) {
            log.atDebug().setCause(e).log("another version's list of nodes is written anew");
            return List.of();
        }
    }

    private static void writeAll(JsonWriter out, List<Node> nodes) {
        out.beginObject().array("nodes", nodes, LiveNodes::write).endObject();
    }

    /** One node as an element of an array. */
    public static void write(JsonWriter out, Node node) {
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
                nodes = in.array(NODES_MAX, LiveNodes::read);
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

    /** Says no more that this node is at work. Idempotent. */
    @Override
    public void close() {
        if (!looking.isShutdown()) {
            looking.shutdownNow();
            leave();
        }
    }

    private void leave() {
        try {
            var _ =
                    store.write(write -> {
                        Map<String, Node> others = known(write);
                        others.remove(name);
                        return put(write, others.values());
                    });
        } catch (RuntimeException e) {
            log.atDebug().setCause(e).log("this node counts for a while yet");
        }
    }
}
