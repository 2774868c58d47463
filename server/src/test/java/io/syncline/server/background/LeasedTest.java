package io.syncline.server.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LeasedTest {
    private static final String WORK = "work";
    private static final Duration PERIOD = Duration.ofMinutes(10);

    private Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private final MemoryMetadataStore store = new MemoryMetadataStore();
    private final NodeLeases a = new NodeLeases(store, "a", () -> now);
    private final NodeLeases b = new NodeLeases(store, "b", () -> now);
    private final Leased onA = a.of(WORK);
    private final Leased onB = b.of(WORK);
    private final List<String> done = new ArrayList<>();

    @AfterEach
    void close() {
        a.close();
        b.close();
        store.close();
    }

    private static void put(MetadataStore in, String value) {
        in.<Boolean>write(write -> {
            write.settings().put("value", ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
            return true;
        });
    }

    private Optional<String> value() {
        return store.<Optional<ByteBuffer>>read(read -> read.settings().find("value"))
                .map(bytes -> StandardCharsets.UTF_8.decode(bytes).toString());
    }

    @Test
    void oneNodeAtATimeWorks() {
        boolean worked =
                onA.run(() -> {
                    assertThat(onB.run(() -> done.add("b"))).isFalse();
                    done.add("a");
                });
        assertThat(worked).isTrue();
        assertThat(onB.run(() -> done.add("b afterwards"))).isTrue();
        assertThat(done).containsExactly("a", "b afterwards");
    }

    @Test
    void withinOneWorkAnotherOfTheSameThreadIsPartOfIt() {
        assertThat(onA.during(() -> onA.during(() -> 7).orElseThrow() + 1)).contains(8);
        assertThat(onA.isHeld()).isFalse();
    }

    @Test
    void aKilledHoldersLeaseRunsOut() {
        onA.run(() -> {
            // It is killed here, as far as the others can tell.
            now = now.plus(NodeLeases.DURATION).minusMillis(1);
            assertThat(onB.run(() -> done.add("too early"))).isFalse();
            now = now.plusMillis(1);
            assertThat(onB.run(() -> done.add("b"))).isTrue();
        });
        assertThat(done).containsExactly("b");
    }

    @Test
    void aHolderThatWasPausedStopsBeforeItsNextStep() {
        boolean finished =
                onA.run(() -> {
                    put(onA.store(), "before");
                    now = now.plus(NodeLeases.DURATION);
                    onB.run(() -> put(onB.store(), "b"));
                    String seen = onA.store().read(_ -> "seen");
                    done.add(seen);
                });
        assertThat(finished).isFalse();
        assertThat(done).isEmpty();
        assertThat(value()).contains("b");
        assertThat(onA.isHeld()).isFalse();
    }

    @Test
    void aHolderThatWasPausedWithinAStepCantWrite() {
        // Its step begins before the pause, and its transaction after: only the fence can tell.
        MetadataStore inA = onA.store();
        boolean finished =
                onA.run(() -> {
                    put(inA, "before");
                    onB.run(() -> done.add("nothing"));
                    takeOver();
                    inA.<Boolean>writeBehind(write -> {
                        write.settings().delete("value");
                        return true;
                    });
                    done.add("deleted");
                });
        assertThat(finished).isFalse();
        assertThat(done).isEmpty();
        assertThat(value()).contains("before");
    }

    /** The other node acquires it although this node's clock says that it still runs. */
    private void takeOver() {
        store.<Boolean>write(write -> {
            Instant later = now.plus(NodeLeases.DURATION);
            return write.leases().acquire(WORK, "b", later, NodeLeases.DURATION).isPresent();
        });
    }

    @Test
    void whoWorksLongKeepsItByWorking() {
        onA.run(() -> {
            for (int i = 0; i < 10; i++) {
                now = now.plusSeconds(20);
                onA.store().read(_ -> true);
                assertThat(onB.run(() -> done.add("b"))).isFalse();
            }
        });
        assertThat(done).isEmpty();
    }

    @Test
    void oneLongStepIsRenewedByTheNode() {
        onA.run(() -> {
            for (int i = 0; i < 5; i++) {
                now = now.plusSeconds(20);
                a.renew();
                assertThat(onB.run(() -> done.add("b"))).isFalse();
            }
        });
        assertThat(done).isEmpty();
    }

    @Test
    void withoutTheLeaseNothingCanBeDone() {
        assertThatThrownBy(() -> onA.store().read(_ -> true))
                .isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> put(onA.store(), "x")).isInstanceOf(LeaseLostException.class);
        assertThat(value()).isEmpty();
    }

    @Test
    void aRoundIsMadeOncePerPeriodInTheCluster() {
        assertThat(onA.round(PERIOD, () -> done.add("a"))).isTrue();
        assertThat(onB.round(PERIOD, () -> done.add("b"))).isFalse();
        now = now.plus(PERIOD);
        // Whose round was the last is the first whose next one is due.
        assertThat(onB.round(PERIOD, () -> done.add("b"))).isFalse();
        assertThat(onA.round(PERIOD, () -> done.add("a"))).isTrue();
        // It is killed: another takes over.
        now = now.plus(PERIOD).plus(NodeLeases.DURATION);
        assertThat(onB.round(PERIOD, () -> done.add("b"))).isTrue();
        assertThat(done).containsExactly("a", "a", "b");
    }

    @Test
    void whatFailsGivesItBack() {
        assertThatThrownBy(() ->
                        onA.run(() -> {
                            throw new IllegalArgumentException("failed");
                        }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(onB.run(() -> done.add("b"))).isTrue();
    }

    @Test
    void aClosedNodeGivesBackWhatItHolds() {
        onA.run(() -> {
            a.close();
            assertThat(onB.run(() -> done.add("b"))).isTrue();
        });
        assertThat(done).containsExactly("b");
    }

    @Test
    void theOnlyNodeHasItAtOnceAfterItWasKilled() {
        Leased before = NodeLeases.only(store, WORK, () -> now);
        before.run(() -> {
            Leased after = NodeLeases.only(store, WORK, () -> now);
            assertThat(after.run(() -> done.add("after"))).isTrue();
        });
        assertThat(done).containsExactly("after");
    }
}
