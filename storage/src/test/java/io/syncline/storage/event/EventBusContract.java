package io.syncline.storage.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Transfer;
import io.syncline.storage.Poll;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every event bus promises. */
public abstract class EventBusContract {
    private static final Random RANDOM = new Random(7);

    private final ProjectId project = new ProjectId(RandomId.next(RANDOM));
    private final Epoch epoch = new Epoch(RandomId.next(RANDOM));

    private EventBus bus;

    /** Opens a bus without subscriptions. */
    protected abstract EventBus open();

    /** Returns when transfers published before wait for their subscribers. */
    protected void settle(EventBus of) {
        // Within one process they do at once.
    }

    @BeforeEach
    void openBus() {
        bus = open();
    }

    @AfterEach
    void closeBus() {
        bus.close();
    }

    private HeadHint hint(long sequence) {
        return new HeadHint(project, epoch, sequence);
    }

    @Test
    void hintReachesEverySubscriberOfItsProjectOnly() {
        List<HeadHint> first = new CopyOnWriteArrayList<>();
        List<HeadHint> second = new CopyOnWriteArrayList<>();
        List<HeadHint> other = new CopyOnWriteArrayList<>();
        bus.subscribe(project, first::add);
        bus.subscribe(project, second::add);
        bus.subscribe(new ProjectId(RandomId.next(RANDOM)), other::add);

        bus.publish(hint(1));

        Poll.until(() -> !first.isEmpty() && !second.isEmpty());
        assertThat(first).containsExactly(hint(1));
        assertThat(second).containsExactly(hint(1));
        assertThat(other).isEmpty();
    }

    @Test
    @DisplayName("L9 a slow subscriber has one waiting hint, the highest")
    void waitingHintsAreCoalesced() throws InterruptedException {
        List<HeadHint> seen = new CopyOnWriteArrayList<>();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        bus.subscribe(
                project,
                hint -> {
                    seen.add(hint);
                    entered.countDown();
                    awaitUnchecked(released);
                });

        bus.publish(hint(1));
        entered.await();
        for (long sequence = 2; sequence <= 10_000; sequence++) {
            bus.publish(hint(sequence));
        }
        bus.publish(hint(5));
        released.countDown();

        // Buses that cross the network may deliver a few on the way; what counts is the end.
        Poll.until(() -> seen.getLast().sequence() == 10_000);
        assertThat(seen.size()).isLessThan(5_000);
        assertThat(seen).isSortedAccordingTo((a, b) -> Long.compare(a.sequence(), b.sequence()));
    }

    @Test
    void lastPublishedEpochWins() throws InterruptedException {
        Epoch next = new Epoch(RandomId.next(RANDOM));
        List<HeadHint> seen = new CopyOnWriteArrayList<>();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        bus.subscribe(
                project,
                hint -> {
                    seen.add(hint);
                    entered.countDown();
                    awaitUnchecked(released);
                });

        bus.publish(hint(100));
        entered.await();
        bus.publish(hint(200));
        bus.publish(new HeadHint(project, next, 7));
        released.countDown();

        Poll.until(() -> seen.getLast().epoch().equals(next));
        assertThat(seen.getLast().sequence()).isEqualTo(7);
    }

    @Test
    void thatBlocksAreWantedOutlivesCoalescing() {
        Epoch next = new Epoch(RandomId.next(RANDOM));
        List<HeadHint> seen = new CopyOnWriteArrayList<>();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        bus.subscribe(
                project,
                hint -> {
                    seen.add(hint);
                    entered.countDown();
                    awaitUnchecked(released);
                });

        bus.publish(hint(1));
        awaitUnchecked(entered);
        bus.publish(hint(3).wantedAlso(true));
        bus.publish(hint(2));
        bus.publish(hint(4));
        bus.publish(new HeadHint(project, next, 7));
        released.countDown();

        Poll.until(() -> seen.getLast().epoch().equals(next));
        // In one with the last hint, or before it where they came one after the other.
        assertThat(seen.subList(1, seen.size())).anyMatch(HeadHint::wanted);
        assertThat(seen.getFirst().wanted()).isFalse();
    }

    @Test
    void stalledSubscriberDelaysNobodyElse() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicLong highest = new AtomicLong();
        bus.subscribe(project, _ -> awaitUnchecked(never));
        bus.subscribe(project, hint -> highest.set(hint.sequence()));

        bus.publish(hint(1));
        Poll.until(() -> highest.get() == 1);
        bus.publish(hint(2));

