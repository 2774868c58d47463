package io.syncline.system.sim;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.Retries;
import io.syncline.client.api.RetryingServerApi;
import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.daemon.ReopeningFolder;
import io.syncline.client.daemon.SyncedFolder;
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
import io.syncline.client.state.ReplicaState;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.client.transfer.BlockTransfers;
import io.syncline.client.transfer.Cores;
import io.syncline.client.watch.WatchEvent;
import io.syncline.client.watch.Watcher;
import io.syncline.core.block.CutParameters;
import io.syncline.core.error.SynclineException;
import io.syncline.core.name.Decoded;
import io.syncline.core.name.FileSystemTraits;
import io.syncline.core.name.LocalNames;
import io.syncline.core.plan.Plan;
import io.syncline.core.plan.Planner;
import io.syncline.core.plan.Trees;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesPage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A computer with one synced folder, wired as {@code Client} wires it: disk, state and name outlive
 * the process.
 */
final class SimulatedDevice {
    /** Where the folder is on its disk. */
    static final String ROOT = "home/work";

    /** The file that says what is ignored: a name in each line (R44). */
    static final LocalPath RULES = LocalPath.of(Ignores.FILE_NAME);

    /** A millisecond has a thousand steps. */
    private static final int SPINS_MAX = 3_000;

    /** How often somebody acts where the client does, until they begin anew. */
    private static final int HASTES_MAX = 200;

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
    private final boolean exchange;
    private ReplicaId replica;
    private MemoryStateStore state = new MemoryStateStore();
    private Boot boot;
    private int boots = 1;
    private long offsetMillis;
    private Kernel.Program process;
    private @Nullable SyncedFolder folder;
    private @Nullable FolderLoop loop;
    private @Nullable MemoryWatcher watcher;
    private boolean connected;
    private double slowShare;

    /** How often somebody acts in the moment in which the client does, and how. */
    private double hasteShare;

    private Haste haste = Haste.NONE;

    /** How often somebody makes or drops something where the client lists or reads, and how. */
    private double fleetingShare;

    private Haste fleeting = Haste.NONE;

    /** The file that the client looked at last. */
    private LocalPath lookedAt = LocalPath.ROOT;

    /** What happens after so many more changes of the disk; nothing where that is negative. */
    private int suddenAfter = -1;

    /** What that waits for. */
    private Moment suddenAt = Moment.ANY;

    private Runnable sudden = () -> {};

    /** What somebody does where that waits for an exchange. */
    private Haste suddenHaste = Haste.NONE;

    /** The rows as they were when somebody made a backup of them. */
    private Optional<MemoryStateStore> older = Optional.empty();

    private boolean jumped;
    private boolean unplugged;

    /** What the device's home remembers beside the state: that the folder was marked. */
    private boolean marked;

    /** Whether another replica's folder shows where the disk is pulled out. */
    private boolean isOverAnothers;

    /** Whether the process began to run while the disk was out, and knew that it was marked. */
    private boolean beganUnplugged;

    private boolean isLocked;
    private boolean isHidden;
    private final AgreedDisk agreement;
    private final FetchWatch fetches;
    private long disturbances;
    private long disturbedNanos;
    private Optional<FileSystemTraits> spelling = Optional.empty();
    private final Traits traits;

    /** What somebody does in the moment in which the client acts. */
    interface Haste {
        /** Nothing. */
        Haste NONE = (_, _) -> {};

