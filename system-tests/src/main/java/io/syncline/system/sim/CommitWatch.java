package io.syncline.system.sim;

import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Version;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** Looks at each commit that the server answers: whether what it says was done may have been. */
final class CommitWatch {
    /** How long a delete counts (R28). */
    private static final Duration BRAKE_WINDOW = Duration.ofMinutes(10);

    /** Less than the time for which the server keeps its answers (R9). */
    private static final Duration ANSWERS_KEPT = Duration.ofDays(29);

    /** More than any world has. */
    private static final int NODES_MAX = 10_000;

    /** Clients and server count nodes at other moments: more than any client's share. */
    private static final int BRAKE_PERCENT = 60;

    /** What the name of a conflict copy has, and the original's hasn't. */
    private static final Pattern CONFLICT = Pattern.compile(" \\(conflict[^()]*\\)");

    private final InstantSource clock;
    private final int brakeNodes;

    /** When which device deleted something of late. */
    private final Map<String, Deque<Instant>> deletes = new HashMap<>();

    /** The devices whose people were asked. */
    private final Set<String> asked = new HashSet<>();

    /** The devices whose disks keep no executable bit. */
    private final Set<String> bitless = new HashSet<>();

    /** The devices at which nobody does anything. */
    private final Set<String> followers = new HashSet<>();

    /** What each commit was answered first. */
    private final Map<CommitId, byte[]> answers = new HashMap<>();

    /** When that was. */
    private final Map<CommitId, Instant> answeredAt = new HashMap<>();

    /** What each commit said when it was answered first. */
    private final Map<CommitId, Commit> commits = new HashMap<>();

    /**
     * @param brakeNodes deletes that clients don't ask about
     */
    CommitWatch(InstantSource clock, int brakeNodes) {
        this.clock = clock;
        this.brakeNodes = brakeNodes;
    }

    /** The person at that device was asked and has answered. */
    void answered(Secret token) {
        asked.add("Bearer " + token.value());
    }

    /** That device's disk keeps no executable bit. */
    void keepsNoBit(Secret token) {
        bitless.add("Bearer " + token.value());
    }

    /** At that device nobody does anything. */
    void follows(Secret token) {
        followers.add("Bearer " + token.value());
    }

    /**
     * A commit was answered with 200.
     *
     * @param store what the server has stored
     * @return whether it wasn't answered before
     * @throws Violation L5 where a node was changed or deleted in another version than its sender
     *     had seen; L8 where a repeat has another answer than the first; R9 where it isn't a
     *     repeat, but has its id; R12 where a client gave a node its conflict copy's name;
     *     "follows" where a device changes something at which nobody does anything; R23 where a
     *     device changes a bit that its disk doesn't keep; R28 where a device deletes most of the
     *     project and asks nobody; "tree" where the live nodes are none
     */
    boolean committed(Envelope request, byte[] reply, MetadataStore store, Project project) {
        Commit commit = WireJson.COMMIT.fromBytes(request.body(Limits.JSON_BODY_BYTES_MAX));
        Instant now = clock.instant();
        if (answeredAt.getOrDefault(commit.id(), now).plus(ANSWERS_KEPT).isBefore(now)) {
            answers.remove(commit.id());
            commits.remove(commit.id());
            answeredAt.remove(commit.id());
        }
        answeredAt.putIfAbsent(commit.id(), now);
        byte[] first = answers.putIfAbsent(commit.id(), reply);
        if (first != null) {
            if (!Arrays.equals(first, reply)) {
                throw new Violation("L8", "commit " + commit.id() + " was answered differently");
            }
            if (!commits.getOrDefault(commit.id(), commit).equals(commit)) {
                throw new Violation("R9", "commit " + commit.id() + " is another one's repeat");
            }
            return false;
        }
        commits.put(commit.id(), commit);
        checkTree(store, project.key());
        CommitAnswer answer = WireJson.COMMIT_ANSWER.fromBytes(reply);
        for (int i = 0; i < answer.results().size(); i++) {
            if (answer.results().get(i) instanceof ChangeResult.Applied(Node node)) {
                Change change = commit.changes().get(i);
                String device = request.header("Authorization").orElseThrow();
                expected(change)
                        .ifPresent(seen -> {
                            Node before = check(change.id(), seen, node, store, project.key());
                            checkBit(device, before, node);
                            checkFollows(device, before, node);
                            checkWinner(before, node, store, project.key());
                        });
                if (change instanceof Change.Delete) {
                    deleted(device, project);
                }
            }
        }
        return true;
    }

