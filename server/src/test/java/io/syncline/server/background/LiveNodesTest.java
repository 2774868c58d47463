package io.syncline.server.background;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LiveNodesTest {
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private final MemoryMetadataStore store = new MemoryMetadataStore();

    private LiveNodes node(String name) {
        return new LiveNodes(store, name, "1", () -> now);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void nodesThatComeAndGoAreCounted() {
        LiveNodes a = node("a");
        LiveNodes b = node("b");
        assertThat(a.count()).isEqualTo(1);
        a.look();
        b.look();
        a.look();
        assertThat(a.count()).isEqualTo(2);
        assertThat(b.count()).isEqualTo(2);
        b.close();
        a.look();
        assertThat(a.count()).isEqualTo(1);
        a.close();
    }

    @Test
    void aKilledNodeCountsNoLongerThanItsLease() {
        LiveNodes a = node("a");
        LiveNodes killed = node("killed");
        a.look();
        killed.look();
        for (int i = 0; i < 4; i++) {
            now = now.plus(NodeLeases.RENEWAL);
            a.look();
        }
        assertThat(now.minus(NodeLeases.DURATION)).isAfter(Instant.parse("2026-01-02T03:04:05Z"));
        assertThat(a.count()).isEqualTo(1);
        // It was only paused.
        killed.look();
        a.look();
        assertThat(a.count()).isEqualTo(2);
        a.close();
        killed.close();
    }

    @Test
    void whoIsBeyondTheBoundCountsTheOthers() {
        List<LiveNodes> nodes = new ArrayList<>();
        for (int i = 0; i < LiveNodes.NODES_MAX + 3; i++) {
            nodes.add(node("n" + i));
            nodes.getLast().look();
        }
        assertThat(nodes.getLast().count()).isEqualTo(LiveNodes.NODES_MAX);
        nodes.forEach(LiveNodes::close);
        LiveNodes alone = node("alone");
        alone.look();
        assertThat(alone.count()).isEqualTo(1);
        alone.close();
    }

    @Test
    void nodesAreRememberedForADay() {
        LiveNodes a = node("a");
        LiveNodes killed = node("killed");
        killed.look();
        assertThat(names(a)).containsExactly("a", "killed");
        now = now.plus(LiveNodes.REMEMBERED);
        assertThat(names(a)).containsExactly("a");
        a.close();
        killed.close();
    }

    private List<String> names(LiveNodes nodes) {
        return store.read(read -> nodes.list(read).stream().map(LiveNodes.Node::name).toList());
    }

    @Test
    void aStoreThatIsAwayLeavesTheCount() {
        LiveNodes a = node("a");
        LiveNodes b = node("b");
        b.look();
        a.look();
        Duration moment = Duration.ofSeconds(1);
        now = now.plus(moment);
        assertThat(a.count()).isEqualTo(2);
        store.close();
        a.close();
        assertThat(a.count()).isEqualTo(2);
    }
}