        /**
         * Called before the operation.
         *
         * @param path what it is about
         * @param other the name that it gives, where it gives one
         */
        void before(LocalPath path, Optional<LocalPath> other);
    }

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
        this.traits = traits;
        this.exchange = traits.exchange();
        this.files = new MemoryFileSystem(traits, clock(), random.split());
        files.makeRoot(ROOT);
        this.agreement = new AgreedDisk(kernel, this);
        this.fetches = new FetchWatch(kernel, server.chronicle(), this, agreement);
        line.watch(this::sending);
        this.replica = new ReplicaId(RandomId.next(names));
        this.boot = new Boot("boot " + boots, clock().millis());
        this.process = kernel.process(name);
    }

    /**
     * It sends a request.
     *
     * @throws Violation R42 where it commits what it found in the place below its disk
     */
    private Network.Watch.Sent sending(Envelope request) {
        if (beganUnplugged && unplugged && request.path().endsWith("/commits")) {
            throw new Violation("R42", name + " commits, and its disk was out when it began");
        }
        return fetches.sending(request);
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
        jumped = true;
        disturbed();
    }

    /** Whether its clock ever jumped. */
    boolean hasJumped() {
        return jumped;
    }

    /** What a person sees and changes. */
    User user() {
        return files.user(
                ROOT,
                (operation, _) -> {
                    if (operation.changes()) {
                        disturbed();
                    }
                });
    }

    /** Has it seen whether the device is at rest. */
    void look() {
        fetches.look();
    }

    /**
     * Has it seen whether the device is right where it says that it is in step.
     *
     * @throws Violation "in step"
     */
    void check() {
        agreement.check();
    }

    /** Something happens to the folder or its disk that isn't the client's doing. */
    void disturbed() {
        disturbances++;
        disturbedNanos = kernel.nanos();
    }

    /** How often that was so. */
    long disturbances() {
        return disturbances;
    }

    /** When that was so last, in the world's time. */
    long disturbedNanos() {
        return disturbedNanos;
    }

    /** People take rights there, until they have given all back. */
    void locked(boolean is) {
        disturbed();
        isLocked = is;
    }

    /** There is a file there now whose name no program can read, or no more. */
    void hidden(boolean is) {
        disturbed();
        isHidden = is;
    }

    /** Whether the disk does what it is asked to, and tells all that there is. */
    boolean isSound() {
        return !isLocked && !isHidden && !unplugged && files.faults(ROOT).isHealed();
    }

    /** All that is in the folder, ours included. */
    List<FileState> entries() {
        return files.entries(ROOT);
    }

    /** The bytes of a file in the folder. */
    byte[] bytes(LocalPath path) {
        return files.bytes(ROOT, path).orElseThrow();
    }

    boolean isRunning() {
        return loop != null;
    }

    Optional<FolderStatus> status() {
        return Optional.ofNullable(loop).map(FolderLoop::status);
    }

    /** Whether it has nothing to do. */
    boolean isInStep() {
        return status().filter(now -> now.state() == FolderStatus.State.CONVERGED).isPresent();
    }

    /** What people steer; it is there before it is open. */
    Optional<SyncedFolder> folder() {
        return Optional.ofNullable(folder);
    }

    Optional<MemoryWatcher> watcher() {
        return Optional.ofNullable(watcher);
    }

    /** That share of the disk's operations takes a while from now on. */
    void slow(double share) {
        slowShare = share;
    }

    /**
     * Somebody does this in that share of the moments in which the client looks or acts, until that
     * was often enough: what they do makes the client look again.
     */
    void hasten(double share, Haste how) {
        hasteShare = share;
        haste = tiring(how);
    }

    /** The same where the client lists or reads. */
    void fleet(double share, Haste how) {
        fleetingShare = share;
        fleeting = tiring(how);
    }

    private static Haste tiring(Haste how) {
        var left = new AtomicInteger(HASTES_MAX);
        return (path, other) -> {
            if (left.getAndDecrement() > 0) {
                how.before(path, other);
            }
        };
    }

    private void hasten(Operation operation, LocalPath path, Optional<LocalPath> other) {
        boolean looks = operation == Operation.LIST || operation == Operation.READ;
        if (looks
                && fleetingShare > 0
                && !path.isControl()
                && random.nextDouble() < fleetingShare) {
            fleeting.before(path, Optional.empty());
        }
        boolean ours = path.isControl() || path.isRoot();
        boolean exchanges =
                suddenAt == Moment.EXCHANGE && operation == Operation.EXCHANGE && path.isControl();
        double share =
                exchanges
                        ? 1
                        : switch (operation) {
                            case STAT, READ -> ours ? 0 : hasteShare / 8;
                            default -> operation.changes() ? hasteShare : 0;
                        };
        if (share > 0 && random.nextDouble() < share) {
            (exchanges ? suddenHaste : haste)
                    .before(ours ? lookedAt : path, other.filter(to -> !to.isControl()));
            if (exchanges || suddenAt == Moment.HASTE) {
                suddenAt = Moment.ANY;
                suddenAfter = exchanges ? 1 : random.nextInt(3);
            }
        }
        if (operation == Operation.STAT && !ours) {
            lookedAt = path;
        }
    }

    /** What a sudden end waits for. */
    enum Moment {
        /** So many changes of the disk. */
        ANY,
        /** Somebody is hasty. */
        HASTE,
        /** Somebody saves what is then replaced: the save is known to the disk only (R6). */
        EXCHANGE,
        /** A file or directory of people's gets another name. */
        RENAME
    }

    /**
     * This happens in the very moment before the client changes the disk for the {@code changes +
     * 1}th time from now on, and it never does; or soon after that moment.
     *
     * @param exchanging what somebody does in the moment of an exchange, where it waits for one
     */
    void suddenly(int changes, Moment at, Haste exchanging, Runnable what) {
        suddenHaste = exchanging;
        suddenAfter = at == Moment.ANY ? changes : -1;
        suddenAt = at;
        sudden = what;
    }

    /** Nothing happens suddenly any more. */
    void calm() {
        hasten(0, Haste.NONE);
        fleet(0, Haste.NONE);
        suddenly(-1, Moment.ANY, Haste.NONE, () -> {});
    }

    private void suddenly(Operation operation, LocalPath path, Optional<LocalPath> other) {
        boolean renames =
                operation == Operation.RENAME_NO_REPLACE || operation == Operation.EXCHANGE;
        if (suddenAt == Moment.RENAME
                && renames
                && !path.isControl()
                && other.filter(to -> !to.isControl()).isPresent()) {
            suddenAt = Moment.ANY;
            suddenAfter = 1 + random.nextInt(2);
        }
        if (suddenAfter >= 0 && operation.changes() && kernel.isSimulated() && suddenAfter-- == 0) {
            kernel.after(Duration.ZERO, sudden);
            kernel.letOthers();
        }
    }

    private void letOthers(Operation operation, LocalPath path, Optional<LocalPath> other) {
        if (operation == Operation.REMOVE_DIRECTORY) {
            removing(path);
        }
        // Between looking and renaming over what was seen nobody can be kept out where names can't
        // be exchanged (L4).
        if (operation == Operation.RENAME_OVER && !exchange) {
            return;
        }
        kernel.letOthers();
        hasten(operation, path, other);
        suddenly(operation, path, other);
        if (slowShare > 0 && random.nextDouble() < slowShare) {
            pause();
        }
    }

    /**
     * L5: who knows all that is there removes a directory only after what is in it. What is ignored
     * it doesn't know: the disk refuses (R18).
     */
    private void removing(LocalPath directory) {
        Set<String> ignored = ignored();
        boolean isFilled =
                entries().stream()
                        .map(FileState::path)
                        .filter(path -> path.names().stream().noneMatch(ignored::contains))
                        .anyMatch(path -> path.startsWith(directory) && !path.equals(directory));
        if (isFilled && fetches.isCalm() && !directory.isControl()) {
            kernel.fail(
                    new Violation(
                            "L5", name + " removes " + directory + ", and knows what is in it"));
        }
    }

    // Processes.

    /** The client begins to run. */
    void start() {
        process = kernel.process(name);
        disturbed();
        connected = false;
        beganUnplugged = unplugged && state.value("marked").isPresent();
        Kernel.Program mine = process;
        mine.start(() -> folder = new ReopeningFolder(this::openOrRetry, mine::start));
    }

    /** A folder that can't be opened is stopped; somebody tries again. */
    private SyncedFolder openOrRetry() {
        loop = null;
        watcher = null;
        connected = false;
        try {
            return open();
        } catch (SynclineException e) {
            trace.event(name, "can't be opened: " + e.getMessage());
            Kernel.Program mine = process;
            kernel.after(
                    Duration.ofSeconds(30),
                    () -> {
                        if (!mine.isDead()) {
                            mine.start(() -> folder().ifPresent(SyncedFolder::resume));
                        }
                    });
            throw e;
        }
    }

    /** Plans as its client does. */
    private Plan plan(Trees trees, Collection<NodeId> window) {
        checkPlanned();
        var mode = readOnly ? Planner.Mode.READ_ONLY : Planner.Mode.READ_WRITE;
        return new Planner(name, mode).plan(trees, window);
    }

    /** R14: what is planned on is what the server had at some sequence. */
    private void checkPlanned() {
        var known = new ReplicaState(state, _ -> false);
        Cursor cursor = known.cursor().orElseThrow();
        if (!server.chronicle().wasEver(cursor, known.digest())) {
            kernel.fail(
                    new Violation("R14", name + " plans on what never was the state at " + cursor));
        }
    }

    private FolderLoop open() {
        Hooks hooks =
                new Hooks() {
                    @Override
                    public void before(Operation operation, LocalPath path) {
                        letOthers(operation, path, Optional.empty());
                    }

                    @Override
                    public void before(Operation operation, LocalPath path, LocalPath other) {
                        letOthers(operation, path, Optional.of(other));
                    }
                };
        Disk disk = Disks.over(files.open(ROOT, hooks), clock(), names);
        spelling = Optional.of(disk.spelling());
        Marking.once(disk, state, marked, replica, name);
        marked = true;
        MemoryWatcher hears = files.watch(ROOT, kernel);
        ServerApi api =
                new RetryingServerApi(new HttpServerApi(line), new Retries(random, kernel::sleep));
        EngineSettings usual = EngineSettings.of(replica, name, readOnly).on(disk.traits());
        EngineSettings settings =
                new EngineSettings(
                        replica,
                        name,
                        readOnly,
                        usual.coalesceMillis(),
                        usual.settleMillis(),
                        usual.timeStepMillis(),
                        brakeNodes,
                        usual.brakePercent());
        FolderPartials partials = new FolderPartials(state);
        Engine engine =
                new Engine(
                        state,
                        settings,
                        this::plan,
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
        return made;
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
        folder = null;
        loop = null;
        watcher = null;
        disturbed();
        state.kill();
    }

    /** The process ends as it should; returns when it has. */
    void stop() {
        SyncedFolder running = folder;
        if (running == null || loop == null) {
            // Its folder isn't open yet: a next one must not run beside it.
            kill();
            return;
        }
        process.call(running::close);
        process.kill();
        folder = null;
        loop = null;
        watcher = null;
        disturbed();
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

    /** All is gone that the client keeps outside of its folder. It doesn't run. */
    void loseHome() {
        loseState();
        marked = false;
    }

    /** Somebody makes a backup of the state's database. */
    void keepState() {
        if (loop == null) {
            older = Optional.of(state.copy());
        }
    }

    /** The state's database is what it was when it was backed up. The client doesn't run. */
    void takeStateBack() {
        state = older.map(MemoryStateStore::copy).orElse(state);
    }

    /**
     * The power fails, but for the state's database all had been written. The client doesn't run.
     */
    void cutPowerOfState() {
        kill();
        state.crash();
        files.sync();
        boots++;
        boot = new Boot("boot " + boots, clock().millis());
    }

    /**
     * Another machine with a copy of the folder and of what the client knows, file by file: the
     * inodes are others. Neither client runs.
     *
     * @param ofCopy known to the server by the same token
     */
    SimulatedDevice copied(String copy, Network.Line ofCopy, long seed, Path other) {
        var made =
                new SimulatedDevice(
                        kernel,
                        trace,
                        server,
                        network,
                        ofCopy,
                        copy,
                        readOnly,
                        brakeNodes,
                        traits,
                        seed,
                        other);
        made.replica = replica;
        made.marked = marked;
        made.state = state.copy();
        User from = user();
        User to = made.user();
        for (FileState entry : entries()) {
            switch (entry.stat().kind()) {
                case DIRECTORY -> to.makeDirectory(entry.path());
                case SYMLINK ->
                        to.symlink(
                                entry.path(),
                                from.calls().readLink(entry.path()).orThrow(entry.path()));
                default -> {
                    to.write(entry.path(), from.read(entry.path()));
                    to.setExecutable(entry.path(), entry.stat().executable());
                    to.setModificationTime(entry.path(), entry.stat().mtimeNanos());
                }
            }
        }
        made.files.sync();
        return made;
    }

    /** What the client knows. */
    MemoryStateStore state() {
        return state;
    }

    /** How much the client holds in memory, by class and field; it runs. */
    SortedMap<String, Long> holdings() {
        return Holdings.of(Objects.requireNonNull(loop));
    }

    /** When the system began to run, by its clock. */
    Instant bootedAt() {
        return Instant.ofEpochMilli(boot.startedMillis());
    }

    /**
     * The folder is on a disk of its own from now on; the client has never run.
     *
     * @param overAnothers whether another replica's folder shows where that disk is pulled out
     */
    void plug(boolean overAnothers) {
        isOverAnothers = overAnothers;
        if (overAnothers) {
            User user = user();
            user.makeDirectory(LocalPath.of(LocalPath.CONTROL_NAME));
            user.write(
                    LocalPath.MARKER,
                    "syncline replica 1\nanother\n".getBytes(StandardCharsets.UTF_8));
            user.write(LocalPath.of("another's"), new byte[] {1});
            files.sync();
        }
        files.mount(ROOT);
    }

    /** Whether the folder is known to be this device's, on its disk and to the client. */
    boolean isMarked() {
        return files.bytes(ROOT, LocalPath.MARKER).isPresent() && marked;
    }

    /**
     * Whether who knows nothing would take what is there now for a new folder (known-faults.md).
     */
    boolean isTakenForNew() {
        return unplugged && !isOverAnothers;
    }

    /** That disk is pulled out, or put back in. */
    void replug(boolean in) {
        if (in == unplugged) {
            disturbed();
            if (in) {
                files.remount(ROOT);
            } else {
                files.unmount(ROOT);
            }
            unplugged = !in;
            beganUnplugged = false;
        }
    }

    /** Whether the folder isn't where people look for it. */
    boolean isUnplugged() {
        return unplugged;
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
                    look();
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
            return due.isPresent() && !due.get().isAfter(kernel.instant());
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
        disturbed();
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

    /** What kind of file system it has. */
    Traits traits() {
        return traits;
    }

    /**
     * The folder as the server would have it: what is at each path, the names as they are elsewhere
     * (R30).
     */
    Map<String, String> tree() {
        var tree = new TreeMap<String, String>();
        for (FileState entry : entries()) {
            if (entry.path().isControl()) {
                continue;
            }
            String what =
                    switch (entry.stat().kind()) {
                        case DIRECTORY -> "/";
                        case SYMLINK -> "-> " + entry.content().toHex().substring(0, 12);
                        default ->
                                entry.content().toHex().substring(0, 12)
                                        + (entry.stat().executable() ? " x" : "");
                    };
            tree.put(
                    entry.path().names().stream()
                            .map(this::elsewhere)
                            .collect(Collectors.joining("/")),
                    what);
        }
        return tree;
    }

    /** A name on its disk as its client lists it. */
    String asListed(String onDisk) {
        return new LocalNames(spelling.orElse(FileSystemTraits.LINUX)).asSpelt(onDisk);
    }

    private String elsewhere(String localName) {
        var names = new LocalNames(spelling.orElse(FileSystemTraits.LINUX));
        return switch (names.decode(asListed(localName))) {
            case Decoded.Plain(Name plain) -> plain.value();
            case Decoded.Mapped(Name mapped) -> mapped.value();
            case Decoded.Shortened(Name literal) -> literal.value();
            case Decoded.Impossible(String fault) -> "(" + fault + ")";
        };
    }

    /** The names that its folder ignores, wherever they are. */
    Set<String> ignored() {
        return files.bytes(ROOT, RULES).stream()
                .flatMap(bytes -> new String(bytes, StandardCharsets.UTF_8).lines())
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toSet());
    }

    /** Of a tree what such a disk can hold: some have neither links nor executable bits. */
    Map<String, String> holdable(Map<String, String> tree) {
        var held = new TreeMap<String, String>();
        tree.forEach((path, what) -> {
            if (traits.symlinks() || !what.startsWith("-> ")) {
                held.put(path, traits.executableBit() ? what : what.replace(" x", ""));
            }
        });
        return held;
    }
}
