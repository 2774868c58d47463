package io.syncline.system.sim;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.Retries;
import io.syncline.client.api.RetryingServerApi;
import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.FileState;
import io.syncline.client.disk.memory.Hooks;
import io.syncline.client.disk.memory.MemoryFileSystem;
import io.syncline.client.disk.memory.MemoryWatcher;
import io.syncline.client.disk.memory.Operation;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.disk.memory.User;
import io.syncline.client.engine.Boot;
import io.syncline.client.engine.DiskNames;
import io.syncline.client.engine.Engine;
import io.syncline.client.engine.EngineSettings;
import io.syncline.client.engine.FolderLoop;
import io.syncline.client.engine.FolderPartials;
import io.syncline.client.engine.Marking;
import io.syncline.client.engine.Pace;
import io.syncline.client.ignore.Ignores;
import io.syncline.client.scan.DiskScanner;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.client.transfer.BlockTransfers;
import io.syncline.client.transfer.Cores;
import io.syncline.client.watch.WatchEvent;
import io.syncline.client.watch.Watcher;
import io.syncline.core.block.CutParameters;
import io.syncline.core.error.SynclineException;
import io.syncline.core.plan.Planner;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesPage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A computer with one synced folder, wired as {@code Client} wires it: disk, state and name outlive
 * the process.
 */
final class SimulatedDevice {
    /** Where the folder is on its disk. */
    static final String ROOT = "home/work";

    /** A millisecond has a thousand steps. */
    private static final int SPINS_MAX = 3_000;

    private final Kernel kernel;
    private final Trace trace;
    private final SimulatedServer server;
    private final Network.Line line;
    private final Network network;
    private final String name;
    private final boolean readOnly;
    private final int brakeNodes;
    private final SplittableRandom random;
    private final SeededRandom names;
    private final Path scratch;
    private final MemoryFileSystem files;
    private final boolean coarse;
    private final boolean exchange;
    private final ReplicaId replica;
    private MemoryStateStore state = new MemoryStateStore();
    private Boot boot;
    private int boots = 1;
    private long offsetMillis;
    private Kernel.Program process;
    private @Nullable FolderLoop loop;
    private @Nullable MemoryWatcher watcher;
    private boolean connected;
    private double slowShare;

    /** How often somebody saves a file before the client touches it, and how. */
    private double hasteShare;

    private Consumer<LocalPath> saving = _ -> {};

    /** The file that the client looked at last. */
    private LocalPath lookedAt = LocalPath.ROOT;

    /** A computer of a mixed world. */
    SimulatedDevice(
            Kernel kernel,
            Trace trace,
            SimulatedServer server,
            Network network,
            Network.Line line,
            String name,
            boolean readOnly,
            Traits traits,
            long seed,
            Path scratch) {
        this(
                kernel,
                trace,
                server,
                network,
                line,
                name,
                readOnly,
                Climate.MIXED.brakeNodes(),
                traits,
                seed,
                scratch);
    }

    /**
     * A computer whose folder isn't synced yet.
     *
     * @param brakeNodes deletes that are never questioned (R28)
     * @param scratch where its snapshots' files are while it starts from them
     */
    SimulatedDevice(
            Kernel kernel,
            Trace trace,
            SimulatedServer server,
            Network network,
            Network.Line line,
            String name,
            boolean readOnly,
            int brakeNodes,
            Traits traits,
            long seed,
            Path scratch) {
        this.kernel = kernel;
        this.trace = trace;
        this.server = server;
        this.network = network;
        this.line = line;
        this.name = name;
        this.readOnly = readOnly;
        this.brakeNodes = brakeNodes;
        this.random = new SplittableRandom(seed);
        this.names = new SeededRandom(random.nextLong());
        this.scratch = scratch;
        this.exchange = traits.exchange();
        this.coarse = traits.timestampStepNanos() >= 1_000_000_000;
        this.files = new MemoryFileSystem(traits, clock(), random.split());
        files.makeRoot(ROOT);
        this.replica = new ReplicaId(RandomId.next(names));
        this.boot = new Boot("boot " + boots, clock().millis());
        this.process = kernel.process(name);
    }

