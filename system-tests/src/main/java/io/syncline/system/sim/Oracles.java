package io.syncline.system.sim;

import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.FileState;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What must hold when a world has come to rest. */
final class Oracles {
    private static final int PAGE = 1_000;

    /** What a device notes that has found out, by the digest, that it held something else. */
    private static final String DIFFERED = "the server's digest and ours differed";

    /** The name of a conflict copy of a conflict copy. */
    private static final Pattern NESTED =
            Pattern.compile("\\(conflict[^()]*\\)(\\.[^ ]*)? \\(conflict");

    private final SimulatedServer server;
    private final List<SimulatedDevice> devices;
    private final Saved saved;
    private final boolean mayPurge;
    private final boolean mayDiffer;

    /**
     * @param mayPurge whether so much time has passed that trashes were emptied (R27)
     * @param mayDiffer whether what devices are told is damaged, so that they are to find that out
     */
    Oracles(
            SimulatedServer server,
            List<SimulatedDevice> devices,
            Saved saved,
            boolean mayPurge,
            boolean mayDiffer) {
        this.mayPurge = mayPurge;
        this.mayDiffer = mayDiffer;
        this.server = server;
        this.devices = devices;
        this.saved = saved;
    }

    /** Whether nobody has anything to do any more, and all agree. */
    boolean isAtRest() {
        for (SimulatedDevice device : devices) {
            Optional<FolderStatus> status = device.status();
            if (status.isEmpty() || !isInStep(device, status.get())) {
                return false;
            }
        }
        // A read-only device that holds something back says nothing of what it is still fetching.
        return converged().isEmpty() && tidy().isEmpty();
    }

    private boolean isInStep(SimulatedDevice device, FolderStatus status) {
        // What is only on a read-only device is held back there for good (R29).
        return status.state() == FolderStatus.State.CONVERGED
                || (device.isReadOnly() && status.state() == FolderStatus.State.SYNCING);
    }

    /** The first oracle that fails. */
    Optional<World.Failure> judge() {
        return stopped()
                .or(this::sure)
                .or(this::converged)
                .or(this::history)
                .or(this::contents)
                .or(this::nothingLost)
                .or(this::nothingVanished)
                .or(this::named)
                .or(this::tidy)
                .or(this::bounded);
    }

    private static Optional<World.Failure> failure(String oracle, String why) {
        return Optional.of(new World.Failure(oracle, why));
    }

    private Optional<World.Failure> stopped() {
        for (SimulatedDevice device : devices) {
            Optional<FolderStatus> status = device.status();
            if (status.isEmpty() || !isInStep(device, status.get())) {
                return failure("comes to rest", device.name() + " " + status);
            }
        }
        return Optional.empty();
    }

    /** L1: no device ever held another state than the server when it should have been the same. */
    private Optional<World.Failure> sure() {
        for (SimulatedDevice device : devices) {
            List<FolderStatus.Note> notes =
                    device.status().map(FolderStatus::notes).orElse(List.of());
            for (FolderStatus.Note note : notes) {
                if (note.text().equals(DIFFERED) && !mayDiffer) {
                    return failure("L1", device.name() + ": " + note.text());
                }
            }
        }
        return Optional.empty();
    }

