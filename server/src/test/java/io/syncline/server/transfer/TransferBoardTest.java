package io.syncline.server.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Transfer;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.event.TransferHint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TransferBoardTest {
    private static final ProjectId PROJECT = new ProjectId("a".repeat(32));
    private static final ProjectId OTHER = new ProjectId("b".repeat(32));
    private static final DeviceId DEVICE = new DeviceId("d".repeat(32));

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Heard bus = new Heard();
    private final TransferBoard board = new TransferBoard(bus, () -> now);
    private final Object socket = new Object();

    /** Keeps what is published. */
    private static final class Heard implements EventBus {
        final List<Transfer> transfers = new ArrayList<>();

        @Override
        public void publish(HeadHint hint) {
            throw new IllegalStateException("no head is told here");
        }

        @Override
        public void publish(TransferHint hint) {
            transfers.add(hint.transfer());
        }

        @Override
        public Subscription subscribe(ProjectId project, Consumer<HeadHint> subscriber) {
            return () -> {};
        }

        @Override
        public Subscription subscribeTransfers(
                ProjectId project, Consumer<TransferHint> subscriber) {
            return () -> {};
        }

        @Override
        public void close() {}
    }

    private static Transfer transfer(ProjectId project, long id, long done) {
        return new Transfer(
                project,
                id,
                Optional.empty(),
                Optional.empty(),
                Transfer.Direction.UPLOAD,
                new Transfer.Amount(0, 1),
                new Transfer.Amount(done, 1_000_000),
                1,
                Optional.of("a.bin"),
                false);
    }

    private void report(long id, long done) {
        board.report(socket, DEVICE, "laptop", transfer(PROJECT, id, done));
    }

    @Test
    @DisplayName("L9 a transfer is published 4 times a second, whatever its device says")
    void hintsAreFewer() {
        for (int i = 0; i < 1_000; i++) {
            report(1, i);
            now = now.plusMillis(20);
        }
        // 20 s.
        assertThat(bus.transfers).hasSizeBetween(70, 81);
        assertThat(board.list(PROJECT))
                .containsExactly(transfer(PROJECT, 1, 999).of(DEVICE, "laptop"));
    }

    @Test
    @DisplayName("L9 what a connection says above its rate is dropped")
    void floodIsDropped() {
        for (int i = 0; i < 10_000; i++) {
            report(1, i);
        }
        assertThat(bus.transfers).hasSize(1);
        assertThat(board.list(PROJECT).getFirst().bytes().done())
                .isEqualTo(TransferBoard.MESSAGES_PER_SECOND - 1);
    }

    @Test
    @DisplayName("L9 a connection's transfers, and a project's hints, are bounded")
    void transfersAreBounded() {
        for (int id = 0; id < 1_000; id++) {
            report(id, 1);
            now = now.plusMillis(20);
        }
        assertThat(board.size()).isEqualTo(Limits.TRANSFERS_MAX);
        for (int device = 0; device < 1_000; device++) {
            board.report(
                    device, new DeviceId("%032x".formatted(device)), "one", transfer(OTHER, 1, 1));
        }
        assertThat(bus.transfers).hasSize(Limits.TRANSFERS_MAX + TransferBoard.HINTS_PER_SECOND);
        assertThat(board.list(OTHER)).hasSize(1_000);
    }

    @Test
    void closedConnectionTakesItsTransfersAlong() {
        report(1, 1);
        board.report(socket, DEVICE, "laptop", transfer(OTHER, 2, 1));
        board.report("another", DEVICE, "laptop", transfer(PROJECT, 3, 1));

        board.left(socket, OTHER);
        assertThat(board.list(OTHER)).isEmpty();
        board.closed(socket);

        assertThat(board.list(PROJECT)).extracting(Transfer::id).containsExactly(3L);
        assertThat(bus.transfers.stream().filter(Transfer::ended))
                .extracting(Transfer::id)
                .containsExactly(2L, 1L);
        board.closed("another");
        assertThat(board.size()).isZero();
    }

    @Test
    void silentTransferVanishesAfterFifteenSeconds() {
        report(1, 1);
        now = now.plusSeconds(Limits.TRANSFER_SECONDS - 1);
        board.expire();
        assertThat(board.size()).isEqualTo(1);
        report(1, 2);
        now = now.plusSeconds(Limits.TRANSFER_SECONDS);
        board.expire();
        assertThat(board.size()).isZero();
        assertThat(bus.transfers.getLast().ended()).isTrue();
    }

    @Test
    void endedTransferIsGoneAndItsPlaceFree() {
        for (int round = 0; round < 3 * Limits.TRANSFERS_MAX; round++) {
            report(round, 1);
            board.report(socket, DEVICE, "laptop", transfer(PROJECT, round, 2).over());
            now = now.plusMillis(250);
        }
        assertThat(board.size()).isZero();
        // Somebody else's word doesn't end it.
        report(99, 1);
        board.report("another", DEVICE, "laptop", transfer(PROJECT, 99, 1).over());
        assertThat(board.size()).isEqualTo(1);
    }
}
