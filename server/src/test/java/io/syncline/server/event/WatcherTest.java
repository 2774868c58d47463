package io.syncline.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.Transfer;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Caller;
import io.syncline.server.edge.Socket;
import io.syncline.server.rate.RateSettings;
import io.syncline.server.rate.Rates;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One watcher with a socket that sends when it is told to, and a clock of its own. */
class WatcherTest {
    private static final Epoch EPOCH = new Epoch("e".repeat(32));

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final MemoryMetadataStore store = new MemoryMetadataStore();
    private final MemoryEventBus bus = new MemoryEventBus();
    private final EventHub hub =
            new EventHub(
                    store,
                    bus,
                    new Access(
                            store, () -> now, new Rates(RateSettings.DEFAULT, () -> 1, () -> now)),
                    () -> now);
    private final Watcher watcher =
            new Watcher(
                    hub,
                    new Caller(new AccountId("a".repeat(32)), Optional.empty(), Optional.empty()),
                    now,
                    0);
    private final StuckSocket socket = new StuckSocket();

    @AfterEach
    void stop() {
        hub.close();
        bus.close();
        store.close();
    }

    /** Holds every message until it is let go. */
    private static final class StuckSocket implements Socket {
        final List<Event> sent = new ArrayList<>();
        final Deque<Done> waiting = new ArrayDeque<>();
        int pings;
        int cuts;

        @Override
        public void send(String text, Done done) {
            sent.add(WireJson.EVENT.fromBytes(text.getBytes(StandardCharsets.UTF_8)));
            waiting.add(done);
        }

        void letGo() {
            waiting.remove().done(true);
        }

        @Override
        public void ping() {
            pings++;
        }

        @Override
        public void close(int status, String reason) {}

        @Override
        public void cut() {
            cuts++;
        }
    }

    private static ProjectId project(int number) {
        return new ProjectId("%032x".formatted(number));
    }

    private static Message hint(int project, long sequence) {
        return Message.of(head(project, sequence));
    }

    private static Event.Head head(int project, long sequence) {
        return new Event.Head(project(project), EPOCH, sequence);
    }

    private void watch(int projects) {
        watcher.opened(socket);
        Set<ProjectId> wanted = new HashSet<>();
        for (int i = 0; i < projects; i++) {
            wanted.add(project(i));
        }
        assertThat(watcher.watch(wanted)).isEmpty();
    }

    @Test
    @DisplayName(
            "L9 a reader that doesn't read costs one message per project, and hears the newest")
    void hintsAreOverwritten() {
        watch(2);
        for (long sequence = 1; sequence <= 10_000; sequence++) {
            watcher.offer(hint(0, sequence));
            watcher.offer(hint(1, sequence));
        }
        assertThat(socket.sent).containsExactly(head(0, 1));
        socket.letGo();
        socket.letGo();
        socket.letGo();
        assertThat(socket.waiting).isEmpty();
        assertThat(socket.sent)
                .containsExactlyInAnyOrder(head(0, 1), head(0, 10_000), head(1, 10_000));
    }

    @Test
    void olderHintsNeverReplaceNewerOnes() {
        watch(1);
        watcher.offer(hint(0, 1));
        watcher.offer(hint(0, 9));
        watcher.offer(hint(0, 5));
        socket.letGo();
        assertThat(socket.sent).containsExactly(head(0, 1), head(0, 9));
    }

    @Test
    void thatBlocksAreWantedOutlivesNewerHints() {
        watch(1);
        watcher.offer(hint(0, 1));
        watcher.offer(Message.of(head(0, 9).wantedAlso(true)));
        watcher.offer(hint(0, 5));
        watcher.offer(hint(0, 10));
        socket.letGo();
        assertThat(socket.sent).containsExactly(head(0, 1), head(0, 10).wantedAlso(true));
        watcher.offer(hint(0, 11));
        socket.letGo();
        assertThat(socket.sent).endsWith(head(0, 11));
    }

    @Test
    void hintsOfUnwatchedProjectsAreDropped() {
        watch(1);
        watcher.offer(hint(7, 1));
        assertThat(socket.sent).isEmpty();
    }

    @Test
    @DisplayName("L9 who doesn't take a message for 30 s is cut off")
    void slowReadersAreCut() {
        watch(1);
        watcher.offer(hint(0, 1));
        now = now.plusSeconds(29);
        watcher.alive();
        watcher.tick(now);
        assertThat(socket.cuts).isZero();
        now = now.plusSeconds(1);
        watcher.tick(now);
        assertThat(socket.cuts).isEqualTo(1);
    }

    @Test
    @DisplayName("L9 who is silent for 75 s, pinged every 30 s, is cut off")
    void silentPeersAreCut() {
        watch(1);
        for (int second = 0; second < 70; second += 5) {
            now = now.plusSeconds(5);
            watcher.tick(now);
        }
        assertThat(socket.pings).isEqualTo(2);
        assertThat(socket.cuts).isZero();
        now = now.plusSeconds(5);
        watcher.tick(now);
        assertThat(socket.cuts).isEqualTo(1);
    }

    @Test
    void peersThatAnswerPingsStay() {
        watch(1);
        for (int second = 0; second < 600; second += 5) {
            now = now.plusSeconds(5);
            watcher.tick(now);
            watcher.alive();
        }
        assertThat(socket.cuts).isZero();
        assertThat(socket.pings).isEqualTo(20);
    }

    @Test
    void closedWatcherIsForgotten() {
        watch(1);
        assertThat(hub.sockets()).isEqualTo(1);
        watcher.closed();
        assertThat(hub.sockets()).isZero();
        watcher.offer(hint(0, 1));
        assertThat(socket.sent).isEmpty();
    }

    private static Transfer transfer(int project, long id, long done) {
        return new Transfer(
                project(project),
                id,
                Optional.of(new DeviceId("d".repeat(32))),
                Optional.of("laptop"),
                Transfer.Direction.DOWNLOAD,
                new Transfer.Amount(0, 1),
                new Transfer.Amount(done, 100),
                1,
                Optional.empty(),
                false);
    }

    @Test
    @DisplayName("L9 a reader that doesn't read costs one message per transfer, of a fixed number")
    void transfersAreOverwrittenAndBounded() {
        watcher.wantTransfers(true);
        watch(1);
        watcher.offer(hint(0, 1));
        for (long id = 0; id < 1_000; id++) {
            watcher.offer(transfer(0, id, 1));
            watcher.offer(transfer(0, id, 2));
        }
        watcher.offer(hint(0, 2));
        while (!socket.waiting.isEmpty()) {
            socket.letGo();
        }
        assertThat(socket.sent).hasSize(2 + Watcher.TRANSFERS_MAX);
        assertThat(socket.sent.subList(0, 2)).containsExactly(head(0, 1), head(0, 2));
        assertThat(socket.sent.get(2)).isEqualTo(new Event.Progress(transfer(0, 0, 2)));
    }

    @Test
    @DisplayName("L7 of a project that is lost nothing more is told, nor to who doesn't want it")
    void transfersOfLostProjectsAreNotTold() {
        watch(2);
        watcher.offer(transfer(0, 1, 1));
        assertThat(socket.sent).isEmpty();
        watcher.wantTransfers(true);
        watcher.offer(hint(1, 1));
        watcher.offer(transfer(0, 1, 1));
        watcher.offer(transfer(7, 1, 1));
        watcher.lost(project(0));
        while (!socket.waiting.isEmpty()) {
            socket.letGo();
        }
        assertThat(socket.sent).containsExactly(head(1, 1), new Event.Unsubscribed(project(0)));
    }
}
