package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.state.Durability;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.core.tree.ReplicaId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BrakeTest {
    private static final int NODES = 10;

    private final Work work =
            new Work(
                    new MemoryStateStore(),
                    new EngineSettings(
                            new ReplicaId("a".repeat(32)), "folder", false, 0, 0, 0, NODES, 25),
                    Names.EXACT);
    private final Brake brake = new Brake(work);

    @BeforeEach
    void begin() {
        work.now = 1_000_000;
    }

    private void deleted(int nodes) {
        work.deletes = nodes;
        work.state.write(Durability.EVENTUAL, brake::count);
    }

    @Test
    @DisplayName("R28 a delete that is planned again and again counts once")
    void plansAreNotCounted() {
        for (int i = 0; i < 100; i++) {
            assertThat(brake.allows(1)).isTrue();
        }
        assertThat(work.stop).isEmpty();
    }

    @Test
    @DisplayName("R28 deletes that trickle are added up over ten minutes")
    void tricklingDeletesAreAddedUp() {
        for (int i = 0; i < NODES; i++) {
            assertThat(brake.allows(1)).isTrue();
            deleted(1);
            work.now += 30_000;
        }
        assertThat(brake.allows(1)).isFalse();
        assertThat(work.stop).map(Stop::kind).contains(Stop.Kind.DELETES);
    }

    @Test
    @DisplayName("R28 what was deleted longer ago doesn't count any more, also after a restart")
    void oldDeletesAreForgotten() {
        deleted(NODES);
        var again = new Brake(work);
        again.restore();
        work.now += Brake.WINDOW_MILLIS + 20_000;
        assertThat(again.allows(NODES)).isTrue();
    }

    @Test
    @DisplayName("R28 the count survives a restart")
    void theCountSurvivesARestart() {
        deleted(NODES);
        var again = new Brake(work);
        again.restore();
        assertThat(again.allows(1)).isFalse();
    }
}
