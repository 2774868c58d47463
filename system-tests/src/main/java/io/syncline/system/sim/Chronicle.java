package io.syncline.system.sim;

import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Collecting;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Version;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The history that the server really had, written down after each of its transactions by somebody
 * who believes nothing that it says, and compared with all that it answers and with all that
 * devices claim. Knows nothing of how the server does what it does.
 */
final class Chronicle {
    /** More than any world has. */
    private static final int ROWS_MAX = 100_000;

    private static final int KEPT_PAGES_MAX = 10_000;

    /** Less than the pause after which an upload is over (R26). */
    private static final Duration SENDING_PAUSE = Duration.ofHours(23);

    /** Less than the longest time that an upload may take (R26). */
    private static final Duration SENDING_MAX = Duration.ofDays(29);

    /** Less than the time after which a reader that isn't seen doesn't count any more (R16). */
    private static final Duration LIVE = Duration.ofDays(89);

    private final InstantSource clock;
    private final BlockStore blocks;

    /** A block is never judged before it is that old (R26). */
    private final Duration grace;

    /** What the server's history is, by sequence. */
    private final NavigableMap<Long, Point> line = new TreeMap<>();

    /** The same when the last backup was made. */
    private final NavigableMap<Long, Point> backedUp = new TreeMap<>();

    /** All that was ever the state at a cursor, in this history or in one that was lost. */
    private final Map<Cursor, Set<TreeDigest>> ever = new HashMap<>();

    /** What readers hold that are in the middle of the feed. */
    private final Map<Reading, Map<NodeId, Node>> readings = new HashMap<>();

    private final Set<Hash> condemned = new HashSet<>();

    /** What the requests of clients of somebody else's making are known by. */
    private final Set<String> strangers = new HashSet<>();

    /** Since when each device sends blocks, and when it last did. */
    private final Map<String, Sending> sending = new HashMap<>();

    /** How far each reader has said that it had received; 0: it began to read. */
    private final Map<String, Long> received = new HashMap<>();

    /** How far each reader was led that began at nothing; a request of before may come later. */
    private final Map<String, Set<Long>> led = new HashMap<>();

    /** When each reader was answered last. */
    private final Map<String, Instant> seen = new HashMap<>();

    /** The same of each replica. */
    private final Map<ReplicaId, Long> replicas = new HashMap<>();

    /** When each version was made. */
    private final NavigableMap<Long, Instant> made = new TreeMap<>();

    /** The highest sequence of each epoch, in whatever history. */
    private final Map<Epoch, Long> highest = new HashMap<>();

    /** The state after a transaction that moved the head. */
    private record Point(Cursor cursor, TreeDigest digest, Map<NodeId, Node> live) {}

    private record Sending(Instant since, Instant last) {}

    /** A node's content in one of its versions, in this history or in one that was lost. */
    record Held(NodeId node, long sequence, Content content) {}

    private final Set<Held> held = new LinkedHashSet<>();

    /** All blocks of each content, and how often each is in it. */
    private final Map<Content, Map<Hash, Integer>> contents = new HashMap<>();

    /** A reader by what it is known by, and how far it has read. */
    private record Reading(String reader, long to) {}

    /**
     * @param blocks where frames are, to be read without letting anybody go first
     * @param grace how long the server's collector lets blocks be
     */
    Chronicle(InstantSource clock, BlockStore blocks, Duration grace) {
        this.clock = clock;
        this.blocks = blocks;
        this.grace = grace;
    }

    /** Who is known by this token claims what it likes. */
    void isStranger(Secret token) {
        strangers.add("Bearer " + token.value());
    }

    // What happens to the server.

    /** The server's rows were remembered. */
    void backUp() {
        backedUp.clear();
        backedUp.putAll(line);
    }

    /** The server has the rows that were remembered. */
    void goBack() {
        line.clear();
        line.putAll(backedUp);
        readings.clear();
        condemned.clear();
        // What was said since then isn't known any more.
        sending.clear();
        received.clear();
        replicas.clear();
        made.tailMap(line.lastKey(), false).clear();
    }

    // Transactions.

    /**
     * A transaction is over.
     *
     * @throws Violation L1 where it left a gap, or another digest than that of its nodes; L3 where
     *     what it names isn't stored; R3 where a new epoch uses again what the one before it had
     *     used, be it in a history that was lost
     */
    void wrote(ReadTransaction read, Project project) {
        Cursor now = new Cursor(project.epoch(), project.head());
        Point last = line.isEmpty() ? null : line.lastEntry().getValue();
        if (last != null && last.cursor().equals(now)) {
            return;
        }
        if (last == null) {
            add(new Point(now, project.digest(), Map.of()));
        } else if (!last.cursor().epoch().equals(now.epoch())) {
            long used = highest.getOrDefault(last.cursor().epoch(), 0L);
            if (now.sequence() < used) {
                throw new Violation(
                        "R3",
                        "an epoch begins at "
                                + now.sequence()
                                + ", and the one before had "
                                + used);
            }
            if (!isAnythingLost()) {
                throw new Violation("R2", "an epoch begins though nothing was lost");
            }
            add(new Point(now, last.digest(), last.live()));
        } else {
            add(after(last, read, project));
        }
    }

