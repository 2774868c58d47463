package io.syncline.server.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which nodes are at work is known by what they say. */
final class NodesSeenTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final MetadataStore store = new MemoryMetadataStore();

    private List<NodesSeen.Node> list(Instant now) {
        return store.read(read -> NodesSeen.list(read, now));
    }

    private void say(String name, Instant seen) {
        NodesSeen.say(store, new NodesSeen.Node(name, "1", START, seen));
    }

    @Test
    void nodesAreRememberedForADay() {
        assertThat(list(START)).isEmpty();
        say("b", START);
        say("a", START.plusSeconds(1));
        say("b", START.plusSeconds(60));
        assertThat(list(START)).extracting(NodesSeen.Node::name).containsExactly("a", "b");
        assertThat(list(START)).extracting(NodesSeen.Node::seen).contains(START.plusSeconds(60));
        assertThat(list(START.plusSeconds(30).plus(NodesSeen.REMEMBERED)))
                .extracting(NodesSeen.Node::name)
                .containsExactly("b");
    }

    @Test
    void theLastOfManyAreRemembered() {
        for (int i = 0; i < 3 * NodesSeen.NODES_MAX; i++) {
            say("node " + i, START.plusSeconds(i));
        }
        Instant now = START.plus(Duration.ofHours(1));
        assertThat(list(now))
                .hasSize(NodesSeen.NODES_MAX)
                .extracting(NodesSeen.Node::name)
                .contains("node 191", "node 128")
                .doesNotContain("node 127");
    }
}
