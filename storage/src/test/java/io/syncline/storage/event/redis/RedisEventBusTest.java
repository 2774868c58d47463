package io.syncline.storage.event.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.Transfer;
import io.syncline.storage.FaultyLink;
import io.syncline.storage.Poll;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.EventBusContract;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.event.TransferHint;
import io.syncline.storage.event.memory.MemoryEventBus;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol;

/** The contract between two nodes, and what happens when the server between them doesn't work. */
final class RedisEventBusTest extends EventBusContract {
    private static final RedisSettings.Timing QUICK =
            new RedisSettings.Timing(
                    Duration.ofMillis(500),
                    Duration.ofMillis(50),
                    Duration.ofMillis(400),
                    Duration.ofMillis(5),
                    Duration.ofMillis(50));

    private static TestRedis redis;

    private final Random random = new Random(23);
    private final ProjectId project = new ProjectId(RandomId.next(random));
    private final Epoch epoch = new Epoch(RandomId.next(random));

    @BeforeAll
    static void startRedis() throws IOException {
        redis = new TestRedis();
    }

    @AfterAll
    static void stopRedis() throws IOException {
        redis.close();
    }

    /** A node's bus, and the projects of which it said that hints may have been missed. */
    private record NodeBus(RedisEventBus bus, Map<ProjectId, Integer> missed)
            implements AutoCloseable {
        EventBus.Subscription subscribe(ProjectId project, Consumer<HeadHint> subscriber) {
            int before = missed.getOrDefault(project, 0);
            EventBus.Subscription subscription = bus.subscribe(project, subscriber);
            Poll.until(() -> missed.getOrDefault(project, 0) > before);
            return subscription;
        }

        @Override
        public void close() {
            bus.close();
        }
    }

    private NodeBus node(int port, MemoryEventBus local) {
        RedisSettings settings =
                RedisSettings.of(URI.create("redis://127.0.0.1:" + port), Optional.empty())
                        .with(QUICK);
        RedisEventBus bus = RedisEventBus.open(settings, local, new Random(random.nextLong()));
        Map<ProjectId, Integer> missed = new ConcurrentHashMap<>();
        bus.whenMissed(id -> missed.merge(id, 1, Integer::sum));
        return new NodeBus(bus, missed);
    }

    private NodeBus node(int port) {
        return node(port, new MemoryEventBus());
    }

    private HeadHint hint(long sequence) {
        return new HeadHint(project, epoch, sequence);
    }

    /** Publishes on one node and subscribes on another. */
    @Override
    protected EventBus open() {
        NodeBus near = node(redis.port());
        NodeBus far = node(redis.port());
        Set<ProjectId> known = ConcurrentHashMap.newKeySet();
        return new EventBus() {
            @Override
            public void publish(HeadHint hint) {
                near.bus().publish(hint);
            }

            @Override
            public void publish(TransferHint hint) {
                near.bus().publish(hint);
            }

            @Override
            public Subscription subscribe(ProjectId of, Consumer<HeadHint> subscriber) {
                if (known.add(of)) {
                    return far.subscribe(of, subscriber);
                }
                return far.bus().subscribe(of, subscriber);
            }

            @Override
            public Subscription subscribeTransfers(
                    ProjectId of, Consumer<TransferHint> subscriber) {
                Subscription transfers = far.bus().subscribeTransfers(of, subscriber);
                // Channels are told to the server in order, so this one is known after that one.
                far.subscribe(new ProjectId(RandomId.next(random)), _ -> {}).close();
                return transfers;
            }

            @Override
            public void close() {
                near.close();
                far.close();
            }
        };
    }

    /** Transfers go one after another, so one that has come says that those before have. */
    @Override
    protected void settle(EventBus of) {
        ProjectId last = new ProjectId(RandomId.next(random));
        TransferHint end =
                new TransferHint(
                        new DeviceId("e".repeat(32)),
                        new Transfer(
                                last,
                                1,
                                Optional.empty(),
                                Optional.empty(),
                                Transfer.Direction.DOWNLOAD,
                                new Transfer.Amount(1, 1),
                                new Transfer.Amount(1, 1),
                                0,
                                Optional.of("é"),
                                true));
        List<TransferHint> come = new CopyOnWriteArrayList<>();
        try (EventBus.Subscription _ = of.subscribeTransfers(last, come::add)) {
            // One more than may wait is dropped, so it is said until it comes.
            Poll.until(() -> {
                of.publish(end);
                return !come.isEmpty();
            });
            assertThat(come).containsOnly(end);
        }
    }

