package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.tree.AccountId;
import io.syncline.storage.metadata.Leases.Lease;
import io.syncline.storage.metadata.RightChanges.RightChange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every metadata store promises of what several nodes of a server agree on. */
public abstract class ClusterContract {
    private static final String WORK = "collecting";
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

    private final Samples samples = new Samples(31);

    private MetadataStore store;
    private Instant now = T0;

    /** Opens an empty store. */
    protected abstract MetadataStore open();

    /**
     * Lets time pass for the leases; a store that goes by a clock of its own overrides it.
     *
     * @param store that was opened
     */
    protected void pass(MetadataStore store, Duration time) {
        now = now.plus(time);
    }

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private Optional<Lease> acquire(String holder) {
        return store.write(write -> write.leases().acquire(WORK, holder, now, HALF_A_MINUTE));
    }

    private boolean isDue(String holder) {
        return store.<Boolean>read(read -> read.leases().isDue(WORK, holder, now));
    }

    private boolean holds(Lease lease) {
        return store.<Boolean>write(write -> write.leases().holds(lease));
    }

    private boolean release(Lease lease, Duration rest) {
        return store.<Boolean>write(write -> write.leases().release(lease, now, rest));
    }

    private boolean renew(Lease lease) {
        return store.<Boolean>write(write -> write.leases().renew(lease, now, HALF_A_MINUTE));
    }

    @Test
    void oneHolderAtATimeUntilItRunsOut() {
        Lease first = acquire("a").orElseThrow();
        assertThat(first.name()).isEqualTo(WORK);
        assertThat(acquire("b")).isEmpty();
        assertThat(isDue("a")).isTrue();
        assertThat(isDue("b")).isFalse();

        pass(store, Duration.ofSeconds(29));
        assertThat(acquire("b")).isEmpty();
        pass(store, Duration.ofSeconds(2));
        assertThat(isDue("b")).isTrue();
        // Nobody else acquired it yet: what is written is still written under it.
        assertThat(holds(first)).isTrue();

        Lease second = acquire("b").orElseThrow();
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(holds(second)).isTrue();
        assertThat(holds(first)).isFalse();
        assertThat(renew(first)).isFalse();
        assertThat(release(first, Duration.ZERO)).isFalse();
        assertThat(acquire("a")).isEmpty();
    }

    @Test
    void leasesOfOtherNamesDontMatter() {
        Lease lease = acquire("a").orElseThrow();
        Optional<Lease> other =
                store.write(write -> write.leases().acquire("else", "b", now, HALF_A_MINUTE));
        assertThat(other).isPresent();
        assertThat(holds(lease)).isTrue();
        assertThat(holds(new Lease("none", "a", 1))).isFalse();
    }

    @Test
    void whoRenewsKeepsIt() {
        Lease lease = acquire("a").orElseThrow();
        for (int i = 0; i < 4; i++) {
            pass(store, Duration.ofSeconds(20));
            assertThat(renew(lease)).isTrue();
            assertThat(acquire("b")).isEmpty();
        }
        // Run out, but nobody took it.
        pass(store, Duration.ofSeconds(40));
        assertThat(renew(lease)).isTrue();
        assertThat(acquire("b")).isEmpty();
    }

    @Test
    void fencesRiseForTheSameHolderAndAfterARelease() {
        Lease first = acquire("a").orElseThrow();
        Lease second = acquire("a").orElseThrow();
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(holds(first)).isFalse();
        assertThat(release(second, Duration.ZERO)).isTrue();
        Lease third = acquire("b").orElseThrow();
        assertThat(third.fence()).isGreaterThan(second.fence());
    }

    @Test
    void aRestKeepsOthersFromTheNextRoundButNotFromTheLease() {
        Lease lease = acquire("a").orElseThrow();
        assertThat(release(lease, Duration.ofMinutes(10))).isTrue();
        assertThat(isDue("a")).isTrue();
        assertThat(isDue("b")).isFalse();
        pass(store, Duration.ofMinutes(10));
        assertThat(isDue("b")).isTrue();

        Lease again = acquire("a").orElseThrow();
        release(again, Duration.ofMinutes(10));
        assertThat(acquire("b")).isPresent();
    }

