package io.syncline.system.crash;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.server.Server;
import io.syncline.server.ServerSettings;
import io.syncline.server.Stores;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.storage.block.disk.DiskSnapshotFiles;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import io.syncline.system.crash.CrashPoint.Scene;
import io.syncline.system.endtoend.Await;
import io.syncline.system.endtoend.Deployment;
import io.syncline.system.endtoend.Device;
import io.syncline.system.endtoend.Json;
import io.syncline.system.endtoend.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server and two devices whose processes are ended at the places of {@link CrashPoints}, one
 * after another, while two people edit. After each end the process starts again, editing stops, and
 * everything is looked at.
 */
final class CrashLoop implements AutoCloseable {
    /** How long people edit before a process that passes no place is stopped and started. */
    private static final Duration EDITING = Duration.ofSeconds(8);

    /** Then they rest: longer than a device waits before it says how far it is (R49). */
    private static final Duration RESTING = Duration.ofSeconds(5);

    /** A place that was passed more often than this is passed several times in a round. */
    private static final int OFTEN = 30;

    private static final Duration LONG = Duration.ofMinutes(2);

    /** Beyond what a project keeps of history, and beyond the age of the oldest backup. */
    private static final int HISTORY_DAYS = 40;

    /** What is overwritten so that packs hold little. */
    private static final int GARBAGE_BYTES = 6 << 20;

    /** So much fills a pack: a server that is started goes on with the last one until then. */
    private static final int PACK_BYTES = (int) PackBlockStore.PACK_BYTES_MIN + (1 << 20);

    private final Path directory;
    private final boolean power;
    private final SplittableRandom random;
    private final Saves saves = new Saves();
    private final Path agent;
    private final List<Mount> mounts = new ArrayList<>();
    private final Role server;
    private final Role first;
    private final Role second;
    private final Hits task;
    private final Deployment deployment;
    private final int[] visits = new int[CrashPoints.ALL.size()];
    private int fresh;
    private String epoch = "";

    /** A process that is ended, with the machine it runs on. */
    private final class Role {
        final Path place;
        final Hits hits;
        final List<String> options;
        final Optional<Mount> mount;
        private @Nullable Device device;
        private @Nullable Person person;

        Role(String name) {
            place = directory.resolve(name);
            Path shared = directory.resolve(name + ".hits");
            hits = new Hits(shared);
            options = javaOptions(shared);
            if (power) {
                mount = Optional.of(Mount.make(directory.resolve(name + ".img"), place));
                mounts.add(mount.get());
            } else {
                mount = Optional.empty();
                makeFolder(place);
            }
        }

        void join(String name) {
            Device joined = deployment.newDevice(name, place);
            joined.withJavaOptions(options.toArray(String[]::new)).join(deployment.joinLink());
            device = joined;
            person = new Person(random.split(), name, joined.folder, saves, power);
        }

        Device device() {
            return Objects.requireNonNull(device);
        }

        Person person() {
            return Objects.requireNonNull(person);
        }

        boolean isAlive() {
            return device == null ? deployment.server().isAlive() : device.isRunning();
        }

        /** What a download that was cut off leaves, which the next start clears up. */
        void leaveTemporary() {
            if (device != null) {
                Path temporary =
                        device.folder.resolve(".syncline/tmp/%016x".formatted(random.nextLong()));
                write(temporary, "half a file");
            }
        }

        void stop() {
            if (device == null) {
                deployment.stopServer();
            } else {
                device.stop();
            }
        }

        /** Starts it; it may end at an armed place while it does. */
        void start() {
            if (device == null) {
                try {
                    deployment.startServer();
                } catch (AssertionError e) {
                    if (!hits.fired()) {
                        throw e;
                    }
                }
            } else {
                device.start();
            }
        }
    }