    @Test
    void ownHintIsHeardOnceAndWithoutTheServer() {
        try (NodeBus node = node(redis.port())) {
            List<HeadHint> seen = new ArrayList<>();
            AtomicLong other = new AtomicLong();
            try (NodeBus second = node(redis.port())) {
                second.subscribe(project, hint -> other.set(hint.sequence()));
                node.subscribe(
                        project,
                        hint -> {
                            synchronized (seen) {
                                seen.add(hint);
                            }
                        });
                node.bus().publish(hint(1));
                Poll.until(() -> other.get() == 1);
                second.bus().publish(hint(2));
                Poll.until(() -> {
                    synchronized (seen) {
                        return seen.size() >= 2;
                    }
                });
            }
            synchronized (seen) {
                assertThat(seen).containsExactly(hint(1), hint(2));
            }
        }
    }

    @Test
    @DisplayName("a server that stops and starts: hints reach this process, then all, and all look")
    void serverStopsAndStartsAgain() throws IOException {
        try (TestRedis own = new TestRedis();
                NodeBus near = node(own.port());
                NodeBus far = node(own.port())) {
            AtomicLong here = new AtomicLong();
            AtomicLong there = new AtomicLong();
            near.subscribe(project, hint -> here.set(hint.sequence()));
            far.subscribe(project, hint -> there.set(hint.sequence()));
            near.bus().publish(hint(1));
            Poll.until(() -> there.get() == 1);
            assertThat(far.bus().reach()).isEqualTo(EventBus.Reach.CLUSTER);

            own.stop();
            Poll.until(() -> far.bus().reach() == EventBus.Reach.CUT_OFF);
            near.bus().publish(hint(2));
            near.bus().publish(hint(3));
            Poll.until(() -> here.get() == 3);
            assertThat(there).hasValue(1);
            int before = far.missed().getOrDefault(project, 0);

            own.startAgain();
            Poll.until(() -> far.missed().getOrDefault(project, 0) > before);
            Poll.until(() -> far.bus().reach() == EventBus.Reach.CLUSTER);
            near.bus().publish(hint(4));
            Poll.until(() -> there.get() == 4);
        }
    }

    @Test
    @DisplayName("a parted network is noticed by silence, and everything is asked for again after")
    void partedNetworkIsNoticed() throws IOException {
        try (FaultyLink link = new FaultyLink(redis.port());
                NodeBus near = node(redis.port());
                NodeBus far = node(link.port())) {
            AtomicLong there = new AtomicLong();
            ProjectId other = new ProjectId(RandomId.next(random));
            AtomicLong late = new AtomicLong();
            far.subscribe(project, hint -> there.set(hint.sequence()));
            int before = far.missed().getOrDefault(project, 0);

            link.part();
            Poll.until(() -> far.bus().reach() == EventBus.Reach.CUT_OFF);
            // What is asked for meanwhile is known to the server afterwards.
            far.bus().subscribe(other, hint -> late.set(hint.sequence()));
            far.bus().publish(hint(9));
            Poll.until(() -> there.get() == 9);
            link.join();
            Poll.until(() -> far.missed().getOrDefault(project, 0) > before);
            Poll.until(() -> far.missed().containsKey(other));

            near.bus().publish(hint(10));
            near.bus().publish(new HeadHint(other, epoch, 5));
            Poll.until(() -> there.get() == 10 && late.get() == 5);
        }
    }

    @Test
    @DisplayName("L9 a flood while the server is away is coalesced and bounded; heads go out after")
    void floodIsBounded() throws IOException {
        try (FaultyLink link = new FaultyLink(redis.port());
                NodeBus near = node(link.port());
                NodeBus far = node(redis.port())) {
            AtomicLong there = new AtomicLong();
            far.subscribe(project, hint -> there.accumulateAndGet(hint.sequence(), Math::max));
            Poll.until(() -> near.bus().reach() == EventBus.Reach.CLUSTER);

            link.part();
            for (long sequence = 1; sequence <= 50_000; sequence++) {
                near.bus().publish(hint(sequence));
            }
            for (int i = 0; i < 2 * Publishing.PROJECTS_WAITING_MAX; i++) {
                near.bus().publish(new HeadHint(new ProjectId(RandomId.next(random)), epoch, 1));
            }
            assertThat(near.bus().waiting()).isLessThanOrEqualTo(Publishing.PROJECTS_WAITING_MAX);
            assertThat(near.bus().dropped()).isPositive();

            link.join();
            Poll.until(() -> there.get() == 50_000);
            Poll.until(() -> near.bus().waiting() == 0);
        }
    }