    @Test
    void ofManyAtOnceOneAcquires() {
        Set<Lease> acquired = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 16)
                .parallel()
                .forEach(i -> acquire("node" + i).ifPresent(acquired::add));
        assertThat(acquired).hasSize(1);
        assertThat(holds(acquired.iterator().next())).isTrue();
    }

    @Test
    void whatIsTakenFromAccountsIsAFeed() {
        List<AccountId> accounts =
                List.of(new AccountId(samples.id()), new AccountId(samples.id()));
        assertThat(store.<Long>read(read -> read.rightChanges().newest())).isZero();
        for (int i = 0; i < 4; i++) {
            int at = i;
            long sequence =
                    store.<Long>write(write ->
                            write.rightChanges().add(accounts.get(at % 2), now.plusSeconds(at)));
            assertThat(sequence).isEqualTo(i + 1);
        }
        assertThat(changes(1, 2))
                .containsExactly(
                        new RightChange(2, accounts.get(1)), new RightChange(3, accounts.get(0)));
        assertThat(changes(4, 2)).isEmpty();

        assertThat(forget(now.plusSeconds(2), 1)).isEqualTo(1);
        assertThat(forget(now.plusSeconds(2), 9)).isEqualTo(1);
        assertThat(changes(0, 9)).extracting(RightChange::sequence).containsExactly(3L, 4L);
        // The newest stays, so that sequences go on.
        assertThat(forget(now.plusSeconds(99), 9)).isEqualTo(1);
        assertThat(forget(now.plusSeconds(99), 9)).isZero();
        assertThat(store.<Long>read(read -> read.rightChanges().newest())).isEqualTo(4);
        assertThat(store.<Long>write(write -> write.rightChanges().add(accounts.get(0), now)))
                .isEqualTo(5);
    }

    @Test
    void whatIsUndoneTakesNoSequence() {
        AccountId account = new AccountId(samples.id());
        assertThatThrownBy(() ->
                        store.write(write -> {
                            write.rightChanges().add(account, now);
                            throw new IllegalArgumentException("undone");
                        }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.<Long>write(write -> write.rightChanges().add(account, now))).isOne();
    }

    private List<RightChange> changes(long after, int limit) {
        return store.read(read -> read.rightChanges().after(after, limit));
    }

    private int forget(Instant before, int limit) {
        return store.<Integer>write(write -> write.rightChanges().forget(before, limit));
    }

    @Test
    void attemptsAreCountedUntilTheyAreForgotten() {
        assertThat(count("10.0.0.1")).isEmpty();
        for (int i = 0; i < 3; i++) {
            int at = i;
            store.<Boolean>write(write -> {
                double before =
                        write.attempts().lock("10.0.0.1").map(Attempts.Count::failures).orElse(0.0);
                write.attempts()
                        .put("10.0.0.1", new Attempts.Count(before + 1.5, now.plusSeconds(at)));
                return true;
            });
        }
        assertThat(count("10.0.0.1")).contains(new Attempts.Count(4.5, now.plusSeconds(2)));
        put("10.0.0.2", new Attempts.Count(1, now));
        put("10.0.0.3", new Attempts.Count(1, now));

        assertThat(forgetAttempts(now.plusSeconds(1), 1)).isEqualTo(1);
        assertThat(forgetAttempts(now.plusSeconds(1), 9)).isEqualTo(1);
        assertThat(count("10.0.0.2")).isEmpty();
        assertThat(count("10.0.0.3")).isEmpty();
        assertThat(count("10.0.0.1")).isPresent();
    }

    @Test
    void noAttemptOfManyAtOnceIsLost() {
        IntStream.range(0, 20)
                .parallel()
                .forEach(_ ->
                        store.<Boolean>write(write -> {
                            double before =
                                    write.attempts()
                                            .lock("net")
                                            .map(Attempts.Count::failures)
                                            .orElse(0.0);
                            write.attempts().put("net", new Attempts.Count(before + 1, now));
                            return true;
                        }));
        assertThat(count("net")).contains(new Attempts.Count(20, now));
    }

    private Optional<Attempts.Count> count(String network) {
        return store.read(read -> read.attempts().find(network));
    }

    private void put(String network, Attempts.Count count) {
        store.<Boolean>write(write -> {
            write.attempts().put(network, count);
            return true;
        });
    }

    private int forgetAttempts(Instant before, int limit) {
        return store.<Integer>write(write -> write.attempts().forget(before, limit));
    }
}
