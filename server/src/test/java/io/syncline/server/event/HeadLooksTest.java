package io.syncline.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.ProjectId;
import io.syncline.storage.event.EventBus.Reach;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When heads are looked at although no hint came. */
class HeadLooksTest {
    private final Set<ProjectId> watched = ConcurrentHashMap.newKeySet();
    private final List<ProjectId> looked = new CopyOnWriteArrayList<>();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final HeadLooks looks = new HeadLooks(() -> watched, this::look, Runnable::run);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    HeadLooksTest() {
        for (int i = 0; i < 250; i++) {
            watched.add(project(i));
        }
    }

    private static ProjectId project(int number) {
        return new ProjectId("%032x".formatted(number));
    }

    private void look(Set<ProjectId> projects) {
        if (failing.get()) {
            throw new IllegalStateException("as planned by the test");
        }
        assertThat(projects).hasSizeLessThanOrEqualTo(100);
        looked.addAll(projects);
    }

    private void tick(Reach reach) {
        looks.tick(now, reach);
        now = now.plusSeconds(5);
    }

    @Test
    void whatWasMissedIsLookedAtAtOnce() {
        looks.missed(project(7));
        assertThat(looked).containsExactly(project(7));
    }

    @Test
    @DisplayName("all watched projects: rarely while the bus works, at every tick while it doesn't")
    void frequencyDependsOnTheBus() {
        for (int i = 0; i < 12; i++) {
            tick(Reach.CLUSTER);
        }
        assertThat(looked).hasSize(250);
        tick(Reach.CLUSTER);
        assertThat(looked).hasSize(500);
        tick(Reach.CUT_OFF);
        assertThat(looked).hasSize(750);
        tick(Reach.CUT_OFF);
        assertThat(looked).hasSize(1_000);
        assertThat(new HashSet<>(looked)).isEqualTo(watched);
    }

    @Test
    void withinOneProcessNobodyLooks() {
        for (int i = 0; i < 100; i++) {
            tick(Reach.PROCESS);
        }
        assertThat(looked).isEmpty();
    }

    @Test
    void storeThatIsAwayIsAskedAgainAtTheNextTick() {
        failing.set(true);
        looks.missed(project(7));
        failing.set(false);
        assertThat(looked).isEmpty();
        tick(Reach.CLUSTER);
        assertThat(looked).contains(project(7));
    }
}