    @Test
    void endedSubscriptionLeavesNothingAtTheServer() {
        try (NodeBus near = node(redis.port());
                NodeBus far = node(redis.port())) {
            AtomicLong there = new AtomicLong();
            EventBus.Subscription first = far.subscribe(project, _ -> {});
            EventBus.Subscription second =
                    far.bus().subscribe(project, hint -> there.set(hint.sequence()));
            first.close();
            first.close();
            near.bus().publish(hint(1));
            Poll.until(() -> there.get() == 1);
            second.close();

            // It can be asked for again, and is told of as anew.
            AtomicLong again = new AtomicLong();
            far.subscribe(project, hint -> again.set(hint.sequence()));
            near.bus().publish(hint(2));
            Poll.until(() -> again.get() == 2);
            assertThat(there).hasValue(1);
        }
    }

    @Test
    @DisplayName("what others write into a channel harms nobody")
    void strangeMessagesAreIgnored() {
        try (NodeBus far = node(redis.port());
                NodeBus near = node(redis.port());
                var stranger =
                        new Connections(
                                        RedisSettings.of(
                                                URI.create("redis://127.0.0.1:" + redis.port()),
                                                Optional.empty()))
                                .open()) {
            AtomicLong there = new AtomicLong();
            far.subscribe(project, hint -> there.set(hint.sequence()));
            byte[] channel = new Channel(Channel.Kind.HEADS, project).name("syncline");
            String origin = "0".repeat(32);
            ProjectId other = new ProjectId(RandomId.next(random));
            List<byte[]> strange = new ArrayList<>();
            strange.add(new byte[0]);
            strange.add(new byte[HintMessage.BYTES_MAX + 1]);
            strange.add(("2" + origin + "{}").getBytes(StandardCharsets.UTF_8));
            strange.add(("1" + origin + "{\"ty").getBytes(StandardCharsets.UTF_8));
            strange.add(HintMessage.of(origin, new HeadHint(other, epoch, 77)));
            for (int i = 0; i < 200; i++) {
                byte[] bytes = HintMessage.of(origin, hint(88));
                bytes[random.nextInt(33)] = (byte) random.nextInt(256);
                bytes[33 + random.nextInt(8)] = (byte) 1;
                strange.add(bytes);
            }
            for (byte[] message : strange) {
                stranger.sendCommand(Protocol.Command.PUBLISH, channel, message);
                stranger.getIntegerReply();
            }
            near.bus().publish(hint(5));
            Poll.until(() -> there.get() == 5);
        }
    }

    @Test
    void urlSaysWhereAndHow() {
        RedisSettings settings =
                RedisSettings.of(
                        URI.create("rediss://anna:a%2Bb+c@cache.example?prefix=two"),
                        Optional.empty());
        assertThat(settings.host()).isEqualTo("cache.example");
        assertThat(settings.port()).isEqualTo(6379);
        assertThat(settings.tls()).isTrue();
        assertThat(settings.user()).contains("anna");
        assertThat(settings.password()).contains(new Secret("a+b+c"));
        assertThat(settings.prefix()).isEqualTo("two");
        assertThat(settings.toString()).isEqualTo("rediss://cache.example:6379");
        assertThat(
                        RedisSettings.of(
                                        URI.create("redis://:old@h:1"),
                                        Optional.of(new Secret("new")))
                                .password())
                .contains(new Secret("new"));
        for (String wrong :
                List.of(
                        "http://h",
                        "redis:///",
                        "redis://h/3",
                        "redis://h?db=3",
                        "redis://h?prefix=a:b")) {
            assertThatThrownBy(() -> RedisSettings.of(URI.create(wrong), Optional.empty()))
                    .isInstanceOf(SynclineException.class);
        }
    }
}
