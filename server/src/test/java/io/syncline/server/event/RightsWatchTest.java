package io.syncline.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Accounts;
import io.syncline.server.account.Caller;
import io.syncline.server.audit.Audit;
import io.syncline.server.edge.Socket;
import io.syncline.server.project.Projects;
import io.syncline.server.rate.RateSettings;
import io.syncline.server.rate.Rates;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two nodes: what is taken on one ends what sockets of the other see. */
final class RightsWatchTest {
    private final Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final MemoryMetadataStore store = new MemoryMetadataStore();
    private final MemoryEventBus bus = new MemoryEventBus();
    private final MemoryEventBus deaf = new MemoryEventBus();
    private final EventHub here = hub(bus);
    private final EventHub there = hub(bus);
    private final EventHub apart = hub(deaf);
    private final AccountId account = new AccountId("a".repeat(32));
    private ProjectId project = RightsWatch.FEED;
    private DeviceId device = new DeviceId("0".repeat(32));

    private EventHub hub(MemoryEventBus on) {
        return new EventHub(
                store,
                on,
                new Access(store, () -> now, new Rates(RateSettings.DEFAULT, () -> 1, () -> now)),
                () -> now);
    }

    @BeforeEach
    void fill() {
        SecureRandom random = new SecureRandom();
        project =
                new Projects(store, () -> now, random)
                        .create(owner(), "p", false, Audit.Actor.LOCAL)
                        .id();
        store.<Boolean>write(write -> {
            write.accounts().add(new Account(account, "anna", Optional.empty(), now));
            var key = write.projects().find(project).orElseThrow().key();
            write.members(key).put(account, Role.EDITOR);
            return true;
        });
        device =
                new Accounts(store, () -> now, random, _ -> {}, _ -> {})
                        .addDevice(account, "phone", Audit.Actor.LOCAL)
                        .device();
        here.start();
        there.start();
        apart.start();
    }

    private AccountId owner() {
        AccountId owner = new AccountId("b".repeat(32));
        store.<Boolean>write(write -> {
            write.accounts().add(new Account(owner, "owner", Optional.empty(), now));
            return true;
        });
        return owner;
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
        apart.close();
        bus.close();
        deaf.close();
        store.close();
    }

    private static final class Ears implements Socket {
        final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();

        @Override
        public void send(String text, Done done) {
            events.add(WireJson.EVENT.fromBytes(text.getBytes(StandardCharsets.UTF_8)));
            done.done(true);
        }

        @Override
        public void ping() {}

        @Override
        public void close(int status, String reason) {
            closes.add(status);
        }

        @Override
        public void cut() {}
    }

    private Watcher watcher(EventHub hub) {
        return new Watcher(hub, new Caller(account, Optional.of(device), Optional.empty()), now, 0);
    }

    private void subscribe(EventHub hub, Watcher watcher) {
        byte[] wanted = WireJson.EVENT.toBytes(new Event.Subscribe(List.of(project), false));
        hub.message(watcher, new String(wanted, StandardCharsets.UTF_8));
    }

    private Ears watch(EventHub hub) throws InterruptedException {
        Ears ears = new Ears();
        Watcher watcher = watcher(hub);
        watcher.opened(ears);
        subscribe(hub, watcher);
        assertThat(next(ears)).isInstanceOf(Event.Head.class);
        return ears;
    }

    private static Event next(Ears ears) throws InterruptedException {
        Event event = ears.events.poll(10, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        return event;
    }

    private void endMembership() {
        store.<Boolean>write(write -> {
            var key = write.projects().find(project).orElseThrow().key();
            write.rightChanges().add(account, now);
            return write.members(key).remove(account);
        });
    }

    private void revoke() {
        store.<Boolean>write(write -> {
            write.rightChanges().add(account, now);
            return write.devices().revoke(device, now);
        });
    }

    @Test
    @DisplayName("L7 a membership that ends on one node ends on the sockets of all at once")
    void membershipEndsEverywhere() throws InterruptedException {
        Ears local = watch(here);
        Ears remote = watch(there);
        endMembership();
        here.membershipChanged(account);
        assertThat(next(local)).isEqualTo(new Event.Unsubscribed(project));
        assertThat(next(remote)).isEqualTo(new Event.Unsubscribed(project));
        assertThat(remote.closes).isEmpty();
    }

    @Test
    void aRevokedDevicesSocketsAreClosedEverywhere() throws InterruptedException {
        Ears remote = watch(there);
        revoke();
        here.revoked(device);
        assertThat(remote.closes.poll(10, TimeUnit.SECONDS)).isEqualTo(EventHub.UNAUTHENTICATED);
    }

    @Test
    void withoutABusTheNextTickNotices() throws InterruptedException {
        Ears remote = watch(apart);
        revoke();
        here.revoked(device);
        apart.tick();
        assertThat(remote.closes.poll(10, TimeUnit.SECONDS)).isEqualTo(EventHub.UNAUTHENTICATED);
    }

    @Test
    void whatWasForgottenBeforeItWasReadIsMadeUpFor() throws InterruptedException {
        Ears remote = watch(apart);
        revoke();
        AccountId other = new AccountId("c".repeat(32));
        store.<Long>write(write -> write.rightChanges().add(other, now));
        assertThat(
                        store.<Integer>write(
                                write -> write.rightChanges().forget(now.plusSeconds(1), 100)))
                .isEqualTo(1);
        apart.tick();
        assertThat(remote.closes.poll(10, TimeUnit.SECONDS)).isEqualTo(EventHub.UNAUTHENTICATED);
    }

    @Test
    void aStopSaysGoodByeToAllAndTakesNoMore() throws InterruptedException {
        List<Ears> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(watch(here));
        }
        here.leave(Duration.ofSeconds(5));
        assertThat(all).allSatisfy(ears -> assertThat(ears.closes.poll()).isEqualTo(1012));
    }

    @Test
    void aSocketThatWasBeingOpenedMeanwhileIsNotForgotten() throws InterruptedException {
        Watcher watcher = watcher(here);
        revoke();
        // It isn't among the open ones yet.
        here.tick();
        Ears ears = new Ears();
        watcher.opened(ears);
        subscribe(here, watcher);
        assertThat(ears.closes.poll(10, TimeUnit.SECONDS)).isEqualTo(EventHub.UNAUTHENTICATED);
    }
}