    /** L6: all trees are equal, and the digests say so. */
    private Optional<World.Failure> converged() {
        Project row = server.row();
        Map<String, String> tree = serverTree();
        for (SimulatedDevice device : devices) {
            // What people changed on a read-only device stays there, and changed (R29).
            if (!device.isReadOnly() && !holds(device, tree)) {
                return failure(
                        "L6",
                        device.name() + " has " + device.tree() + "\n  the server has " + tree);
            }
            Optional<TreeDigest> digest = device.status().flatMap(FolderStatus::digest);
            if (!digest.equals(Optional.of(row.digest()))) {
                return failure("L6", device.name() + " has another digest than the server");
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a device has that tree, but for what it ignores: that is what it is there, also below
     * directories that went elsewhere (R18, R44).
     */
    private static boolean holds(SimulatedDevice device, Map<String, String> tree) {
        Set<String> ignored = device.ignored();
        Map<String, String> local = new TreeMap<>(device.tree());
        Map<String, String> wanted = new TreeMap<>(device.holdable(tree));
        Predicate<String> isIgnored =
                path -> Stream.of(path.split("/", -1)).anyMatch(ignored::contains);
        List<String> unknown = local.keySet().stream().filter(isIgnored).toList();
        local.keySet().removeAll(unknown);
        wanted.keySet().removeIf(isIgnored);
        local.entrySet()
                .removeIf(entry ->
                        entry.getValue().equals("/")
                                && !wanted.containsKey(entry.getKey())
                                && unknown.stream()
                                        .anyMatch(path -> path.startsWith(entry.getKey() + "/")));
        return local.equals(wanted);
    }

    private List<Node> nodes() {
        Project row = server.row();
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

    private Map<String, String> serverTree() {
        var live = new HashMap<NodeId, Node>();
        for (Node node : nodes()) {
            if (!node.deleted()) {
                live.put(node.id(), node);
            }
        }
        var sums = sums();
        var tree = new TreeMap<String, String>();
        for (Node node : live.values()) {
            String path = path(node, live);
            String what =
                    node.item().kind().equals(Kind.DIRECTORY)
                            ? "/"
                            : node.item().kind().equals(Kind.SYMLINK)
                                    ? "-> " + sum(node, sums)
                                    : sum(node, sums) + (node.item().executable() ? " x" : "");
            tree.put(path, what);
        }
        return tree;
    }

    private static String path(Node node, Map<NodeId, Node> live) {
        StringBuilder path = new StringBuilder(node.place().name().value());
        int depth = 0;
        for (NodeId up = node.place().parent(); !up.equals(NodeId.ROOT) && depth < 50; depth++) {
            Node parent = live.get(up);
            if (parent == null) {
                return "(detached)/" + path;
            }
            path.insert(0, parent.place().name().value() + "/");
            up = parent.place().parent();
        }
        return path.toString();
    }

    /**
     * The SHA-256 of the whole content by the name of the content, of what people saved, and of
     * what else is on disks: a power cut may leave of a save what nobody saved.
     */
    private Map<Hash, Hash> sums() {
        var sums = new HashMap<Hash, Hash>();
        saved.everything().forEach((sum, content) -> sums.put(content.hash(), sum));
        for (SimulatedDevice device : devices) {
            for (FileState entry : device.entries()) {
                if (entry.isFile()
                        && !entry.path().isControl()
                        && !saved.everything().containsKey(entry.content())) {
                    byte[] bytes = device.bytes(entry.path());
                    sums.put(Saved.content(bytes).hash(), entry.content());
                }
            }
        }
        return sums;
    }

    private static String sum(Node node, Map<Hash, Hash> sums) {
        return node.item()
                .content()
                .map(content ->
                        content.sizeBytes() == 0
                                ? Hash.sha256(new byte[0])
                                : sums.getOrDefault(content.hash(), content.hash()))
                .orElse(Hash.sha256(new byte[0]))
                .toHex()
                .substring(0, 12);
    }

    /** L1: every sequence is there once, and the sum of the live nodes is the digest. */
    private Optional<World.Failure> history() {
        Project row = server.row();
        TreeDigest digest = TreeDigest.EMPTY;
        var sequences = new HashSet<Long>();
        long last = 0;
        for (Node node : nodes()) {
            if (!sequences.add(node.sequence()) || node.sequence() > row.head()) {
                return failure("L1", "sequence " + node.sequence() + " of head " + row.head());
            }
            last = Math.max(last, node.sequence());
            if (!node.deleted()) {
                digest = digest.plus(node);
            }
        }
        if (!digest.equals(row.digest())) {
            return failure("L1", "the digest isn't that of the nodes");
        }
        return Optional.empty();
    }

    /** L3: the content of each live node is stored, and all that a stored tree block lists. */
    private Optional<World.Failure> contents() {
        Project row = server.row();
        for (Node node : nodes()) {
            if (node.deleted() || node.item().content().isEmpty()) {
                continue;
            }
            var content = node.item().content().get();
            if (content.sizeBytes() > 0) {
                Optional<World.Failure> missing = stored(row, content.hash(), node);
                if (missing.isPresent()) {
                    return missing;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<World.Failure> stored(Project row, Hash hash, Node node) {
        Optional<BlockRow> block =
                server.metadata()
                        .read(read ->
                                read.blocks(row.key()).find(List.of(hash)).values().stream()
                                        .findFirst());
        if (block.isEmpty()) {
            return failure("L3", "no block " + hash + " of node " + node.id());
        }
        try {
            var frames =
                    server.blocks()
                            .read(
                                    row.id(),
                                    List.of(new FrameRequest(hash, block.get().location())));
            if (frames.size() != 1) {
                return failure("L3", "no frame of block " + hash);
            }
        } catch (RuntimeException e) {
            return failure("L3", "block " + hash + " can't be read: " + e);
        }
        return Optional.empty();
    }

    /** L2: what was saved is somewhere. */
    private Optional<World.Failure> nothingLost() {
        Set<Hash> kept = new HashSet<>();
        for (SimulatedDevice device : devices) {
            for (FileState entry : device.entries()) {
                if (entry.stat().kind() == FileKind.FILE) {
                    kept.add(entry.content());
                }
            }
        }
        Set<Hash> contents = new HashSet<>();
        nodes().forEach(node -> node.item().content().ifPresent(c -> contents.add(c.hash())));
        Project row = server.row();
        List<Version> versions =
                server.metadata()
                        .read(read -> read.nodes(row.key()).history(Long.MAX_VALUE, 100_000));
        versions.forEach(
                version -> version.node().item().content().ifPresent(c -> contents.add(c.hash())));
        for (var entry : saved.versions().entrySet()) {
            boolean isPurged = mayPurge && entry.getValue().mayHide();
            if (!isPurged
                    && !kept.contains(entry.getKey())
                    && !contents.contains(entry.getValue().content().hash())) {
                return failure("L2", "lost: " + entry.getKey() + " " + entry.getValue());
            }
        }
        return Optional.empty();
    }

    /**
     * L5: what no person saw go is where people look: in a tree, under whatever name. Some may be
     * in a trash only.
     */
    private Optional<World.Failure> nothingVanished() {
        Set<Hash> visible = new HashSet<>();
        for (SimulatedDevice device : devices) {
            for (FileState entry : device.entries()) {
                if (!entry.path().isControl()) {
                    visible.add(entry.content());
                }
            }
        }
        for (var entry : saved.versions().entrySet()) {
            if (!entry.getValue().mayHide() && !visible.contains(entry.getKey())) {
                return failure(
                        "visible",
                        "vanished from all trees: " + entry.getKey() + " " + entry.getValue());
            }
        }
        return Optional.empty();
    }

    /** R38: a conflict on a conflict copy numbers the original name. */
    private Optional<World.Failure> named() {
        for (String path : serverTree().keySet()) {
            for (String name : path.split("/", -1)) {
                if (NESTED.matcher(name).find()) {
                    return failure("R38", path);
                }
            }
        }
        return Optional.empty();
    }

    /** Nothing of ours is left over. */
    private Optional<World.Failure> tidy() {
        for (SimulatedDevice device : devices) {
            for (FileState entry : device.entries()) {
                if (entry.path().startsWith(LocalPath.TEMPORARIES)
                        && !entry.path().equals(LocalPath.TEMPORARIES)) {
                    return failure("tidy", device.name() + " has left " + entry.path());
                }
            }
        }
        return Optional.empty();
    }

    /**
     * L9: what a client keeps for what is under way is empty when nothing is, and it knows no node
     * that the server hasn't.
     */
    private Optional<World.Failure> bounded() {
        long live = nodes().stream().filter(node -> !node.deleted()).count();
        for (SimulatedDevice device : devices) {
            MemoryStateStore state = device.state();
            var left = new ArrayList<String>();
            atMost(left, "unanswered commits", state.journal().size(), 0);
            atMost(left, "intents", state.intents().size(), 0);
            atMost(left, "staged rows", state.stagedAfter(StateStore.FIRST, PAGE).size(), 0);
            atMost(left, "suspects of a power cut", state.suspectCount(), 0);
            atMost(left, "damaged files", state.damagedCount(), 0);
            // What people did on a read-only device stays a difference there (R29), also from what
            // was deleted elsewhere since; and whether it waits for anything else isn't told.
            long different = device.isReadOnly() ? state.localCount() + state.remoteCount() : 0;
            atMost(left, "agreed rows", state.agreedCount(), live + different);
            if (!device.isReadOnly()) {
                atMost(left, "rows where the server differs", state.remoteCount(), 0);
                atMost(left, "rows where the disk differs", state.localCount(), 0);
            }
            if (!left.isEmpty()) {
                return failure("L9", device.name() + " has at rest " + String.join(", ", left));
            }
        }
        return Optional.empty();
    }

    /** L9: what clients hold in memory, and wouldn't if nothing is under way. */
    List<String> held() {
        Resting.Facts facts = facts();
        var held = new ArrayList<String>();
        for (SimulatedDevice device : devices) {
            MemoryStateStore state = device.state();
            long differing = device.isReadOnly() ? state.localCount() + state.remoteCount() : 0;
            Resting.Facts its = facts.of(differing, unheld(state), husks(device));
            Resting.CLIENT.above(device.holdings(), its).stream()
                    .map(what -> device.name() + " " + what)
                    .forEach(held::add);
        }
        return held;
    }

    private static long unheld(MemoryStateStore state) {
        return state.agreedAfter(StateStore.FIRST, PAGE).stream()
                .filter(row -> !row.isMaterialised())
                .count();
    }

    private static long husks(SimulatedDevice device) {
        Set<String> ignored = device.ignored();
        Set<LocalPath> holding = new HashSet<>();
        for (FileState entry : device.entries()) {
            if (ignored.contains(entry.path().name())) {
                for (LocalPath up = entry.path().parent(); !up.isRoot(); up = up.parent()) {
                    holding.add(up);
                }
            }
        }
        return holding.size();
    }

    /** L9: the rows of a server that nobody has come to for long. */
    List<String> stored() {
        return Resting.TABLES.above(server.tables(), facts());
    }

    /** L9: what a server's process holds beyond what it began with. */
    List<String> held(Map<String, Long> holdings, Map<String, Long> atFirst) {
        return Resting.SERVER.above(holdings, atFirst, facts());
    }

    private Resting.Facts facts() {
        List<Node> live = nodes().stream().filter(node -> !node.deleted()).toList();
        var blocks = new HashSet<Hash>();
        for (Node node : live) {
            node.item()
                    .content()
                    .filter(content -> content.sizeBytes() > 0)
                    .ifPresent(
                            content -> blocks.addAll(server.chronicle().blocks(content).keySet()));
        }
        return new Resting.Facts(
                live.size(),
                live.stream().filter(node -> node.item().isDirectory()).count(),
                blocks.size(),
                server.devices(),
                server.chronicle().epochs(),
                0,
                0,
                0);
    }

    private static void atMost(List<String> left, String what, long count, long most) {
        if (count > most) {
            left.add(count + " " + what);
        }
    }
}