    String name() {
        return name;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    Network.Line line() {
        return line;
    }

    MemoryFileSystem files() {
        return files;
    }

    /** Its clock, which may be wrong. */
    InstantSource clock() {
        return () -> kernel.instant().plusMillis(offsetMillis);
    }

    /** Its clock jumps. */
    void jump(Duration by) {
        offsetMillis += by.toMillis();
    }

    /** What a person sees and changes. */
    User user() {
        return files.user(ROOT);
    }

    /** All that is in the folder, ours included. */
    List<FileState> entries() {
        return files.entries(ROOT);
    }

    boolean isRunning() {
        return loop != null;
    }

    Optional<FolderStatus> status() {
        return Optional.ofNullable(loop).map(FolderLoop::status);
    }

    Optional<FolderLoop> loop() {
        return Optional.ofNullable(loop);
    }

    Optional<MemoryWatcher> watcher() {
        return Optional.ofNullable(watcher);
    }

    /** That share of the disk's operations takes a while from now on. */
    void slow(double share) {
        slowShare = share;
    }

    /** Somebody saves the file that the client looked at last, that often before it changes any. */
    void hasten(double share, Consumer<LocalPath> save) {
        hasteShare = share;
        saving = save;
    }

    private void hasten(Operation operation, LocalPath path) {
        if (operation == Operation.STAT && !path.isControl()) {
            lookedAt = path;
        } else if (hasteShare > 0 && operation.changes() && random.nextDouble() < hasteShare) {
            saving.accept(lookedAt);
        }
    }

    // Processes.

    /** The client begins to run. */
    void start() {
        process = kernel.process(name);
        connected = false;
        process.start(this::openOrRetry);
    }

    /** A folder that can't be opened is stopped; somebody tries again. */
    private void openOrRetry() {
        try {
            open();
        } catch (SynclineException e) {
            trace.event(name, "can't be opened: " + e.getMessage());
            Kernel.Program mine = process;
            kernel.after(
                    Duration.ofSeconds(30),
                    () -> {
                        if (!mine.isDead()) {
                            mine.start(this::openOrRetry);
                        }
                    });
        }
    }

    private void open() {
        Hooks hooks =
                (operation, path) -> {
                    // Between looking and renaming over what was seen nobody can be kept out where
                    // names can't be exchanged (L4).
                    if (operation == Operation.RENAME_OVER && !exchange) {
                        return;
                    }
                    kernel.letOthers();
                    hasten(operation, path);
                    if (slowShare > 0 && random.nextDouble() < slowShare) {
                        pause();
                    }
                };
        Disk disk = Disks.over(files.open(ROOT, hooks), clock(), names);
        Marking.once(disk, state, replica, name);
        MemoryWatcher hears = files.watch(ROOT);
        ServerApi api =
                new RetryingServerApi(new HttpServerApi(line), new Retries(random, kernel::sleep));
        EngineSettings usual = EngineSettings.of(replica, name, readOnly);
        EngineSettings settings =
                new EngineSettings(
                        replica,
                        name,
                        readOnly,
                        usual.coalesceMillis(),
                        usual.settleMillis(),
                        brakeNodes,
                        usual.brakePercent());
        FolderPartials partials = new FolderPartials(state);
        Engine engine =
                new Engine(
                        state,
                        settings,
                        new Planner(
                                name, readOnly ? Planner.Mode.READ_ONLY : Planner.Mode.READ_WRITE),
                        DiskNames.of(disk),
                        () -> new CommitId(RandomId.next(names)));
        var parts =
                new FolderLoop.Parts(
                        api,
                        server.project(),
                        settings,
                        state,
                        disk,
                        new DiskScanner(
                                disk, new Ignores(disk), replica, Thread.ofVirtual().factory()),
                        new Waiter(hears),
                        new BlockTransfers(
                                api,
                                server.project(),
                                disk,
                                CutParameters.FORMAT_1,
                                partials,
                                clock(),
                                new Cores(2, Executors::newVirtualThreadPerTaskExecutor)),
                        partials,
                        scratch,
                        Optional.of(boot));
        FolderLoop made = new FolderLoop(engine, parts, clock(), new SimulatedPace());
        made.start();
        loop = made;
        watcher = hears;
        connectSoon();
    }

    private void pause() {
        try {
            kernel.sleep(Duration.ofMillis(random.nextInt(1, 200)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The process ends at once. */
    void kill() {
        process.kill();
        loop = null;
        watcher = null;
        state.kill();
    }

    /** The process ends as it should; returns when it has. */
    void stop() {
        FolderLoop running = loop;
        if (running != null) {
            process.call(running::close);
            process.kill();
            loop = null;
            watcher = null;
        }
    }

    /** The power fails, and comes back; the client doesn't run. */
    void cutPower() {
        kill();
        state.crash();
        files.crash(random.split());
        boots++;
        boot = new Boot("boot " + boots, clock().millis());
    }

    /** The state's database is gone. The client doesn't run. */
    void loseState() {
        state = new MemoryStateStore();
    }

    // The event channel.

    private void connectSoon() {
        Kernel.Program mine = process;
        kernel.after(
                Duration.ofMillis(random.nextInt(1, 3_000)),
                () -> {
                    if (!mine.isDead() && !connected) {
                        connect();
                    }
                });
    }

    private void connect() {
        FolderLoop running = loop;
        if (running == null || line.isCut() || !server.isRunning()) {
            connectSoon();
            return;
        }
        connected = true;
        var row = server.row();
        process.start(() -> {
            running.connected();
            running.head(server.project(), new Cursor(row.epoch(), row.head()), Optional.empty());
        });
    }

    /** The connection breaks, if it stands. */
    void disconnect() {
        FolderLoop running = loop;
        if (running != null && connected) {
            connected = false;
            process.start(() -> running.disconnected("connection reset"));
            connectSoon();
        }
    }

    /** The server tells of its head. */
    void hint(Cursor head, Optional<ChangesPage> news) {
        if (!connected || network.hintIsLost()) {
            return;
        }
        Kernel.Program to = process;
        kernel.after(
                network.way(),
                () -> {
                    FolderLoop running = loop;
                    if (running != null && connected && !to.isDead()) {
                        to.start(() -> running.head(server.project(), head, news));
                    }
                });
    }

    /** Waits in simulated time for what the twin hears. */
    private final class Waiter implements Watcher {
        private final MemoryWatcher hears;
        private boolean closed;

        Waiter(MemoryWatcher hears) {
            this.hears = hears;
        }

        @Override
        public WatchEvent next(Duration timeout) throws InterruptedException {
            var _ = kernel.await(() -> closed || isDue(), timeout);
            return closed ? new WatchEvent.Quiet() : hears.next(timeout);
        }

        private boolean isDue() {
            Optional<Instant> due = hears.nextDue();
            return due.isPresent() && !due.get().isAfter(clock().instant());
        }

        @Override
        public void close() {
            closed = true;
            hears.close();
        }
    }

    private final class SimulatedPace implements Pace {
        /** Looks at an empty queue without waiting in between. */
        private int idle;

        @Override
        public Thread thread(String of, Runnable work) {
            return Thread.ofVirtual()
                    .name(of)
                    .unstarted(() -> {
                        try {
                            work.run();
                        } catch (Throwable e) {
                            kernel.fail(e);
                        }
                    });
        }

        @Override
        public <T> Optional<T> poll(BlockingQueue<T> queue, Duration most)
                throws InterruptedException {
            var _ = kernel.await(() -> !queue.isEmpty(), most);
            T head = queue.poll();
            idle = head == null && most.isZero() ? idle + 1 : 0;
            if (idle > SPINS_MAX) {
                kernel.fail(
                        new IllegalStateException(
                                name
                                        + " is busy with waiting: its time has come, but it does"
                                        + " nothing"));
            }
            return Optional.ofNullable(head);
        }
    }

    /** A person says something to the client, on a thread of its process. */
    void say(Runnable what) {
        process.start(what);
    }

    /** Whether no process of it runs. */
    boolean isDead() {
        return process.isDead();
    }

    /** Somebody does this there. */
    void note(String what) {
        trace.told(name, what);
    }

    /** Whether two saves of one size within a second look alike. */
    boolean isCoarse() {
        return coarse;
    }
}