    /** Whether there was ever a state that the present history doesn't have. */
    private boolean isAnythingLost() {
        return ever.entrySet().stream()
                .anyMatch(entry ->
                        entry.getValue().stream()
                                .anyMatch(digest -> !isShared(entry.getKey(), digest)));
    }

    private boolean isShared(Cursor cursor, TreeDigest digest) {
        Point point = line.get(cursor.sequence());
        return point != null && point.cursor().equals(cursor) && point.digest().equals(digest);
    }

    /** Epochs in which something was written, in whatever history. */
    int epochs() {
        return highest.size();
    }

    private void add(Point point) {
        line.put(point.cursor().sequence(), point);
        ever.computeIfAbsent(point.cursor(), _ -> new HashSet<>()).add(point.digest());
        highest.merge(point.cursor().epoch(), point.cursor().sequence(), Math::max);
    }

    private Point after(Point last, ReadTransaction read, Project project) {
        int count = Math.toIntExact(project.head() - last.cursor().sequence());
        List<Version> versions = read.nodes(project.key()).history(Long.MAX_VALUE, count);
        var live = new HashMap<>(last.live());
        TreeDigest digest = last.digest();
        long sequence = last.cursor().sequence();
        for (Version version : versions.reversed()) {
            Node node = version.node();
            sequence++;
            if (node.sequence() != sequence) {
                throw new Violation("L1", "sequence " + sequence + " of " + project.head());
            }
            Node before = node.deleted() ? live.remove(node.id()) : live.put(node.id(), node);
            digest = before == null ? digest : digest.minus(before);
            digest = node.deleted() ? digest : digest.plus(node);
            made.put(sequence, clock.instant());
        }
        if (sequence != project.head() || !digest.equals(project.digest())) {
            throw new Violation(
                    "L1", "the digest at " + project.head() + " isn't that of the nodes");
        }
        for (Version version : versions) {
            if (!version.node().deleted()) {
                hold(read, project, version.node());
            }
        }
        return new Point(new Cursor(project.epoch(), project.head()), digest, Map.copyOf(live));
    }

    /** The contents that nodes ever had. */
    Set<Held> held() {
        return held;
    }

    /** All blocks of the content of a node, and how often each is in it; none of others. */
    Map<Hash, Integer> blocks(Content content) {
        return contents.getOrDefault(content, Map.of());
    }

    private void hold(ReadTransaction read, Project project, Node node) {
        Map<Hash, Integer> stored = checkStored(read, project, node);
        if (!stored.isEmpty()) {
            Content content = node.item().content().orElseThrow();
            held.add(new Held(node.id(), node.sequence(), content));
            contents.put(content, stored);
        }
    }

    /** L3: the whole tree of its content is stored, and isn't about to go. */
    private Map<Hash, Integer> checkStored(ReadTransaction read, Project project, Node node) {
        Map<Hash, Integer> found = new HashMap<>();
        Deque<Hash> open = new ArrayDeque<>();
        node.item().content().filter(c -> c.sizeBytes() > 0).ifPresent(c -> open.add(c.hash()));
        var decoder = new FrameDecoder();
        while (!open.isEmpty()) {
            Hash hash = open.remove();
            BlockRow row = read.blocks(project.key()).find(List.of(hash)).get(hash);
            if (row == null || row.condemned()) {
                throw new Violation(
                        "L3",
                        "block "
                                + hash
                                + " of node "
                                + node.id()
                                + " is "
                                + (row == null ? "missing" : "condemned"));
            }
            if (row.level() > 0) {
                var frame =
                        blocks.read(project.id(), List.of(new FrameRequest(hash, row.location())));
                TreeBlock.parse(decoder.decode(frame.getFirst()).bytes())
                        .entries()
                        .forEach(entry -> open.add(entry.hash()));
            }
            found.merge(hash, 1, Integer::sum);
        }
        return found;
    }

    /**
     * A transaction of the background is over.
     *
     * @throws Violation R26 where it condemned what may be on its way into a commit
     */
    void wroteBehind(ReadTransaction read, Project project) {
        wrote(read, project);
        Instant now = clock.instant();
        Optional<Instant> session =
                sending.values().stream()
                        .filter(one -> one.last().plus(SENDING_PAUSE).isAfter(now))
                        .map(Sending::since)
                        .min(Comparator.naturalOrder());
        for (Collecting.State block : states(read, project.key())) {
            if (block.condemned().isEmpty()) {
                condemned.remove(block.hash());
            } else if (condemned.add(block.hash())) {
                boolean young = block.arrived().plus(grace).isAfter(now);
                boolean sent =
                        session.filter(start -> !block.arrived().isBefore(start)).isPresent();
                if (young || sent) {
                    throw new Violation(
                            "R26",
                            "block "
                                    + block.hash()
                                    + " of "
                                    + block.arrived()
                                    + " was condemned at "
                                    + now
                                    + "; an upload goes on since "
                                    + session);
                }
            }
        }
    }

