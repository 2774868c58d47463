package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.EventChannel;
import io.syncline.client.api.FakeServer;
import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.client.ignore.Ignores;
import io.syncline.client.scan.DiskScanner;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.plan.Planner;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesPage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One engine with a real folder and a fake server, where a test decides what happens when: which of
 * the pending effects is carried out next, when its answer arrives, when the power fails.
 */
final class SimulatedFolder implements EventChannel.Listener, AutoCloseable {
    private static final int TRACE_MAX = 80;

    final Path root;
    final MemoryStateStore store = new MemoryStateStore();
    final ReplicaId replica;
    private final FakeServer server;
    private final ServerApi api;
    final io.syncline.core.tree.DeviceId device;
    private final String label;
    private final Random random;
    private final EngineSettings settings;
    private boolean partialScans;
    private final List<Effect> pending = new ArrayList<>();

    /** What carried-out effects answer, each in its order, but not yet told to the engine. */
    private final List<Deque<Event>> answers = new ArrayList<>();

    private final Deque<Event> arrived = new ArrayDeque<>();
    private final EventChannel events;
    private Optional<Boot> boot = Optional.of(new Boot("boot 1", 0));
    private final Deque<String> trace = new ArrayDeque<>();
    private Deque<Event> answering = new ArrayDeque<>();
    private String afterOperation = "";
    private int markerFaults;
    private Runnable after = () -> {};
    private Disk disk;
    private EffectRunner runner;
    private Engine engine;
    long now = System.currentTimeMillis();

    SimulatedFolder(Path root, FakeServer server, String label, Random random) {
        this(root, server, label, random, false);
    }

    SimulatedFolder(Path root, FakeServer server, String label, Random random, boolean readOnly) {
        this.root = root;
        this.server = server;
        this.label = label;
        this.random = random;
        this.replica = new ReplicaId(RandomId.next(random));
        this.settings = EngineSettings.of(replica, label, readOnly);
        this.device = server.newDevice();
        this.api = server.asDevice(device);
        this.disk = open();
        disk.mark(replica);
        this.engine = newEngine();
        this.runner = newRunner();
        this.events = server.events(this);
        events.watch(List.of(server.project()));
        pending.addAll(engine.start(now, boot));
    }

    /** From the next start on the product's own scanner looks only where something changed. */
    SimulatedFolder withPartialScans() {
        partialScans = true;
        restart();
        return this;
    }

    private Disk open() {
        Disk real = Disks.open(root, InstantSource.system(), random);
        return (Disk)
                Proxy.newProxyInstance(
                        Disk.class.getClassLoader(),
                        new Class<?>[] {Disk.class},
                        (_, method, arguments) -> call(real, method, arguments));
    }

