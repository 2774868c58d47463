package io.syncline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Hash;
import io.syncline.server.account.Access;
import io.syncline.server.background.NodeLeases;
import io.syncline.server.rate.RateSettings;
import io.syncline.server.rate.Rates;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Session;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExpirySweeperTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private Instant now = START;

    @Test
    void expiredRowsGoAndOthersStay() {
        MemoryMetadataStore store = new MemoryMetadataStore();
        AccountId account = new AccountId("a".repeat(32));
        store.write(write -> {
            write.accounts().add(new Account(account, "a", Optional.empty(), START));
            for (int i = 0; i < 1_000; i++) {
                write.accounts()
                        .addSession(
                                new Session(
                                        Hash.sha256(new byte[] {(byte) i, (byte) (i >> 8)}),
                                        account,
                                        START,
                                        START.plusSeconds(i < 700 ? 10 : 1_000)));
            }
            return account;
        });
        try (ExpirySweeper sweeper =
                new ExpirySweeper(
                        NodeLeases.only(store, ExpirySweeper.LEASE, () -> now),
                        new Access(
                                store,
                                () -> now,
                                new Rates(RateSettings.DEFAULT, () -> 1, () -> now)),
                        () -> now,
                        () -> Duration.ofDays(1))) {
            assertThat(sweeper.sweep()).isZero();
            now = START.plusSeconds(10);
            assertThat(sweeper.sweep()).isEqualTo(700);
            assertThat(sweeper.sweep()).isZero();
        }
        Hash kept = Hash.sha256(new byte[] {(byte) 900, (byte) (900 >> 8)});
        assertThat(store.<Optional<Session>>read(read -> read.accounts().session(kept)))
                .isPresent();
        store.close();
    }
}
