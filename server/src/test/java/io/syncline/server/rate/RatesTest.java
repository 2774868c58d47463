package io.syncline.server.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.RandomId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class RatesTest {
    /** An account has 100 requests and 1,000 bytes at once, a device half of that. */
    private static final RateSettings SETTINGS = new RateSettings(10, 100, Duration.ofSeconds(10));

    private final Random random = new Random(5);
    private final AccountId account = new AccountId(RandomId.next(random));
    private final DeviceId device = new DeviceId(RandomId.next(random));
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private int nodes = 1;
    private final Rates rates = new Rates(SETTINGS, () -> nodes, () -> now);

    private boolean passes(AccountId who, Optional<DeviceId> from) {
        try {
            rates.takeRequest(who, from, Optional::empty);
            return true;
        } catch (SynclineException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.LIMITED);
            return false;
        }
    }

    private int passing(Optional<DeviceId> from) {
        int count = 0;
        while (passes(account, from)) {
            count++;
        }
        return count;
    }

    @Test
    void aDeviceHasHalfOfWhatItsAccountHas() {
        assertThat(passing(Optional.of(device))).isEqualTo(50);
        assertThat(passing(Optional.of(new DeviceId(RandomId.next(random))))).isEqualTo(50);
        assertThat(passing(Optional.empty())).isZero();
        assertThat(passes(new AccountId(RandomId.next(random)), Optional.empty())).isTrue();
        now = now.plusSeconds(2);
        assertThat(passing(Optional.of(device))).isEqualTo(10);
        assertThat(passing(Optional.empty())).isEqualTo(10);
        now = now.plus(Duration.ofDays(1));
        assertThat(passing(Optional.empty())).isEqualTo(100);
        assertThat(rates.refusedRequests()).isEqualTo(6);
    }

    @Test
    void nodesShareTheRates() {
        nodes = 4;
        assertThat(passing(Optional.empty())).isEqualTo(25);
        now = now.plusSeconds(4);
        assertThat(passing(Optional.empty())).isEqualTo(10);
        // A node went: there is more from now on.
        nodes = 2;
        now = now.plusSeconds(4);
        assertThat(passing(Optional.empty())).isEqualTo(20);
    }

    @Test
    void bytesThatWentAreWaitedForAndNoLongerThanABurst() {
        rates.takeBytes(account, Optional.of(device), 400);
        assertThat(passes(account, Optional.of(device))).isTrue();
        rates.takeBytes(account, Optional.of(device), 300);
        assertThat(passes(account, Optional.of(device))).isFalse();
        assertThat(passes(account, Optional.empty())).isTrue();
        now = now.plusSeconds(4);
        assertThat(passes(account, Optional.of(device))).isTrue();
        rates.takeBytes(account, Optional.empty(), 1L << 40);
        assertThat(passes(account, Optional.empty())).isFalse();
        now = now.plusSeconds(10);
        assertThat(passes(account, Optional.empty())).isTrue();
        assertThat(rates.refusedBytes()).isEqualTo(2);
    }

    @Test
    void aClockThatIsSetBackGivesAndTakesNothing() {
        assertThat(passing(Optional.empty())).isEqualTo(100);
        now = now.minusSeconds(3_600);
        assertThat(passing(Optional.empty())).isZero();
        now = now.plusSeconds(1);
        assertThat(passing(Optional.empty())).isEqualTo(10);
    }

    @Test
    void whoWasRefusedIsRefusedUnseenUntilItMayComeBack() {
        Hash credential = Hash.sha256("a token".getBytes(StandardCharsets.US_ASCII));
        assertThat(passing(Optional.empty())).isEqualTo(100);
        assertThat(rates.anyRefused()).isFalse();
        assertThatThrownBy(() ->
                        rates.takeRequest(account, Optional.empty(), () -> Optional.of(credential)))
                .isInstanceOf(SynclineException.class);
        assertThat(rates.anyRefused()).isTrue();
        assertThatThrownBy(() -> rates.checkRefused(credential))
                .isInstanceOf(SynclineException.class);
        now = now.plusSeconds(1);
        rates.checkRefused(credential);
        assertThat(rates.anyRefused()).isFalse();
    }

    @Test
    @DisplayName("L9 what is remembered is bounded, and those who asked last are")
    void memoryIsBounded() {
        AccountId first = new AccountId(RandomId.next(random));
        assertThat(passes(first, Optional.empty())).isTrue();
        while (passes(account, Optional.empty())) {
            assertThat(rates.remembered()).isEqualTo(2);
        }
        for (int i = 0; i < Buckets.KEPT_MAX + 10; i++) {
            passes(new AccountId(RandomId.next(random)), Optional.empty());
            if (i % 1_000 == 0) {
                assertThat(passes(account, Optional.empty())).isFalse();
            }
        }
        assertThat(rates.remembered()).isEqualTo(Buckets.KEPT_MAX);
        assertThat(passes(account, Optional.empty())).isFalse();
    }
}