    /** Each live node is in a live directory, and below the root; no two have one place. */
    private static void checkTree(MetadataStore store, ProjectKey project) {
        var live = new HashMap<NodeId, Node>();
        for (Node node : store.read(read -> read.nodes(project).changes(0, NODES_MAX))) {
            if (!node.deleted()) {
                live.put(node.id(), node);
            }
        }
        var places = new HashSet<Place>();
        for (Node node : live.values()) {
            if (!places.add(node.place())) {
                throw new Violation("tree", "two nodes are at " + node.place());
            }
            int depth = 0;
            for (NodeId up = node.place().parent(); !up.isRoot(); depth++) {
                Node parent = live.get(up);
                if (parent == null || !parent.item().isDirectory() || depth > live.size()) {
                    throw new Violation("tree", "node " + node.id() + " is below no directory");
                }
                up = parent.place().parent();
            }
        }
    }

    private void deleted(String device, Project project) {
        Deque<Instant> recent = deletes.computeIfAbsent(device, _ -> new ArrayDeque<>());
        Instant now = clock.instant();
        recent.addLast(now);
        while (recent.getFirst().isBefore(now.minus(BRAKE_WINDOW))) {
            recent.removeFirst();
        }
        long nodes = project.nodes() + recent.size();
        if (recent.size() > brakeNodes
                && recent.size() * 100L > nodes * BRAKE_PERCENT
                && !asked.contains(device)) {
            throw new Violation("R28", recent.size() + " of " + nodes + " nodes deleted unasked");
        }
    }

    private static OptionalLong expected(Change change) {
        return switch (change) {
            case Change.Create _, Change.Check _ -> OptionalLong.empty();
            case Change.Update update -> OptionalLong.of(update.expected());
            case Change.Delete delete -> OptionalLong.of(delete.expected());
        };
    }

    /** R23: what a disk doesn't keep isn't changed there. */
    private void checkBit(String device, Node before, Node now) {
        if (bitless.contains(device) && before.item().executable() != now.item().executable()) {
            throw new Violation(
                    "R23",
                    "a disk without executable bits changed that of " + before + " to " + now);
        }
    }

    /**
     * Where nobody does anything, nothing is changed. (What was new there when a process ended may
     * become a conflict copy: known-faults.md.)
     */
    private void checkFollows(String device, Node before, Node now) {
        if (followers.contains(device)) {
            throw new Violation("follows", "nobody changed " + before + " to " + now);
        }
    }

    /**
     * R12: what keeps its name in a conflict doesn't get the conflict copy's name, which nobody had
     * before, and leaves its own to nobody.
     */
    private static void checkWinner(
            Node before, Node now, MetadataStore store, ProjectKey project) {
        String original = CONFLICT.matcher(now.place().name().value()).replaceFirst("");
        Place own = before.place();
        if (now.place().equals(own)
                || !now.place().parent().equals(own.parent())
                || !original.equals(own.name().value())) {
            return;
        }
        boolean known =
                store.read(read -> read.nodes(project).history(Long.MAX_VALUE, NODES_MAX)).stream()
                        .map(Version::node)
                        .anyMatch(node ->
                                !node.id().equals(now.id())
                                        && (node.place().equals(now.place())
                                                || (node.place().equals(own) && !node.deleted())));
        if (!known) {
            throw new Violation("R12", before + " was moved to its conflict copy's name: " + now);
        }
    }

    private static Node check(
            NodeId id, long seen, Node now, MetadataStore store, ProjectKey project) {
        List<Version> before =
                store.read(read -> read.nodes(project).history(id, now.sequence(), 1));
        if (before.isEmpty() || before.getFirst().node().sequence() != seen) {
            throw new Violation(
                    "L5",
                    "node "
                            + id
                            + " was changed from "
                            + (before.isEmpty() ? "nothing" : before.getFirst().node().sequence())
                            + ", of which the sender had seen "
                            + seen);
        }
        return before.getFirst().node();
    }

    /** The server was taken back: what it answered since may never have been. */
    void forget() {
        answers.clear();
        answeredAt.clear();
        commits.clear();
    }
}
