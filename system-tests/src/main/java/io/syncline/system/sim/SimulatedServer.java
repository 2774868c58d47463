package io.syncline.system.sim;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Role;
import io.syncline.server.ServerSettings;
import io.syncline.server.Services;
import io.syncline.server.Stores;
import io.syncline.server.account.Accounts;
import io.syncline.server.audit.Audit;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Dispatcher;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.storage.block.memory.MemoryBlockStore;
import io.syncline.storage.block.memory.MemorySnapshotFiles;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server with one project: the real one without its edge, over stores that outlive its process.
 */
final class SimulatedServer {
    private static final String OWNER = "owner";

    /** As eager as a server may be, so that worlds of an hour or two see blocks go. */
    private static final CollectSettings COLLECTING =
            new CollectSettings(
                    true,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    CollectSettings.HORIZON_MIN,
                    1_000_000,
                    16L << 30);

    private final Kernel kernel;
    private final Climate climate;

    /** How long what is done in the background waits. */
    private final SplittableRandom behind;

    private final Trace trace;
    private final Consumer<HeadHint> hints;
    private final MemoryBlockStore blocks;
    private final MemorySnapshotFiles snapshots;
    private final SeededRandom random;
    private final ServerSettings settings =
            new ServerSettings(
                    Path.of("simulated"),
                    EdgeSettings.loopback(0),
                    Optional.empty(),
                    "simulated",
                    COLLECTING);
    private MemoryMetadataStore metadata = new MemoryMetadataStore();
    private Optional<MemoryMetadataStore> backup = Optional.empty();
    private Kernel.Program process;
    private @Nullable Services services;
    private @Nullable Dispatcher dispatcher;
    private final AccountId account;
    private final ProjectId project;
    private final CommitWatch watch;
    private final Chronicle chronicle;
    private Instant backedUp = Instant.EPOCH;
    private long requests;
    private long devices;

    /** A server of a mixed world that runs. */
    SimulatedServer(Kernel kernel, Trace trace, long seed, Consumer<HeadHint> hints) {
        this(kernel, trace, seed, Climate.MIXED, hints);
    }

    /** A server that runs. */
    SimulatedServer(
            Kernel kernel, Trace trace, long seed, Climate climate, Consumer<HeadHint> hints) {
        this.kernel = kernel;
        this.climate = climate;
        this.trace = trace;
        this.hints = hints;
        this.watch = new CommitWatch(kernel, climate.brakeNodes());
        this.random = new SeededRandom(seed);
        this.behind = new SplittableRandom(seed);
        this.blocks = new MemoryBlockStore(random);
        this.chronicle = new Chronicle(kernel, blocks, COLLECTING.grace());
        this.snapshots = new MemorySnapshotFiles(kernel);
        this.account = new AccountId(RandomId.next(random));
        this.process = kernel.process("server");
        metadata.write(write -> {
            write.accounts().add(new Account(account, OWNER, Optional.empty(), kernel.instant()));
            return true;
        });
        start();
        this.project =
                call(running ->
                                running.projects()
                                        .create(account, "simulated", false, Audit.Actor.LOCAL))
                        .id();
    }

    /** Each transaction is written down; what is wrong with one ends the world. */
    private final class Written implements SteppedMetadata.Observer {
        @Override
        public void behind() {
            if (climate.behindMillisMax() > 0) {
                sleep(Duration.ofMillis(behind.nextInt(climate.behindMillisMax())));
            }
        }

        @Override
        public void wrote(ReadTransaction result) {
            checked(() -> found(result).ifPresent(row -> chronicle.wrote(result, row)));
        }

        @Override
        public void wroteBehind(ReadTransaction result) {
            checked(() -> found(result).ifPresent(row -> chronicle.wroteBehind(result, row)));
        }

        private Optional<Project> found(ReadTransaction result) {
            return result.projects().page(0, 1).stream().findFirst();
        }
    }