        Poll.until(() -> highest.get() == 2);
        never.countDown();
    }

    @Test
    void failingSubscriberIsCalledAgainAndFailsNobodyElse() {
        AtomicLong failed = new AtomicLong();
        AtomicLong highest = new AtomicLong();
        bus.subscribe(
                project,
                hint -> {
                    failed.set(hint.sequence());
                    throw new IllegalStateException("as planned by the test");
                });
        bus.subscribe(project, hint -> highest.set(hint.sequence()));

        bus.publish(hint(1));
        Poll.until(() -> failed.get() == 1);
        bus.publish(hint(2));

        Poll.until(() -> failed.get() == 2 && highest.get() == 2);
        assertThat(highest).hasValue(2);
    }

    @Test
    void endedSubscriptionGetsNothingMore() {
        List<HeadHint> ended = new CopyOnWriteArrayList<>();
        AtomicLong highest = new AtomicLong();
        EventBus.Subscription subscription = bus.subscribe(project, ended::add);
        bus.subscribe(project, hint -> highest.set(hint.sequence()));

        subscription.close();
        subscription.close();
        bus.publish(hint(1));

        Poll.until(() -> highest.get() == 1);
        assertThat(ended).isEmpty();
    }

    @Test
    void highestHintOfEveryProjectArrivesFromManyPublishers() throws InterruptedException {
        List<ProjectId> projects = new ArrayList<>();
        Map<ProjectId, Long> seen = new ConcurrentHashMap<>();
        for (int i = 0; i < 20; i++) {
            ProjectId id = new ProjectId(RandomId.next(RANDOM));
            projects.add(id);
            bus.subscribe(id, hint -> seen.merge(id, hint.sequence(), Math::max));
        }

        List<Thread> publishers = new ArrayList<>();
        AtomicLong sequences = new AtomicLong();
        for (int i = 0; i < 4; i++) {
            publishers.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int n = 0; n < 1_000; n++) {
                                    long sequence = sequences.incrementAndGet();
                                    ProjectId id = projects.get((int) (sequence % 20));
                                    bus.publish(new HeadHint(id, epoch, sequence));
                                }
                            }));
        }
        for (Thread publisher : publishers) {
            publisher.join();
        }

        Poll.until(() ->
                projects.stream()
                        .allMatch(id ->
                                seen.getOrDefault(id, 0L) > sequences.get() - projects.size()));
        assertThat(seen.values()).allMatch(sequence -> sequence > 3_980);
    }

    @Test
    void closedBusTakesHintsSilentlyAndNoSubscribers() {
        bus.close();
        bus.close();

        bus.publish(hint(1));

        assertThatThrownBy(() -> bus.subscribe(project, _ -> {}))
                .isInstanceOf(SynclineException.class)
                .hasMessageContaining("closed");
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TransferHint transfer(long id, long done) {
        return new TransferHint(
                new DeviceId("d".repeat(32)),
                new Transfer(
                        project,
                        id,
                        Optional.empty(),
                        Optional.empty(),
                        Transfer.Direction.UPLOAD,
                        new Transfer.Amount(0, 1),
                        new Transfer.Amount(done, 10_000),
                        1,
                        Optional.empty(),
                        false));
    }

    @Test
    @DisplayName("L9 of each transfer the newest waits for a slow subscriber, of a fixed number")
    void waitingTransfersAreCoalesced() throws InterruptedException {
        List<TransferHint> seen = new CopyOnWriteArrayList<>();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        EventBus.Subscription subscription =
                bus.subscribeTransfers(
                        project,
                        hint -> {
                            seen.add(hint);
                            entered.countDown();
                            awaitUnchecked(released);
                        });
        bus.publish(transfer(0, 0));
        entered.await();
        for (int done = 1; done <= 3; done++) {
            for (int id = 0; id < 1_000; id++) {
                bus.publish(transfer(id, done));
            }
        }
        settle(bus);
        released.countDown();

        Poll.until(() -> seen.size() == 1 + EventBus.TRANSFERS_WAITING_MAX);
        assertThat(seen.subList(1, seen.size()))
                .allMatch(hint -> hint.transfer().bytes().done() == 3)
                .doesNotHaveDuplicates();
        subscription.close();
        bus.publish(transfer(5, 9));
        // What is still under way would be heard by whoever comes next.
        settle(bus);
        List<TransferHint> later = new CopyOnWriteArrayList<>();
        bus.subscribeTransfers(project, later::add);
        bus.publish(transfer(6, 9));
        Poll.until(() -> !later.isEmpty());
        assertThat(later).containsExactly(transfer(6, 9));
        assertThat(seen).hasSize(1 + EventBus.TRANSFERS_WAITING_MAX);
    }
}
