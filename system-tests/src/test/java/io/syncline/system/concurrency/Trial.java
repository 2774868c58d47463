package io.syncline.system.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.client.api.WebSocketEvents;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.Secret;
import io.syncline.server.Server;
import io.syncline.server.ServerSettings;
import io.syncline.server.Stores;
import io.syncline.server.account.Accounts;
import io.syncline.server.collect.CollectReport;
import io.syncline.server.collect.CollectRequest;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.storage.block.disk.DiskSnapshotFiles;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A real server on SQLite and packs, over HTTP on loopback, with clients that use it at once while
 * unused blocks are collected all the time, history is trimmed, floors rise, and the server's clock
 * jumps by an hour again and again.
 */
final class Trial implements AutoCloseable {
    /** Both are met all the time. */
    static final long NODES_MAX = 170;

    static final long BYTES_MAX = 4L << 20;

    private static final int WRITERS = 8;
    private static final int REGISTERED_READERS = 2;
    private static final int OTHER_READERS = 2;

    /** A little more than the shortest horizon. */
    private static final Duration JUMP = Duration.ofMinutes(61);

    /** More than an upload may pause: what arrived before is old enough to be collected (R26). */
    private static final Duration LONG_JUMP = Duration.ofHours(25);

    /** As many long jumps as take seconds, more than anybody is behind. */
    private static final Duration RETENTION = Duration.ofDays(12);

    private static final Duration BETWEEN_JUMPS = Duration.ofMillis(200);
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(500);

    /** Collects at once, and always. */
    private static final CollectSettings COLLECTING =
            new CollectSettings(
                    false,
                    Duration.ofDays(10_000),
                    Duration.ZERO,
                    CollectSettings.HORIZON_MIN,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE);

    private final SplittableRandom random;
    private final JumpingClock clock = new JumpingClock();
    private final Recording recording = new Recording();
    private final Server server;
    private final AccountId account;
    private final ProjectId project;
    private final Samples samples;
    private final Board board;
    private final HttpServerApi owner;
    private final List<Reader> readers = new ArrayList<>();
    private final AtomicReference<Collected> collected =
            new AtomicReference<>(new Collected(0, 0, 0, 0));

    /** What the collector did in all. */
    record Collected(long runs, long condemned, long revived, long deleted) {
        private Collected plus(CollectReport report) {
            return new Collected(
                    runs + 1,
                    condemned + report.condemned(),
                    revived + report.revived(),
                    deleted + report.deleted());
        }
    }

    Trial(Path data, long seed) {
        random = new SplittableRandom(seed);
        samples = new Samples(random);
        SqliteMetadataStore metadata = SqliteMetadataStore.open(data.resolve("metadata.sqlite"));
        server =
                Server.start(
                        new ServerSettings(
                                data,
                                EdgeSettings.loopback(0),
                                Optional.of(new Secret("concurrent clients")),
                                "test",
                                COLLECTING),
                        new Stores(
                                metadata,
                                PackBlockStore.open(data, random.split(), InstantSource.system()),
                                DiskSnapshotFiles.open(data.resolve("snapshots")),
                                new MemoryEventBus()),
                        clock);
        account = server.admin().account("admin");
        project = server.admin().ensureProject(account, "concurrent");
        metadata.write(write -> {
            write.quotas()
                    .put(
                            project,
                            new Quota(
                                    OptionalLong.of(BYTES_MAX),
                                    OptionalLong.of(NODES_MAX),
                                    OptionalLong.empty()));
            var key = write.projects().find(project).orElseThrow().key();
            write.history(key).retain(RETENTION);
            return Optional.empty();
        });
        owner = connect(newDevice("owner"));
        // Once to its end: then it isn't due in the background.
        collect();
        board = new Board(owner.project(project).proof());
    }

    ProjectId project() {
        return project;
    }

    Samples samples() {
        return samples;
    }

    JumpingClock clock() {
        return clock;
    }

    Recording recording() {
        return recording;
    }

    Board board() {
        return board;
    }

    HttpServerApi owner() {
        return owner;
    }

    Collected collected() {
        return collected.get();
    }

    List<Reader> readers() {
        return readers;
    }