    /**
     * @param directory an empty one for everything
     * @param power whether machines lose their power, instead of processes their lives alone
     */
    CrashLoop(Path directory, long seed, boolean power) {
        this.directory = directory;
        this.power = power;
        this.random = new SplittableRandom(seed);
        this.agent = directory.resolve("agent.jar");
        CrashAgent.writeJar(agent);
        this.task = new Hits(directory.resolve("task.hits"));
        boolean begun = false;
        try {
            server = new Role("server");
            first = new Role("machine-a");
            second = new Role("machine-b");
            deployment = new Deployment(server.place, server.options);
            begun = true;
        } finally {
            if (!begun) {
                mounts.forEach(Mount::close);
            }
        }
        try {
            first.join("a");
            second.join("b");
            first.person().act(20);
            second.person().act(20);
            settle();
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    private List<String> javaOptions(Path hits) {
        return List.of("-XX:TieredStopAtLevel=1", "-javaagent:" + agent + "=" + hits);
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often processes really ended at a place so far. */
    int visits(int point) {
        return visits[point];
    }

    /** How often a place was passed so far. */
    int passes(int point) {
        return Stream.of(server.hits, first.hits, second.hits, task)
                .mapToInt(hits -> hits.count(point))
                .sum();
    }

    /** How many saved versions nobody gave up so far. */
    int wanted() {
        return saves.wantedCount();
    }

    /**
     * Ends a process at a place, and looks at everything afterwards. False when the place wasn't
     * passed.
     */
    boolean visit(int point) {
        return visit(point, List.of()).isPresent();
    }

    /**
     * Ends a process at a place, or at one of the others that the same process passes before it
     * while people edit, and looks at everything afterwards.
     *
     * @return where it ended; empty when none was passed
     */
    Optional<Integer> visit(int point, Collection<Integer> others) {
        Scene scene = CrashPoints.ALL.get(point).scene();
        List<Integer> same =
                others.stream()
                        .filter(other -> CrashPoints.ALL.get(other).scene() == scene)
                        .toList();
        Optional<Integer> ended =
                switch (scene) {
                    case SERVER -> whileEditing(point, same, server);
                    case CLIENT -> whileEditing(point, same, random.nextBoolean() ? first : second);
                    case FIRST_START -> at(point, firstStart(point));
                    case JOIN -> at(point, join(point));
                    case BACKUP -> at(point, backup(point));
                    case RESTORE -> at(point, restore(point));
                    case REBUILD -> at(point, rebuild(point));
                    case COLLECT -> at(point, collect(point));
                };
        ended.ifPresent(at -> visits[at]++);
        return ended;
    }

    private static Optional<Integer> at(int point, boolean ended) {
        return ended ? Optional.of(point) : Optional.empty();
    }

    // Processes that run.

    private Optional<Integer> whileEditing(int point, List<Integer> others, Role role) {
        // Later passes only of what is passed often, or it wouldn't be reached.
        boolean often = passes(point) > OFTEN;
        int nth = often && random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1;
        role.hits.arm(point, nth, others, role.mount.map(Mount::path));
        if (CrashPoints.ALL.get(point).name().equals("pack.created")) {
            fillPack(role);
        }
        editUntilEnd(role);
        if (role.isAlive()) {
            role.stop();
            if (!role.hits.fired()) {
                role.leaveTemporary();
                role.start();
                editUntilEnd(role);
            }
        }
        Optional<Integer> ended = role.hits.firedAt();
        role.hits.disarm();
        if (ended.isPresent()) {
            Await.until(LONG, () -> !role.isAlive(), () -> "a process goes on after its end");
            role.mount.ifPresent(Mount::restore);
            first.person().act(1);
            second.person().act(1);
        }
        if (!role.isAlive()) {
            role.start();
        }
        settle();
        return ended;
    }

    private void editUntilEnd(Role role) {
        long deadline = System.nanoTime() + EDITING.toNanos();
        while (role.isAlive() && System.nanoTime() < deadline) {
            first.person().act(1 + random.nextInt(3));
            second.person().act(1 + random.nextInt(3));
            // Time is the input: syncs and edits are to meet in many ways.
            Await.pause(Duration.ofMillis(random.nextInt(400)));
        }
        long rested = System.nanoTime() + RESTING.toNanos();
        while (role.isAlive() && System.nanoTime() < rested) {
            Await.pause(Duration.ofMillis(100));
        }
    }

    /** Somebody saves so much, and gives it up once it is everywhere. */
    private void fillPack(Role role) {
        byte[] bytes = new byte[PACK_BYTES];
        random.nextBytes(bytes);
        Path file = first.device().path("a whole pack " + fresh++);
        saves.begun(bytes);
        write(file, bytes);
        Path there = second.device().path(file.getFileName().toString());
        Await.until(
                LONG,
                () -> Files.exists(there) || !role.isAlive(),
                () -> "a large file doesn't arrive: " + deployment.diagnosis());
        save(file, "small again");
    }

    // The beginning.

    private boolean firstStart(int point) {
        Path place = freshFolder();
        Path shared = place.resolve("hits");
        Hits hits = new Hits(shared);
        // Migrations are several; the others happen once.
        boolean several = CrashPoints.ALL.get(point).name().equals("metadata.migrating");
        hits.arm(point, several ? 1 + random.nextInt(6) : 1, List.of(), Optional.empty());
        List<String> serve =
                List.of(
                        "--home",
                        place.resolve("home").toString(),
                        "serve",
                        "--listen",
                        "127.0.0.1:0",
                        "--json");
        boolean ended = false;
        Path log = place.resolve("log");
        try (Program program = Program.start(log, javaOptions(shared), serve)) {
            program.awaitJson(LONG);
        } catch (AssertionError e) {
            ended = hits.fired();
            if (!ended) {
                throw e;
            }
        }
        hits.disarm();
        try (Program program = Program.start(log, javaOptions(shared), serve);
                Device device = new Device("new", place)) {
            device.join(program.awaitJson(LONG).at("joinLink").text());
            write(device.path("file"), "the first");
            Await.until(
                    LONG,
                    () -> device.status().at("state").text().equals("converged"),
                    device::diagnosis);
        }
        deleteFolder(place);
        return ended;
    }

    private boolean join(int point) {
        Path place = freshFolder();
        Path shared = place.resolve("hits");
        Hits hits = new Hits(shared);
        boolean several = CrashPoints.ALL.get(point).name().equals("private.written");
        hits.arm(point, several ? 1 + random.nextInt(2) : 1, List.of(), Optional.empty());
        Device device = deployment.newDevice("c" + fresh, place);
        device.withJavaOptions(javaOptions(shared).toArray(String[]::new));
        makeFolder(device.folder);
        save(device.path("from " + device.name), device.name + " was here before");
        boolean ended = false;
        try {
            device.join(deployment.joinLink());
            Await.until(
                    Duration.ofSeconds(5),
                    () ->
                            !device.isRunning()
                                    || device.status().at("state").text().equals("converged"),
                    device::diagnosis);
            ended = hits.fired();
        } catch (AssertionError e) {
            ended = hits.fired();
            if (!ended) {
                throw e;
            }
        }
        hits.disarm();
        if (ended) {
            // What a person would do: the same again.
            device.join(deployment.joinLink());
        }
        settle();
        if (!Files.exists(first.device().path("from " + device.name))) {
            throw new AssertionError("lost what was in the folder: " + deployment.diagnosis());
        }
        device.stop();
        deleteFolder(place);
        return ended;
    }

    // The operator's tasks: run to the place, then again to the end.

    private boolean backup(int point) {
        Path backups = server.place.resolve("backups-" + fresh++);
        deployment.stopServer();
        toEnd("backup", backups.toString(), "--keep", "1");
        deployment.startServer();
        first.person().act(10);
        settle();
        deployment.stopServer();
        boolean ended = ended(point, "backup", backups.toString(), "--keep", "1", "--no-links");
        toEnd("backup", backups.toString(), "--keep", "1", "--check");
        Path copy = server.place.resolve("copy-" + fresh++);
        run(0, List.of("admin", "restore", backups.toString(), "--data", copy.toString()));
        deleteFolder(copy);
        deleteFolder(backups);
        deployment.startServer();
        settle();
        return ended;
    }

    private boolean restore(int point) {
        Path backups = server.place.resolve("backups-" + fresh++);
        deployment.stopServer();
        toEnd("backup", backups.toString());
        first.person().act(2);
        Path lost = server.place.resolve("lost-" + fresh++);
        move(deployment.serverData(), lost);
        boolean ended = ended(point, "restore", backups.toString());
        if (!ended || Files.exists(deployment.serverData().resolve("unfinished"))) {
            toEnd("restore", backups.toString());
        }
        deployment.startServer();
        epoch = "";
        settle();
        deleteFolder(lost);
        deleteFolder(backups);
        return ended;
    }

    private boolean rebuild(int point) {
        deployment.stopServer();
        boolean ended = ended(point, "rebuild-index");
        toEnd("rebuild-index");
        deployment.startServer();
        settle();
        return ended;
    }

    /** Makes something to collect: people edit, then more time passes than history is kept. */
    private boolean collect(int point) {
        first.person().act(15);
        second.person().act(15);
        Path large = first.device().path("from collecting");
        save(large, large(GARBAGE_BYTES));
        settle();
        saves.unwanted(bytes(large));
        save(large, "small again " + fresh++);
        settle();
        saves.keepOnly(present(true));
        deployment.stopServer();
        trimHistory();
        boolean ended = false;
        // Condemned, then deleted and moved out of packs, then the packs deleted.
        for (int days = HISTORY_DAYS; days <= 3 * HISTORY_DAYS; days += HISTORY_DAYS) {
            task.ahead(days);
            ended = ended || ended(point, "gc");
            toEnd("gc");
        }
        task.ahead(0);
        deployment.startServer();
        settle();
        return ended;
    }

    private void trimHistory() {
        Path data = deployment.serverData();
        CollectSettings none =
                new CollectSettings(
                        false,
                        CollectSettings.DEFAULT.interval(),
                        CollectSettings.DEFAULT.grace(),
                        CollectSettings.DEFAULT.horizon(),
                        0,
                        0);
        Random ids = new Random(random.nextLong());
        Stores stores =
                new Stores(
                        SqliteMetadataStore.open(data.resolve("metadata.sqlite")),
                        PackBlockStore.open(data.resolve("packs"), ids, InstantSource.system()),
                        DiskSnapshotFiles.open(data.resolve("snapshots")),
                        new MemoryEventBus());
        InstantSource clock = () -> Instant.now().plus(Duration.ofDays(HISTORY_DAYS));
        ServerSettings settings =
                new ServerSettings(data, EdgeSettings.loopback(0), Optional.empty(), "test", none);
        try (Server ahead = Server.start(settings, stores, clock)) {
            ahead.maintain();
        }
    }

    /** Runs a task until it ends at a place; false when it ended well before. */
    private boolean ended(int point, String... arguments) {
        task.arm(point, 1, List.of(), server.mount.map(Mount::path));
        int status = run(arguments);
        boolean ended = task.fired();
        task.disarm();
        if (ended) {
            server.mount.ifPresent(Mount::restore);
        } else if (status != 0) {
            throw new AssertionError(List.of(arguments) + " ended with " + status + taskLog());
        }
        return ended;
    }

    private void toEnd(String... arguments) {
        int status = run(arguments);
        if (status != 0) {
            throw new AssertionError(List.of(arguments) + " ended with " + status + taskLog());
        }
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("admin"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--data", deployment.serverData().toString()));
        return run(all);
    }

    private void run(int wanted, List<String> arguments) {
        int status = run(arguments);
        if (status != wanted) {
            throw new AssertionError(arguments + " ended with " + status + taskLog());
        }
    }

    private int run(List<String> arguments) {
        List<String> all =
                new ArrayList<>(List.of("--home", directory.resolve("operator").toString()));
        all.addAll(arguments);
        try (Program program =
                Program.start(
                        directory.resolve("task.log"),
                        javaOptions(directory.resolve("task.hits")),
                        all)) {
            return program.awaitExit(LONG);
        }
    }

    private String taskLog() {
        try {
            return "\n" + Files.readString(directory.resolve("task.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    // Looking at everything.

    /** Editing has stopped: everything becomes equal, nothing is lost, nothing is left over. */
    private void settle() {
        for (Role role : List.of(server, first, second)) {
            if (!role.isAlive()) {
                throw new AssertionError("a process ended by itself: " + deployment.diagnosis());
            }
        }
        deployment.awaitEqual(LONG);
        for (Role role : List.of(first, second)) {
            Await.until(
                    LONG,
                    () -> temporaries(role).isEmpty(),
                    () -> "left over: " + temporaries(role) + "\n" + deployment.diagnosis());
        }
        checkContents();
        checkEpoch();
        int verified = run("verify", "--json");
        if (verified != 0) {
            throw new AssertionError("verify ended with " + verified + taskLog());
        }
    }

    private static List<Path> temporaries(Role role) {
        try (Stream<Path> there =
                Files.list(role.device().folder.resolve(".syncline").resolve("tmp"))) {
            return there.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkEpoch() {
        Json status = first.device().status();
        String now =
                status.find("cursor")
                        .flatMap(cursor -> cursor.find("epoch"))
                        .map(Json::text)
                        .orElse("");
        if (!epoch.isEmpty() && !epoch.equals(now)) {
            throw new AssertionError(
                    "the server forgot what it had answered: a new epoch began; "
                            + deployment.diagnosis());
        }
        epoch = now;
    }

    private void checkContents() {
        Set<Hash> present = present(false);
        if (saves.missing(present).isEmpty()) {
            return;
        }
        present = present(true);
        Map<Hash, Content> missing = saves.missing(present);
        if (missing.isEmpty()) {
            return;
        }
        deployment.stopServer();
        Set<Content> history = history();
        deployment.startServer();
        missing.values().removeIf(history::contains);
        if (!missing.isEmpty()) {
            throw new AssertionError(
                    "lost: " + saves.describe(missing.keySet()) + "\n" + deployment.diagnosis());
        }
        deployment.awaitEqual(LONG);
    }

    /** The contents of both folders; each file in them somebody must have written. */
    private Set<Hash> present(boolean withTrash) {
        Set<Hash> present = new HashSet<>();
        for (Role role : List.of(first, second)) {
            Path folder = role.device().folder;
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.toList()) {
                    boolean own = file.startsWith(folder.resolve(".syncline"));
                    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                            && (withTrash || !own)) {
                        byte[] bytes = Files.readAllBytes(file);
                        present.add(Hash.sha256(bytes));
                        if (!own && !saves.isKnown(bytes, power)) {
                            throw new AssertionError(
                                    "nobody wrote what is in "
                                            + file
                                            + ", "
                                            + bytes.length
                                            + " bytes\n"
                                            + deployment.diagnosis());
                        }
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return present;
    }

    /** The contents of all versions that the stopped server keeps. */
    private Set<Content> history() {
        Set<Content> contents = new HashSet<>();
        try (MetadataStore metadata =
                SqliteMetadataStore.open(deployment.serverData().resolve("metadata.sqlite"))) {
            return metadata.read(transaction -> {
                for (Project project : transaction.projects().page(0, 10)) {
                    History history = transaction.history(project.key());
                    long before = Long.MAX_VALUE;
                    while (before > 0) {
                        History.Slice slice =
                                history.slice(before, 0, Optional.empty(), 1_000, 1_000);
                        for (Version version : slice.versions()) {
                            version.node().item().content().ifPresent(contents::add);
                        }
                        before = slice.next().orElse(0);
                    }
                }
                return contents;
            });
        }
    }

    // Files.

    private Path freshFolder() {
        Path folder = directory.resolve("fresh-" + fresh++);
        makeFolder(folder);
        return folder;
    }

    private String large(int bytes) {
        StringBuilder text = new StringBuilder();
        while (text.length() < bytes) {
            text.append(random.nextLong()).append('\n');
        }
        return text.toString();
    }

    /** As a person does; it is wanted from then on. */
    private void save(Path file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        saves.begun(bytes);
        write(file, text);
        saves.saved("test:" + file, bytes);
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteFolder(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        deployment.close();
        mounts.forEach(Mount::close);
        List.of(server.hits, first.hits, second.hits, task).forEach(Hits::close);
    }
}
