package io.syncline.system.sim;

import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.FileState;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.disk.memory.User;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Role;
import io.syncline.storage.event.HeadHint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A simulated server and devices for one story that is told step by step: nothing goes wrong but
 * what the story makes go wrong. The product's own code on both sides, in simulated time.
 */
final class Stage {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LOOK = Duration.ofSeconds(20);
    private static final int LOOKS_MAX = 200;
    private static final int PAGE = 1_000;

    final Kernel kernel;
    final SimulatedServer server;
    final Network network;
    private final Trace trace = new Trace();
    private final SplittableRandom seeds;
    private final Path scratch;
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final Map<String, DeviceId> ids = new HashMap<>();

    /** A server without devices. */
    Stage(long seed, Path scratch) {
        this.seeds = new SplittableRandom(seed);
        this.scratch = scratch;
        this.kernel = new Kernel(seeds.split(), trace, START);
        this.server = new SimulatedServer(kernel, trace, seeds.nextLong(), this::hint);
        this.network = new Network(kernel, trace, seeds.split(), server);
    }

    private void hint(HeadHint hint) {
        devices.forEach(
                device -> device.hint(new Cursor(hint.epoch(), hint.sequence()), hint.news()));
    }

    /** A device whose client doesn't run yet. */
    SimulatedDevice off(String name, Traits traits) {
        var joined = server.addDevice(name, Role.EDITOR);
        ids.put(name, joined.device());
        var device =
                new SimulatedDevice(
                        kernel,
                        trace,
                        server,
                        network,
                        network.new Line(name, joined.token()),
                        name,
                        false,
                        traits,
                        seeds.nextLong(),
                        scratch.resolve(name));
        devices.add(device);
        return device;
    }

    /** A device that runs. */
    SimulatedDevice device(String name, Traits traits) {
        SimulatedDevice device = off(name, traits);
        device.start();
        return device;
    }

    /** A device on ext4 that runs. */
    SimulatedDevice device(String name) {
        return device(name, Traits.ext4());
    }

    /** Its token is worth nothing any more. */
    void revoke(SimulatedDevice device) {
        server.metadata()
                .write(write ->
                        write.devices()
                                .revoke(
                                        Objects.requireNonNull(ids.get(device.name())),
                                        kernel.instant()));
    }

    /** Lets time pass. */
    void pass(Duration time) {
        long end = kernel.nanos() + time.toNanos();
        var _ = kernel.runUntil(() -> kernel.nanos() >= end);
        failed();
    }

    /** Lets that many steps be taken. */
    void steps(long count) {
        long end = kernel.steps() + count;
        var _ = kernel.runUntil(() -> kernel.steps() >= end);
        failed();
    }

    private void failed() {
        kernel.failure()
                .ifPresent(why -> {
                    throw new AssertionError("a defect", why);
                });
    }

    /** Lets all running devices come to rest: converged, or stopped with a question. */
    void settle() {
        for (int i = 0; i < LOOKS_MAX; i++) {
            pass(LOOK);
            if (devices.stream().allMatch(this::isAtRest)) {
                return;
            }
        }
        var said = new StringBuilder("never at rest:");
        for (SimulatedDevice device : devices) {
            said.append("\n ").append(device.name()).append(' ').append(device.status());
        }
        throw new AssertionError(said + "\n" + trace.story());
    }

    private boolean isAtRest(SimulatedDevice device) {
        if (device.isDead() || device.line().isCut()) {
            return true;
        }
        Optional<FolderStatus> status = device.status();
        if (status.isEmpty()) {
            return false;
        }
        return switch (status.get().state()) {
            case CONVERGED -> status.get().digest().equals(Optional.of(server.row().digest()));
            case STOPPED -> true;
            default -> false;
        };
    }

    static LocalPath path(String path) {
        return LocalPath.parse(path);
    }

    /** Writes a file, and makes the directories above it that are missing. */
    static void write(SimulatedDevice on, String path, String text) {
        write(on, path, text.getBytes(StandardCharsets.UTF_8));
    }

    static void write(SimulatedDevice on, String path, byte[] bytes) {
        User user = on.user();
        makeDirectories(user, path(path).parent());
        user.write(path(path), bytes);
    }

