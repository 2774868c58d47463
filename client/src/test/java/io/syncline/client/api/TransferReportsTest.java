package io.syncline.client.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Transfer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TransferReportsTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    private final TransferReports reports = new TransferReports();

    private static Transfer transfer(long id, long bytes) {
        return new Transfer(
                new ProjectId("a".repeat(32)),
                id,
                Optional.empty(),
                Optional.empty(),
                Transfer.Direction.UPLOAD,
                new Transfer.Amount(0, 1),
                new Transfer.Amount(bytes, 100),
                1,
                Optional.empty(),
                false);
    }

    private List<Transfer> told(Instant now) {
        List<Transfer> told = new ArrayList<>();
        for (var next = reports.next(now); next.isPresent(); next = reports.next(now)) {
            told.add(next.get());
        }
        return told;
    }

    @Test
    @DisplayName("L9 of one transfer the newest waits, of too many none")
    void newestWaitsOfABoundedNumber() {
        for (long id = 0; id < Limits.TRANSFERS_MAX; id++) {
            assertThat(reports.put(transfer(id, 1))).isTrue();
            assertThat(reports.put(transfer(id, 2))).isTrue();
        }
        assertThat(reports.put(transfer(99, 1))).isFalse();
        assertThat(told(T0)).hasSize(Limits.TRANSFERS_MAX).allMatch(t -> t.bytes().done() == 2);
        assertThat(told(T0.plusMillis(10))).isEmpty();
    }

    @Test
    void transferIsToldAgainUntilItEnded() {
        reports.put(transfer(1, 1));
        assertThat(told(T0)).containsExactly(transfer(1, 1));
        assertThat(told(T0.plusSeconds(Limits.TRANSFER_SECONDS / 3)))
                .containsExactly(transfer(1, 1));
        reports.put(transfer(1, 2).over());
        assertThat(told(T0.plusSeconds(6))).containsExactly(transfer(1, 2).over());
        assertThat(told(T0.plusSeconds(60))).isEmpty();
        assertThat(reports.put(transfer(1, 2).over())).isFalse();
    }

    @Test
    void newPeerIsToldOfWhatIsUnderWay() {
        reports.put(transfer(1, 1));
        reports.put(transfer(2, 1));
        told(T0);
        reports.put(transfer(2, 2).over());
        reports.repeat();
        assertThat(told(T0.plusMillis(1))).containsExactly(transfer(1, 1));
    }
}
