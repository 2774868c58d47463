package io.syncline.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.server.account.Access;
import io.syncline.server.account.Caller;
import io.syncline.server.rate.RateSettings;
import io.syncline.server.rate.Rates;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When rights are looked at again, and how many at once. */
class RechecksTest {
    private final Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final MemoryMetadataStore store = new MemoryMetadataStore();
    private final MemoryEventBus bus = new MemoryEventBus();
    private final EventHub hub =
            new EventHub(
                    store,
                    bus,
                    new Access(
                            store, () -> now, new Rates(RateSettings.DEFAULT, () -> 1, () -> now)),
                    () -> now);
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final List<List<Watcher>> looked = new ArrayList<>();
    private int firsts;
    private boolean failing;
    private Rechecks rechecks;

    @BeforeEach
    void begin() {
        rechecks = new Rechecks(() -> firsts++, this::look, waiting::add);
    }

    @AfterEach
    void stop() {
        hub.close();
        bus.close();
        store.close();
    }

    private void look(List<Watcher> slice) {
        looked.add(List.copyOf(slice));
        if (failing) {
            throw new IllegalStateException("as planned by the test");
        }
    }

    private List<Watcher> watchers(int count) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        new Watcher(
                                hub,
                                new Caller(
                                        new AccountId("%032x".formatted(i % 7)),
                                        Optional.of(new DeviceId("%032x".formatted(i))),
                                        Optional.empty()),
                                now,
                                0))
                .toList();
    }

    @Test
    @DisplayName("many in one read, those of an account together, and on another thread")
    void manyShareARead() {
        List<Watcher> due = watchers(250);
        rechecks.begin(due);
        assertThat(looked).isEmpty();
        waiting.remove().run();
        assertThat(looked).hasSize(3).allMatch(slice -> slice.size() <= Rechecks.SLICE);
        List<Watcher> all = looked.stream().flatMap(List::stream).toList();
        assertThat(all).containsExactlyInAnyOrderElementsOf(due);
        List<String> accounts = all.stream().map(w -> w.caller().account().value()).toList();
        assertThat(accounts).isSorted();
    }

    @Test
    @DisplayName("a store that doesn't answer is asked once, one that fails is asked again later")
    void failuresAreLeftForLater() {
        rechecks.begin(watchers(250));
        rechecks.begin(watchers(250));
        assertThat(waiting).hasSize(1);
        failing = true;
        waiting.remove().run();
        assertThat(looked).hasSize(1);
        failing = false;
        rechecks.begin(watchers(150));
        waiting.remove().run();
        assertThat(looked).hasSize(3);
        assertThat(firsts).isEqualTo(2);
    }
}
