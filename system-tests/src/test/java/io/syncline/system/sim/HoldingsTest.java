package io.syncline.system.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.engine.FolderPartials;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HoldingsTest {
    private static final Resting.Facts NOTHING = new Resting.Facts(0, 0, 0, 0, 0, 0, 0, 0);

    @Test
    void collectionsAreCountedByClassAndField() {
        var partials = new FolderPartials(new MemoryStateStore());
        assertThat(Holdings.of(partials)).containsEntry("FolderPartials.temporaries", 0L);
        partials.keep(new Content(0, Hash.sha256(new byte[1]), 1), LocalPath.parse("a"));
        assertThat(Holdings.of(partials)).containsEntry("FolderPartials.temporaries", 1L);
    }

    @Test
    void twinsArentLookedIntoFromOutside() {
        assertThat(Holdings.of(new FolderPartials(new MemoryStateStore())))
                .containsOnlyKeys("FolderPartials.temporaries");
    }

    @Test
    void tablesOfATwinAreCountedFromInside() {
        var store = new MemoryMetadataStore();
        store.write(write -> {
            write.accounts()
                    .add(
                            new Account(
                                    new AccountId("0".repeat(32)),
                                    "a",
                                    Optional.empty(),
                                    Instant.EPOCH));
            return true;
        });
        assertThat(Holdings.of(store))
                .containsEntry("Tables.accounts", 1L)
                .containsEntry("Tables.sessions", 0L);
    }

    @Test
    @DisplayName("L9 what isn't named is to be empty")
    void whatIsNotNamedIsToBeEmpty() {
        Map<String, Long> held = new HashMap<>();
        held.put("Tables.sessions", 1L);
        Holdings.of(new MemoryMetadataStore()).forEach(held::putIfAbsent);
        assertThat(new Resting(Map.of("Tables.accounts", _ -> 1)).above(held, NOTHING))
                .containsExactly("1 in Tables.sessions (at most 0)");
    }

    @Test
    void whatIsNamedHasToBeThere() {
        Map<String, Long> tables = Holdings.of(new MemoryMetadataStore());
        assertThatThrownBy(() -> Resting.SERVER.above(tables, NOTHING))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Access.seen");
    }
}