    /** Does what the test wants done in the microsecond after an operation on the disk. */
    private Object call(Disk real, Method method, Object... arguments) throws Throwable {
        if (method.getName().equals("rootState") && markerFaults > 0) {
            markerFaults--;
            throw new DiskException(LocalPath.MARKER, new Outcome.Unreadable("Input/output error"));
        }
        try {
            Object result = method.invoke(real, arguments);
            if (method.getName().equals(afterOperation) && result instanceof Outcome.Done done) {
                afterOperation = "";
                after.run();
                Stat now = real.stat((LocalPath) arguments[1]).found().orElseThrow();
                return new Outcome.Done(now, done.kept());
            }
            return result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /**
     * Once, right after this operation of the disk and before its result is looked at, this
     * happens.
     */
    void rightAfter(String operation, Runnable what) {
        afterOperation = operation;
        after = what;
    }

    /** The next so many looks at the root find a marker that can't be read. */
    void failMarker(int looks) {
        markerFaults = looks;
    }

    private Engine newEngine() {
        var planner =
                new Planner(
                        label,
                        settings.readOnly() ? Planner.Mode.READ_ONLY : Planner.Mode.READ_WRITE);
        return new Engine(
                store,
                settings,
                planner::plan,
                Names.EXACT,
                () -> new CommitId(RandomId.next(random)));
    }

    private EffectRunner newRunner() {
        return new EffectRunner(
                api,
                request -> api.changes(server.project(), request),
                server.project(),
                replica,
                disk,
                partialScans
                        ? new DiskScanner(disk, new Ignores(disk), replica)
                        : new SimpleScanner(disk, replica),
                new SmallTransfers(disk, server),
                engine.state(),
                new FolderPartials(store),
                new SnapshotDownload(
                        api,
                        server.project(),
                        root.resolveSibling(root.getFileName() + ".snapshot")),
                InstantSource.system(),
                event -> answering.add(event));
    }

    private Deque<Event> answersTo(Effect effect) {
        answering = new ArrayDeque<>();
        runner.carryOut(effect);
        return answering;
    }

    /** The power fails: what wasn't durable is gone, what was under way never answers. */
    void crash() {
        store.crash();
        restart();
    }

    /**
     * The process is killed while it changes the disk: a part of what it was about to do is done,
     * and it never learns of it.
     */
    void killMidway() {
        work().ifPresent(tasks ->
                answersTo(new Effect.CarryOut(tasks.subList(0, 1 + random.nextInt(tasks.size())))));
        restart();
    }

    /** What the disk is about to be changed by. */
    private Optional<List<DiskTask>> work() {
        return pending.stream()
                .filter(Effect.CarryOut.class::isInstance)
                .map(effect -> ((Effect.CarryOut) effect).tasks())
                .findFirst();
    }

    /** Goes on until the disk is about to be changed; does all of that, and is killed. */
    void killAfterWork() {
        stepUntil(Effect.CarryOut.class);
        answersTo(new Effect.CarryOut(work().orElseThrow()));
        restart();
    }

    /** Goes on until an effect of that kind is about to be carried out. */
    void stepUntil(Class<? extends Effect> kind) {
        for (int i = 0; i < 5_000 && pending.stream().noneMatch(kind::isInstance); i++) {
            if (!step()) {
                pass(50);
            }
        }
        assertThat(pending).hasAtLeastOneElementOfType(kind);
    }

    /** The power fails, and the system starts again at that time. */
    void powerCut(long startedMillis) {
        boot = Optional.of(new Boot("boot at " + startedMillis, startedMillis));
        crash();
    }

    /** The process ends and starts again. */
    void restart() {
        pending.clear();
        answers.clear();
        arrived.clear();
        disk.close();
        disk = open();
        engine = newEngine();
        runner = newRunner();
        pending.addAll(engine.start(now, boot));
    }

    /**
     * Carries one pending effect out, brings one answer on its way, or hands arrived events in;
     * false if there is nothing. So a file may be read, and saved again, while a scan runs.
     */
    boolean step() {
        if (isIdle()) {
            return false;
        }
        int choice = random.nextInt(4);
        if (!arrived.isEmpty() && (choice == 0 || (pending.isEmpty() && answers.isEmpty()))) {
            handle();
        } else if (!answers.isEmpty() && (choice <= 2 || pending.isEmpty())) {
            answer();
        } else if (!pending.isEmpty()) {
            Deque<Event> told = answersTo(pending.remove(random.nextInt(pending.size())));
            if (!told.isEmpty()) {
                answers.add(told);
            }
        } else {
            handle();
        }
        return true;
    }

    private void handle() {
        int count = 1 + random.nextInt(arrived.size());
        var batch = new ArrayList<Event>();
        for (int i = 0; i < count; i++) {
            batch.add(arrived.removeFirst());
        }
        List<Effect> effects;
        try {
            effects = engine.handle(now, batch);
        } catch (RuntimeException e) {
            throw new AssertionError("the engine failed at " + batch + "\n" + rows(), e);
        }
        if (!batch.equals(List.of(new Event.Tick())) && !batch.toString().contains("=[]]]]")) {
            trace.add(batch + " -> " + effects);
        }
        if (trace.size() > TRACE_MAX) {
            trace.removeFirst();
        }
        pending.addAll(effects);
    }

    private void answer() {
        Deque<Event> told = answers.get(random.nextInt(answers.size()));
        arrived.add(told.removeFirst());
        if (told.isEmpty()) {
            answers.remove(told);
        }
    }

    /** Carries an effect out whose answer is lost, as when the connection breaks. */
    boolean stepUnanswered() {
        if (pending.isEmpty()) {
            return false;
        }
        Effect effect = pending.remove(random.nextInt(pending.size()));
        Deque<Event> told = answersTo(effect);
        if (effect instanceof Effect.SendCommit
                || effect instanceof Effect.FetchChanges
                || effect instanceof Effect.FetchSnapshot) {
            arrived.add(new Event.Failed(effect, ErrorCode.UNAVAILABLE, "connection lost"));
        } else if (!told.isEmpty()) {
            answers.add(told);
        }
        return true;
    }

    /** An effect of that kind fails, as when the server can't be reached. */
    void fail(Class<? extends Effect> kind) {
        fail(kind, ErrorCode.UNAVAILABLE);
    }

    /** An effect of that kind fails so. */
    void fail(Class<? extends Effect> kind, ErrorCode code) {
        stepUntil(kind);
        Effect effect = pending.stream().filter(kind::isInstance).findFirst().orElseThrow();
        pending.remove(effect);
        arrived.add(new Event.Failed(effect, code, "it failed"));
    }

    /** What is about to be carried out of such effects fails. */
    void failAll(Predicate<Effect> such) {
        for (Effect effect : pending.stream().filter(such).toList()) {
            pending.remove(effect);
            arrived.add(new Event.Failed(effect, ErrorCode.UNAVAILABLE, "connection lost"));
        }
    }

    /** Such an effect is carried out and answered before anything else that is under way. */
    void carryOutFirst(Predicate<Effect> such) {
        Effect effect = pending.stream().filter(such).findFirst().orElseThrow();
        pending.remove(effect);
        Deque<Event> told = answersTo(effect);
        while (!told.isEmpty()) {
            arrived.addFirst(told.removeLast());
        }
        hear();
    }

    /** Takes in what arrived, and carries nothing out. */
    void hear() {
        while (!arrived.isEmpty()) {
            handle();
        }
    }

    /** The watcher says that something changed. */
    void touched() {
        tell(new Event.Overflow("simulated"));
    }

    /** The watcher says that the entries of the directories above these paths changed. */
    void touched(Path... changed) {
        if (!partialScans) {
            touched();
            return;
        }
        var directories = new LinkedHashSet<LocalPath>();
        for (Path path : changed) {
            var names = new ArrayList<String>();
            root.relativize(path).forEach(name -> names.add(name.toString()));
            directories.add(new LocalPath(names).parent());
        }
        tell(new Event.Dirty(directories));
    }

    /** As the watcher says of all that is below a directory that was renamed. */
    void touchedBelow(Path directory) throws IOException {
        try (Stream<Path> below = Files.walk(directory)) {
            touched(below.filter(path -> !path.equals(directory)).toArray(Path[]::new));
        }
    }

    /** The first events that arrived are lost. */
    void forgetArrived(int count) {
        for (int i = 0; i < count; i++) {
            arrived.removeFirst();
        }
    }

    void tell(Event event) {
        arrived.add(event);
    }

    /** Lets time pass and tells so. */
    void pass(long millis) {
        now += millis;
        arrived.add(new Event.Tick());
    }

    /** Whether something of that kind is to be carried out next. */
    boolean isAbout(Class<? extends Effect> kind) {
        return pending.stream().anyMatch(kind::isInstance);
    }

    boolean isIdle() {
        return pending.isEmpty() && answers.isEmpty() && arrived.isEmpty();
    }

    FolderStatus.State state() {
        return engine.status().state();
    }

    /** The id under which the server knows it now. */
    ReplicaId registration() {
        return store.value("registered").map(ReplicaId::new).orElse(replica);
    }

    EngineStatus status() {
        return engine.status();
    }

    Engine engine() {
        return engine;
    }

    /** Runs until nothing is to be done, letting time pass where it is waited for. */
    void settle() {
        for (int i = 0; i < 20_000; i++) {
            if (!step()) {
                if (state() != FolderStatus.State.SYNCING) {
                    return;
                }
                long next = engine.nextMillis();
                pass(next == Long.MAX_VALUE ? 1_000 : Math.clamp(next - now, 1, 300_000));
            }
        }
        throw new AssertionError(
                "never settles: " + engine.status() + ", pending " + pending + "\n" + rows());
    }

    String rows() {
        return "remote "
                + store.remoteAfter(StateStore.FIRST, 20)
                + "\nlocal "
                + store.localAfter(StateStore.FIRST, 20)
                + "\n"
                + String.join("\n", trace);
    }

    // The disk, as a person uses it.

    void write(String path, String text) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All files with their text and all directories (null), but ours. */
    Map<String, String> tree() {
        return tree(root, false);
    }

    /** As {@link #tree}, with the trash. */
    static Map<String, String> tree(Path root, boolean withTrash) {
        var tree = new TreeMap<String, String>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String name = root.relativize(path).toString();
                boolean ours = name.startsWith(".syncline");
                if (name.isEmpty() || (ours && !withTrash) || name.equals(".syncline/replica")) {
                    continue;
                }
                if (Files.isSymbolicLink(path)) {
                    tree.put(name, "-> " + Files.readSymbolicLink(path));
                } else if (Files.isDirectory(path)) {
                    tree.put(name + "/", "");
                } else {
                    String bit = !withTrash && isExecutable(path) ? " [executable]" : "";
                    tree.put(name, Files.readString(path, StandardCharsets.UTF_8) + bit);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree;
    }

    /** By the owner, as it is synced; a superuser may execute whatever anyone may. */
    static boolean isExecutable(Path file) throws IOException {
        return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
    }

    @Override
    public void connected() {
        arrived.add(new Event.Connected());
    }

    @Override
    public void disconnected(String reason) {
        arrived.add(new Event.Disconnected(reason));
    }

    @Override
    public void head(ProjectId project, Cursor head, Optional<ChangesPage> news) {
        arrived.add(new Event.Head(head, news));
    }

    @Override
    public void wanted(ProjectId project) {
        arrived.add(new Event.BlocksWanted());
    }

    @Override
    public void unsubscribed(ProjectId project) {
        arrived.add(new Event.Unsubscribed());
    }

    @Override
    public void stopped(ErrorCode code, String reason) {
        arrived.add(new Event.Unsubscribed());
    }

    @Override
    public void close() {
        events.close();
        disk.close();
    }
}