    private static List<Collecting.State> states(ReadTransaction read, ProjectKey project) {
        return read.collecting(project).page(Optional.empty(), ROWS_MAX);
    }

    /**
     * The background has done what it does now and then.
     *
     * @throws Violation L3 where the content of a live node, or one in history, isn't whole; L2
     *     where history lacks a version that is to be kept
     */
    void maintained(ReadTransaction read, Project project) {
        line.lastEntry()
                .getValue()
                .live()
                .values()
                .forEach(node -> checkStored(read, project, node));
        var kept = new HashSet<Long>();
        for (Version version : read.nodes(project.key()).history(Long.MAX_VALUE, ROWS_MAX)) {
            kept.add(version.node().sequence());
            checkStored(read, project, version.node());
        }
        Instant trimmed = clock.instant().minus(read.history(project.key()).retention());
        made.forEach((sequence, time) -> {
            if (time.isAfter(trimmed) && !kept.contains(sequence)) {
                throw new Violation("L2", "version " + sequence + " of " + time + " was forgotten");
            }
        });
    }

    // Requests.

    /**
     * A request has come.
     *
     * @throws Violation L1 where a device claims a state that the server never had
     */
    void asked(Envelope request) {
        boolean isOurs = !strangers.contains(request.header("Authorization").orElse(""));
        if (isOurs && request.path().endsWith("/checkpoint")) {
            Checkpoint claim =
                    WireJson.CHECKPOINT.fromBytes(request.body(Limits.JSON_BODY_BYTES_MAX));
            if (!wasEver(claim.received(), claim.digest())) {
                throw new Violation(
                        "L1", "a device says that it had another state at " + claim.received());
            }
        }
    }

    /** Whether that was ever the state at that cursor, in this history or in one that was lost. */
    boolean wasEver(Cursor cursor, TreeDigest digest) {
        return ever.getOrDefault(cursor, Set.of()).contains(digest);
    }

    /**
     * It was answered.
     *
     * @param project as it is by now
     * @throws Violation R2 where it showed another history and was served, or where an epoch goes
     *     on of which a lost part was shown; L1 where a page isn't what the server had; R15, R42
     *     where a checkpoint counts that is of another history or goes back; R16 where the floor
     *     passed a reader; R20 where half of an atomic commit was applied; "answer" where a node
     *     was told that wasn't so
     */
    void answered(Envelope request, Reply reply, Project project) {
        String reader = request.header("Authorization").orElseThrow();
        boolean done = reply.status() >= 200 && reply.status() < 300;
        boolean expired = reply.status() == ErrorCode.EXPIRED.httpStatus();
        Instant now = clock.instant();
        Instant before = seen.put(reader, now);
        if (before != null && before.plus(LIVE).isBefore(now)) {
            received.remove(reader);
        }
        if (request.path().endsWith("/changes")) {
            Optional<Proof> proof = request.query("proof").map(Proof::parse);
            long since = request.query("since").map(Long::parseLong).orElse(0L);
            if (done) {
                proof.ifPresent(this::checkShared);
                ChangesPage page = WireJson.CHANGES_PAGE.fromBytes(reply.body());
                page(reader, page);
                if (since == 0 && request.query("replica").isPresent()) {
                    received.putIfAbsent(reader, 0L);
                    led.put(reader, new HashSet<>());
                }
                led.getOrDefault(reader, new HashSet<>()).add(page.to());
            } else if (expired) {
                proof.ifPresent(shown -> checkLeft(shown, project));
                checkBelow(reader, since, reply);
            }
        } else if (request.path().endsWith("/commits")) {
            Commit commit = WireJson.COMMIT.fromBytes(request.body(Limits.JSON_BODY_BYTES_MAX));
            if (done) {
                committed(commit, WireJson.COMMIT_ANSWER.fromBytes(reply.body()));
            } else if (expired) {
                checkLeft(commit.base(), project);
            }
        } else if (request.path().endsWith("/checkpoint") && done) {
            checkpoint(
                    reader,
                    WireJson.CHECKPOINT.fromBytes(request.body(Limits.JSON_BODY_BYTES_MAX)));
        } else if (request.path().contains("/chunks/") && done) {
            sending.merge(
                    reader,
                    new Sending(now, now),
                    (was, is) ->
                            was.last().plus(SENDING_PAUSE).isAfter(now)
                                            && was.since().plus(SENDING_MAX).isAfter(now)
                                    ? new Sending(was.since(), now)
                                    : is);
        }
    }