    private void sleep(Duration time) {
        try {
            kernel.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void checked(Runnable check) {
        try {
            check.run();
        } catch (Violation e) {
            kernel.fail(e);
        }
    }

    private interface Question<T> {
        T ask(Services services);
    }

    private <T> T call(Question<T> question) {
        Services running = services;
        if (running == null) {
            throw new IllegalStateException("the server is down");
        }
        var answer = new java.util.concurrent.atomic.AtomicReference<T>();
        process.call(() -> answer.set(question.ask(running)));
        return answer.get();
    }

    /** Begins to run, on what is stored. */
    void start() {
        process = kernel.process("server");
        var stores =
                new Stores(
                        new SteppedMetadata(metadata, kernel, new Written()),
                        new SteppedBlocks(blocks, kernel),
                        snapshots,
                        new SimulatedBus(hints));
        process.call(() -> {
            Services made =
                    new Services(settings, stores, kernel, random, Thread.ofVirtual().factory());
            services = made;
            dispatcher = new Dispatcher(made.router());
        });
    }

    boolean isRunning() {
        return services != null;
    }

    /** The process that runs now, or ran last. */
    Kernel.Program process() {
        return process;
    }

    /** The process ends at once. */
    void kill() {
        process.kill();
        // Whoever was in the middle of a transaction will never let go of the store.
        metadata = metadata.copy();
        services = null;
        dispatcher = null;
    }

    /** Remembers all rows as they are now. */
    void backUp() {
        backup = Optional.of(metadata.copy());
        chronicle.backUp();
        backedUp = kernel.instant();
    }

    /**
     * Is taken back to what was remembered without knowing it, unless that is older than a backup
     * may be (R5); starts if it doesn't run.
     */
    void goBack() {
        kill();
        if (backup.isPresent() && backedUp.plus(COLLECTING.horizon()).isAfter(kernel.instant())) {
            metadata = backup.get().copy();
            watch.forget();
            chronicle.goBack();
        }
        start();
    }

    /** A device that may use the project. */
    Accounts.NewDevice addDevice(String name, Role role) {
        devices++;
        AccountId member = new AccountId(RandomId.next(random));
        metadata.write(write -> {
            write.accounts().add(new Account(member, name, Optional.empty(), kernel.instant()));
            write.members(key()).put(member, role);
            return true;
        });
        return call(running -> running.accounts().addDevice(member, name, Audit.Actor.LOCAL));
    }

    private io.syncline.storage.metadata.ProjectKey key() {
        return metadata.read(read -> read.projects().find(project).orElseThrow().key());
    }

    ProjectId project() {
        return project;
    }

    /** The project's row as it is now. */
    Project row() {
        return metadata.read(read -> read.projects().find(project).orElseThrow());
    }

    MemoryMetadataStore metadata() {
        return metadata;
    }

    /** How much its process holds in memory, by class and field; it runs. */
    SortedMap<String, Long> holdings() {
        return Holdings.of(Objects.requireNonNull(services));
    }

    /** How many rows each of its tables has, and how many packs there are. */
    SortedMap<String, Long> tables() {
        SortedMap<String, Long> tables = Holdings.of(metadata);
        tables.putAll(Holdings.of(blocks));
        return tables;
    }

    /** Devices that it was ever told of. */
    long devices() {
        return devices;
    }

    /** Looks at all commits. */
    CommitWatch watch() {
        return watch;
    }

    /** What its history really was. */
    Chronicle chronicle() {
        return chronicle;
    }

    MemoryBlockStore blocks() {
        return blocks;
    }

    /** Answers on a thread of the server; nobody if it is killed before. */
    void serve(Envelope request, Consumer<Reply> answered) {
        Dispatcher running = dispatcher;
        if (running == null) {
            return;
        }
        String id = "r" + requests++;
        process.start(() -> {
            chronicle.asked(request);
            Answer answer = running.answer(request, id);
            trace.event(
                    process.name(),
                    id + " " + request.method() + " " + request.path() + " " + answer.status());
            if (answer.status() == 500) {
                kernel.fail(
                        new IllegalStateException(
                                "the server failed at " + request.method() + " " + request.path()));
            }
            Reply reply = Reply.of(answer);
            if (answer.status() == 200
                    && request.path().endsWith("/commits")
                    && watch.committed(request, reply.body(), metadata, row())) {
                chronicle.checkBase(request);
            }
            chronicle.answered(request, reply, row());
            answered.accept(reply);
        });
    }

    /** Does on a thread of its own what is done in the background now and then. */
    void maintain() {
        Services running = services;
        if (running != null) {
            process.start(() -> maintain(running));
        }
    }

    /** The same, and returns when it is done; it runs. */
    void maintainNow() {
        var _ =
                call(running -> {
                    maintain(running);
                    return true;
                });
    }

    private void maintain(Services running) {
        running.maintain();
        Project row = row();
        metadata.read(read -> {
            chronicle.maintained(read, row);
            return true;
        });
    }
}