    ProjectView view() {
        return owner.project(project);
    }

    private Accounts.NewDevice newDevice(String name) {
        return server.admin().addDevice(account, name);
    }

    private ServerAddress address() {
        return ServerAddress.parse(server.url().toString());
    }

    private HttpServerApi connect(Accounts.NewDevice device) {
        return new HttpServerApi(address(), Optional.of(device.token()));
    }

    /** Runs all clients for that long; the first failure of any ends it and is thrown. */
    void run(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        AtomicReference<Optional<Throwable>> failure = new AtomicReference<>(Optional.empty());
        BooleanSupplier goesOn = () -> System.nanoTime() < until && failure.get().isEmpty();
        List<Thread> clients = new ArrayList<>();
        List<Thread> operators = new ArrayList<>();
        Accounts.NewDevice listening = newDevice("listener");
        WebSocketEvents events =
                new WebSocketEvents(
                        address(),
                        listening.token(),
                        new NewsListener(recording),
                        InstantSource.system(),
                        random.split());
        try (events) {
            events.watch(List.of(project));
            for (int i = 0; i < WRITERS; i++) {
                HttpServerApi api = connect(newDevice("writer " + i));
                Writer writer = new Writer(this, api, random.split());
                clients.add(
                        start(
                                "writer " + i,
                                failure,
                                () -> {
                                    try (api) {
                                        writer.run(goesOn);
                                    }
                                }));
            }
            for (int i = 0; i < REGISTERED_READERS + OTHER_READERS; i++) {
                Accounts.NewDevice device = newDevice("reader " + i);
                Reader reader =
                        new Reader(
                                this,
                                () -> connect(device),
                                random.split(),
                                i < REGISTERED_READERS);
                readers.add(reader);
                // Readers go on until nothing is written any more.
                BooleanSupplier writing =
                        () -> failure.get().isEmpty() && clients.stream().anyMatch(Thread::isAlive);
                operators.add(start("reader " + i, failure, () -> reader.run(writing)));
            }
            BooleanSupplier working =
                    () -> failure.get().isEmpty() && clients.stream().anyMatch(Thread::isAlive);
            operators.add(start("collector", failure, () -> repeat(working, this::collect)));
            operators.add(
                    start(
                            "maintenance",
                            failure,
                            () ->
                                    repeat(
                                            working,
                                            () -> {
                                                pause(BETWEEN_ROUNDS.toMillis());
                                                server.maintain();
                                            })));
            SplittableRandom jumps = random.split();
            operators.add(
                    start(
                            "clock",
                            failure,
                            () ->
                                    repeat(
                                            working,
                                            () -> {
                                                pause(BETWEEN_JUMPS.toMillis());
                                                clock.jump(jumps.nextBoolean() ? JUMP : LONG_JUMP);
                                            })));
            join(clients);
            join(operators);
        }
        failure.get()
                .ifPresent(thrown -> {
                    throw new AssertionError("a client failed: " + thrown.getMessage(), thrown);
                });
    }

    private static void repeat(BooleanSupplier goesOn, Runnable step) {
        while (goesOn.getAsBoolean()) {
            step.run();
        }
    }

    private static Thread start(
            String name, AtomicReference<Optional<Throwable>> failure, Runnable work) {
        return Thread.ofPlatform()
                .name(name)
                .start(() -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        failure.compareAndSet(
                                Optional.empty(),
                                Optional.of(new AssertionError(name + ": " + e.getMessage(), e)));
                    }
                });
    }

    private static void join(List<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Collects once; a run that others leave no time is no fault. */
    void collect() {
        try {
            CollectReport report = server.collector().collect(project, CollectRequest.full());
            collected.updateAndGet(sum -> sum.plus(report));
        } catch (SynclineException e) {
            assertThat(e.code()).as("%s", e).isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }

    /** What remains to be collected is, at once, in two rounds of a day's distance. */
    void collectAll() {
        for (int i = 0; i < 2; i++) {
            clock.jump(LONG_JUMP);
            server.maintain();
            collect();
        }
    }

    static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    @Override
    public void close() {
        owner.close();
        server.close();
    }
}