    /** R16: the floor waits for who reads, so nobody who does is ever below it. */
    private void checkBelow(String reader, long since, Reply reply) {
        boolean reconcile =
                WireJson.PROBLEM
                        .fromBytes(reply.body())
                        .resync()
                        .filter(Resync.RECONCILE::equals)
                        .isPresent();
        Long said = received.get(reader);
        if (said == null || !reconcile || since < said) {
            return;
        }
        if (said > 0 || led.getOrDefault(reader, Set.of()).contains(since)) {
            throw new Violation("R16", "the floor is above " + since + ", said to be at " + said);
        }
    }

    private void checkpoint(String reader, Checkpoint claim) {
        Point point = line.get(claim.received().sequence());
        if (point == null || !point.digest().equals(claim.digest())) {
            throw new Violation("R15", "another history counts as received: " + claim);
        }
        Long before = replicas.put(claim.replica(), claim.received().sequence());
        if (before != null && before > claim.received().sequence()) {
            throw new Violation("R42", claim.replica() + " was at " + before + ", is at " + claim);
        }
        received.put(reader, claim.received().sequence());
    }

    private void checkShared(Proof proof) {
        if (!isShared(proof.cursor(), proof.digest())) {
            throw new Violation("R2", "who has seen " + proof + " goes on here");
        }
    }

    private void checkLeft(Proof proof, Project project) {
        Point point = line.get(proof.sequence());
        boolean lost =
                wasEver(proof.cursor(), proof.digest())
                        && proof.sequence() >= project.floor()
                        && (point == null || !point.digest().equals(proof.digest()));
        if (lost && proof.epoch().equals(project.epoch())) {
            throw new Violation("R2", "the epoch goes on though " + proof + " was lost");
        }
    }

    private void page(String reader, ChangesPage page) {
        Map<NodeId, Node> before = readings.get(new Reading(reader, page.from()));
        if (page.from() == 0) {
            before = Map.of();
        } else if (before == null && line.containsKey(page.from())) {
            before = line.get(page.from()).live();
        }
        if (before == null) {
            return;
        }
        var live = new HashMap<>(before);
        long last = page.from();
        for (Node node : page.changes()) {
            if (node.sequence() <= last || node.sequence() > page.to()) {
                throw new Violation("L1", "a page has " + node.sequence() + " after " + last);
            }
            last = node.sequence();
            if (node.deleted()) {
                live.remove(node.id());
            } else {
                live.put(node.id(), node);
            }
        }
        if (page.more()) {
            if (readings.size() < KEPT_PAGES_MAX) {
                readings.put(new Reading(reader, page.to()), live);
            }
            return;
        }
        Point point = line.get(page.to());
        if (point == null
                || !point.cursor().equals(page.proof().cursor())
                || !point.digest().equals(page.proof().digest())
                || !point.live().equals(live)) {
            throw new Violation(
                    "L1",
                    "who reads from "
                            + page.from()
                            + " to "
                            + page.to()
                            + " holds "
                            + live.values()
                            + "\n  instead of "
                            + (point == null ? "nothing" : point.live().values()));
        }
    }

    private void committed(Commit commit, CommitAnswer answer) {
        Point point = line.get(answer.head());
        if (point == null || !point.digest().equals(answer.proof().digest())) {
            throw new Violation(
                    "answer",
                    "a commit on "
                            + commit.base()
                            + " led to "
                            + answer.proof()
                            + ", of a history with "
                            + line.values().stream()
                                    .map(one -> one.cursor() + " " + one.digest())
                                    .toList());
        }
        long applied =
                answer.results().stream().filter(ChangeResult.Applied.class::isInstance).count();
        if (commit.atomic() && applied != 0 && applied != commit.changes().size()) {
            throw new Violation("R20", applied + " changes of an atomic commit were applied");
        }
        for (ChangeResult result : answer.results()) {
            switch (result) {
                case ChangeResult.Applied(Node node) -> checkTold(node, point);
                case ChangeResult.Refused refused ->
                        refused.current().ifPresent(node -> checkTold(node, point));
            }
        }
    }

    /**
     * A commit was carried out, that wasn't answered before.
     *
     * @throws Violation R2 where it was planned on another history
     */
    void checkBase(Envelope request) {
        checkShared(WireJson.COMMIT.fromBytes(request.body(Limits.JSON_BODY_BYTES_MAX)).base());
    }

    private static void checkTold(Node node, Point point) {
        if (!Objects.equals(node.deleted() ? null : node, point.live().get(node.id()))) {
            throw new Violation(
                    "answer", "told of " + node + ", which was " + point.live().get(node.id()));
        }
    }
}