    private static void makeDirectories(User user, LocalPath directory) {
        if (!directory.isRoot() && !user.exists(directory)) {
            makeDirectories(user, directory.parent());
            user.makeDirectory(directory);
        }
    }

    static void move(SimulatedDevice on, String from, String to) {
        on.user().move(path(from), path(to));
    }

    static void delete(SimulatedDevice on, String path) {
        on.user().deleteTree(path(path));
    }

    static String read(SimulatedDevice on, String path) {
        return new String(on.user().read(path(path)), StandardCharsets.UTF_8);
    }

    /** All files with their text, links with their target's hash, and directories, but ours. */
    static Map<String, String> tree(SimulatedDevice of) {
        return entries(of, false);
    }

    /** The texts of all files in the trash. */
    static List<String> trash(SimulatedDevice of) {
        return entries(of, true).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(LocalPath.TRASH.toString()))
                .map(Map.Entry::getValue)
                .filter(text -> !text.equals("/"))
                .toList();
    }

    private static Map<String, String> entries(SimulatedDevice of, boolean ours) {
        var tree = new TreeMap<String, String>();
        for (FileState entry : of.entries()) {
            if (entry.path().isControl() != ours) {
                continue;
            }
            tree.put(
                    entry.path().toString(),
                    switch (entry.stat().kind()) {
                        case DIRECTORY -> "/";
                        case FILE -> {
                            byte[] bytes =
                                    of.files()
                                            .bytes(SimulatedDevice.ROOT, entry.path())
                                            .orElseThrow();
                            yield new String(bytes, StandardCharsets.UTF_8);
                        }
                        case SYMLINK, OTHER -> "-> " + entry.content();
                    });
        }
        return tree;
    }

    /** What of ours lies about: temporaries, wherever. */
    static List<String> temporaries(SimulatedDevice of) {
        return of.entries().stream()
                .filter(entry -> entry.stat().kind() == FileKind.FILE)
                .map(FileState::path)
                .filter(path ->
                        path.startsWith(LocalPath.TEMPORARIES)
                                || path.name().startsWith(".syncline-"))
                .map(LocalPath::toString)
                .toList();
    }

    static FolderStatus status(SimulatedDevice of) {
        return of.status().orElseThrow();
    }

    /** A person confirms what a brake asks. */
    void confirm(SimulatedDevice on) {
        server.watch().answered(on.line().token());
        on.say(on.folder().orElseThrow()::confirm);
    }

    /** A person tells a stopped folder to go on. */
    static void resume(SimulatedDevice on) {
        on.say(on.folder().orElseThrow()::resume);
    }

    /** The server's nodes, with those that were deleted. */
    List<Node> nodes() {
        var row = server.row();
        return server.metadata()
                .read(read -> {
                    var all = new ArrayList<Node>();
                    long since = 0;
                    List<Node> page;
                    do {
                        page = read.nodes(row.key()).changes(since, PAGE);
                        all.addAll(page);
                        since = page.isEmpty() ? since : page.getLast().sequence();
                    } while (page.size() == PAGE);
                    return all;
                });
    }

    /** How many blocks the server has. */
    int blocks() {
        var row = server.row();
        return Math.toIntExact(server.metadata().read(read -> read.blocks(row.key()).count()));
    }

    /** The paths of the server's live nodes. */
    Set<String> names() {
        return new TreeSet<>(byPath().keySet());
    }

    /** The server's live node of that path. */
    Node node(String path) {
        return Objects.requireNonNull(byPath().get(path));
    }

    /** The server's live nodes by their path. */
    Map<String, Node> byPath() {
        var live = new HashMap<NodeId, Node>();
        nodes().stream().filter(node -> !node.deleted()).forEach(node -> live.put(node.id(), node));
        var paths = new TreeMap<String, Node>();
        for (Node node : live.values()) {
            var path = new StringBuilder(node.place().name().value());
            NodeId up = node.place().parent();
            while (!up.isRoot()) {
                Node parent = Objects.requireNonNull(live.get(up));
                path.insert(0, parent.place().name().value() + "/");
                up = parent.place().parent();
            }
            paths.put(path.toString(), node);
        }
        return paths;
    }
}
