package io.syncline.client.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.state.memory.MemoryStateStore;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MemoryStateStoreTest extends StateStoreContract {
    @Override
    StateStore create() {
        return new MemoryStateStore();
    }

    @Override
    StateStore reopen(StateStore before) {
        return before;
    }

    @Test
    @DisplayName("R36: the twin's crash takes back what wasn't durable, and nothing else")
    void crashTakesBackWhatWasNotDurable() {
        var store = new MemoryStateStore();
        put(store, Durability.EVENTUAL, "a");
        put(store, Durability.DURABLE, "b");
        put(store, Durability.EVENTUAL, "c");
        store.begin(Durability.DURABLE);
        store.putValue("d", "");
        store.crash();
        assertThat(store.value("a")).isPresent();
        assertThat(store.value("b")).isPresent();
        assertThat(store.value("c")).isEmpty();
        assertThat(store.value("d")).isEmpty();
        put(store, Durability.DURABLE, "e");
        store.crash();
        assertThat(store.value("e")).isPresent();
    }

    private static void put(StateStore store, Durability durability, String key) {
        store.begin(durability);
        store.putValue(key, "");
        store.commit();
    }
}
