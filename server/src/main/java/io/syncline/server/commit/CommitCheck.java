package io.syncline.server.commit;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangeResult.Applied;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.ChangeResult.Refused;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.Limits;
import io.syncline.server.quota.Room;
import io.syncline.storage.metadata.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a commit comes to: a function from the commit and the loaded state to the outcome.
 *
 * <p>Each change is first <em>tried</em> (does the node exist in the expected version, does the
 * change contradict itself?), put on top of the tree, and then <em>judged</em> in that tree (is the
 * parent a live directory, the name free, no cycle, the directory empty, the content stored?). The
 * two modes differ only in when: change by change, a refused one being taken off again; or, for an
 * atomic commit, all of them on the final state, so that names may be swapped or rotated (R20).
 */
final class CommitCheck {
    /** A data block, and so a content of level 0, has at most this many bytes. */
    private static final int DATA_BLOCK_BYTES_MAX = 256 << 10;

    private final Commit commit;
    private final CommitState state;
    private final Room room;
    private final DeviceId device;
    private final Instant time;
    private final TreeOverlay tree;
    private final Map<NodeId, NodeId> created = new HashMap<>();
    private final Set<NodeId> named = new HashSet<>();
    private long sequence;

    /** What the changes applied so far add; less than 0 where they take away. */
    private Room added = new Room(0, 0);

    /** What trying a change came to. */
    private sealed interface Attempt {}

    /** A change that may be applied: the node before it, if any, and after it. */
    private record Tried(Change change, @Nullable Node before, Node after) implements Attempt {}

    /** One that can't be. */
    private record Failed(Refused refused) implements Attempt {}

    private CommitCheck(
            Commit commit, CommitState state, Room room, DeviceId device, Instant time) {
        this.commit = commit;
        this.state = state;
        this.room = room;
        this.device = device;
        this.time = time;
        this.tree = new TreeOverlay(state);
        this.sequence = state.head();
    }

    /**
     * What the commit comes to when this device sends it now.
     *
     * @param room what it may add at most
     */
    static CommitOutcome check(
            Commit commit, CommitState state, Room room, DeviceId device, Instant time) {
        CommitCheck check = new CommitCheck(commit, state, room, device, time);
        return commit.atomic() ? check.atomic() : check.oneByOne();
    }

    private CommitOutcome oneByOne() {
        List<ChangeResult> results = new ArrayList<>();
        List<Tried> applied = new ArrayList<>();
        for (Change change : commit.changes()) {
            switch (attempt(change)) {
                case Failed(Refused refused) -> results.add(refused);
                case Tried tried -> {
                    Optional<Refused> refused = or(judge(tried), () -> judgeRoom(tried));
                    if (refused.isPresent()) {
                        takeOff(tried);
                        results.add(refused.get());
                    } else {
                        results.add(new Applied(tried.after()));
                        applied.add(tried);
                        added = added.plus(growth(tried));
                    }
                }
            }
        }
        return outcome(results, applied);
    }

    private CommitOutcome atomic() {
        List<Attempt> attempts = new ArrayList<>();
        for (Change change : commit.changes()) {
            attempts.add(attempt(change));
        }
        List<ChangeResult> results = new ArrayList<>();
        List<Tried> applied = new ArrayList<>();
        boolean refused = false;
        for (Attempt attempt : attempts) {
            if (attempt instanceof Tried tried) {
                added = added.plus(growth(tried));
            }
        }
        for (Attempt attempt : attempts) {
            switch (attempt) {
                case Failed(Refused reason) -> {
                    refused = true;
                    results.add(reason);
                }
                case Tried tried -> {
                    Optional<Refused> judged = or(judge(tried), () -> judgeSum(tried));
                    refused |= judged.isPresent();
                    results.add(judged.isPresent() ? judged.get() : new Applied(tried.after()));
                    applied.add(tried);
                }
            }
        }
        if (!refused) {
            return outcome(results, applied);
        }
        Set<NodeId> earlier = new HashSet<>();
        for (int i = 0; i < results.size(); i++) {
            Change change = commit.changes().get(i);
            if (results.get(i) instanceof Applied
                    || (results.get(i) instanceof Refused r && isConsequence(change, r, earlier))) {
                results.set(i, refused(Reason.ABORTED, change.id(), null));
            }
            earlier.add(change.id());
        }
        return new CommitOutcome(
                results, List.of(), state.head(), state.digest(), state.nodes(), 0);
    }

    /**
     * Whether a change was refused only because the creation of its parent, earlier in the commit,
     * was. A parent that comes later, or is the node itself, is a fault of its own: somebody must
     * be told one.
     */
    private static boolean isConsequence(Change change, Refused refused, Set<NodeId> earlier) {
        return refused.reason() == Reason.PARENT_GONE
                && parentOf(change)
                        .filter(NodeId::isLocalOnly)
                        .filter(earlier::contains)
                        .isPresent();
    }

    private static Optional<NodeId> parentOf(Change change) {
        return switch (change) {
            case Change.Create create -> Optional.of(create.place().parent());
            case Change.Update update -> update.place().map(Place::parent);
            case Change.Delete _, Change.Check _ -> Optional.empty();
        };
    }

    // ---- Trying: what can be said without looking at other nodes.

    /** Tries a change; afterwards a tried one is on top of the tree. */
    private Attempt attempt(Change change) {
        if (change.id().isRoot() || !named.add(change.id())) {
            return failed(Reason.INVALID, change.id());
        }
        Attempt attempt =
                switch (change) {
                    case Change.Create create -> create(create);
                    case Change.Update update -> update(update);
                    case Change.Delete delete -> delete(delete);
                    case Change.Check check -> check(check);
                };
        if (attempt instanceof Tried tried && !(change instanceof Change.Check)) {
            tree.apply(tried.after());
        }
        return attempt;
    }

    private void takeOff(Tried tried) {
        if (tried.change() instanceof Change.Check) {
            return;
        }
        tree.undo(tried.after());
        created.remove(tried.change().id());
        sequence--;
    }

    private Attempt create(Change.Create create) {
        if (!create.id().isLocalOnly() || isImpossible(create.item())) {
            return failed(Reason.INVALID, create.id());
        }
        Optional<Place> place = resolve(create.place());
        if (place.isEmpty()) {
            return failed(Reason.PARENT_GONE, create.id());
        }
        NodeId id = new NodeId(++sequence);
        created.put(create.id(), id);
        return new Tried(
                create, null, new Node(id, place.get(), create.item(), sequence, false, device));
    }

    private Attempt update(Change.Update update) {
        Node before = state.known().get(update.id());
        if (before == null || isStale(before, update.expected())) {
            return failed(Reason.STALE, update.id());
        }
        Item item = update.item().orElse(before.item());
        boolean contradicts =
                (update.place().isEmpty() && update.item().isEmpty())
                        || !item.kind().equals(before.item().kind())
                        || isImpossible(item);
        if (contradicts) {
            return failed(Reason.INVALID, update.id());
        }
        Place place = before.place();
        if (update.place().isPresent()) {
            Optional<Place> wanted = resolve(update.place().get());
            if (wanted.isEmpty()) {
                return failed(Reason.PARENT_GONE, update.id());
            }
            place = wanted.get();
        }
        return new Tried(
                update, before, new Node(before.id(), place, item, ++sequence, false, device));
    }

    private Attempt delete(Change.Delete delete) {
        Node before = state.known().get(delete.id());
        if (before == null || isStale(before, delete.expected())) {
            return failed(Reason.STALE, delete.id());
        }
        return new Tried(
                delete,
                before,
                new Node(before.id(), before.place(), before.item(), ++sequence, true, device));
    }

    private Attempt check(Change.Check check) {
        Node before = state.known().get(check.id());
        return before == null || isStale(before, check.expected())
                ? failed(Reason.STALE, check.id())
                : new Tried(check, before, before);
    }

    private static boolean isStale(Node node, long expected) {
        return node.deleted() || node.sequence() != expected;
    }

    /** With the parent's id as the server knows it; empty for one that this commit didn't make. */
    private Optional<Place> resolve(Place place) {
        if (!place.parent().isLocalOnly()) {
            return Optional.of(place);
        }
        return Optional.ofNullable(created.get(place.parent()))
                .map(parent -> new Place(parent, place.name()));
    }

    /** Items that no file system could hold and no reader could read. */
    private static boolean isImpossible(Item item) {
        if (item.content().isEmpty()) {
            return false;
        }
        Content content = item.content().get();
        boolean link = item.kind().equals(Kind.SYMLINK);
        return (content.level() == 0 && content.sizeBytes() > DATA_BLOCK_BYTES_MAX)
                || (link && (content.level() > 0 || content.isEmpty()));
    }

    // ---- Judging: the change is on top of the tree.

    private Optional<Refused> judge(Tried tried) {
        return switch (tried.change()) {
            case Change.Create _ -> or(judgePlace(tried), () -> judgeContent(tried));
            case Change.Update update ->
                    or(
                            update.place().isPresent() ? judgePlace(tried) : Optional.empty(),
                            () -> judgeContent(tried));
            case Change.Delete delete ->
                    tree.liveChild(delete.id())
                            .map(child -> refused(Reason.NOT_EMPTY, delete.id(), child));
            case Change.Check _ -> Optional.empty();
        };
    }

    private static Optional<Refused> or(
            Optional<Refused> first, Supplier<Optional<Refused>> second) {
        return first.isPresent() ? first : second.get();
    }

    private Optional<Refused> judgePlace(Tried tried) {
        Node node = tried.after();
        NodeId id = tried.change().id();
        NodeId parentId = node.place().parent();
        if (!parentId.isRoot()) {
            Node parent = tree.node(parentId);
            if (parent == null || parent.deleted() || !parent.item().isDirectory()) {
                return Optional.of(refused(Reason.PARENT_GONE, id, parent));
            }
        }
        int depth = 1;
        NodeId above = parentId;
        while (!above.isRoot()) {
            if (above.equals(node.id())) {
                return Optional.of(refused(Reason.CYCLE, id, null));
            }
            Node ancestor = tree.node(above);
            if (++depth > Limits.TREE_DEPTH_MAX) {
                return isAboveItself(above)
                        ? Optional.empty()
                        : Optional.of(refused(Reason.TOO_LARGE, id, null));
            }
            if (ancestor == null) {
                // Below a directory of this very commit whose own parent was never there.
                return Optional.of(refused(Reason.PARENT_GONE, id, null));
            }
            above = ancestor.place().parent();
        }
        boolean arrives =
                tried.before() == null || !tried.before().place().parent().equals(parentId);
        if (arrives && state.full().contains(parentId)) {
            return Optional.of(refused(Reason.TOO_LARGE, id, null));
        }
        return tree.rival(node).map(rival -> refused(Reason.NAME_TAKEN, id, rival));
    }

    /**
     * Whether a directory, or one above it, is above itself: so the moves of an atomic commit left
     * it, and they are told so. What is below seems to be deep, but isn't at fault.
     */
    private boolean isAboveItself(NodeId directory) {
        Set<NodeId> seen = new HashSet<>();
        for (NodeId at = directory; !at.isRoot(); ) {
            Node node = tree.node(at);
            if (node == null) {
                return false;
            }
            if (!seen.add(at)) {
                return true;
            }
            at = node.place().parent();
        }
        return false;
    }

    private Optional<Refused> judgeContent(Tried tried) {
        Optional<Content> content = tried.after().item().content();
        boolean same = tried.before() != null && tried.before().item().content().equals(content);
        if (content.isEmpty() || content.get().isEmpty() || same) {
            return Optional.empty();
        }
        CommitState.TopBlock block = state.blocks().get(content.get().hash());
        // Sent by somebody else in between: for this commit it wasn't there yet, and a repeat under
        // another id will find it.
        boolean unseen =
                block != null
                        && block.level() == content.get().level()
                        && block.contentBytes() == CommitState.UNSEEN;
        if (block == null || unseen) {
            return Optional.of(
                    new Refused(
                            Reason.MISSING_BLOCKS,
                            current(tried.change().id()),
                            Optional.empty(),
                            List.of(content.get().hash())));
        }
        boolean contradicts =
                block.level() != content.get().level()
                        || block.contentBytes() != content.get().sizeBytes();
        return contradicts
                ? Optional.of(refused(Reason.INVALID, tried.change().id(), null))
                : Optional.empty();
    }

    /** Refuses a change that grows the project beyond its room, after those applied before it. */
    private Optional<Refused> judgeRoom(Tried tried) {
        return judgeRoom(tried, added.plus(growth(tried)));
    }

    /** Refuses what grows in an atomic commit that as a whole grows beyond the room. */
    private Optional<Refused> judgeSum(Tried tried) {
        return judgeRoom(tried, added);
    }

    private Optional<Refused> judgeRoom(Tried tried, Room sum) {
        Room growth = growth(tried);
        boolean over =
                (growth.contentBytes() > 0
                                && sum.contentBytes() > 0
                                && sum.contentBytes() > room.contentBytes())
                        || (growth.nodes() > 0 && sum.nodes() > 0 && sum.nodes() > room.nodes());
        return over
                ? Optional.of(refused(Reason.QUOTA, tried.change().id(), null))
                : Optional.empty();
    }

    /** What a change adds to the live nodes. */
    private static Room growth(Tried tried) {
        if (tried.change() instanceof Change.Check) {
            return new Room(0, 0);
        }
        Node before = tried.before();
        long bytesBefore = before == null ? 0 : contentBytes(before);
        return new Room(
                contentBytes(tried.after()) - bytesBefore,
                (tried.after().deleted() ? 0 : 1) - (before == null ? 0 : 1));
    }

    private static long contentBytes(Node node) {
        return node.deleted() ? 0 : node.item().content().map(Content::sizeBytes).orElse(0L);
    }

    // ---- Answers.

    private Attempt failed(Reason reason, NodeId id) {
        return new Failed(refused(reason, id, null));
    }

    private Refused refused(Reason reason, NodeId id, @Nullable Node rival) {
        // An atomic commit that fails must not tell of nodes that it would have made.
        Optional<Node> told =
                Optional.ofNullable(rival)
                        .flatMap(node -> commit.atomic() ? before(node.id()) : Optional.of(node));
        return new Refused(reason, current(id), told, List.of());
    }

    private Optional<Node> current(NodeId id) {
        return Optional.ofNullable(state.known().get(id));
    }

    private Optional<Node> before(NodeId id) {
        Optional<Node> known = current(id);
        if (known.isPresent()) {
            return known;
        }
        return Stream.concat(
                        state.holders().values().stream(),
                        Stream.concat(
                                state.children().values().stream().flatMap(List::stream),
                                state.keyHolders().values().stream().flatMap(List::stream)))
                .filter(node -> node.id().equals(id))
                .findFirst();
    }

    private CommitOutcome outcome(List<ChangeResult> results, List<Tried> applied) {
        List<Version> versions = new ArrayList<>();
        TreeDigest digest = state.digest();
        long nodes = state.nodes();
        for (Tried tried : applied) {
            Node after = tried.after();
            Node before = tried.before();
            switch (tried.change()) {
                case Change.Create create -> {
                    digest = digest.plus(after);
                    nodes++;
                    versions.add(version(after, Version.Action.CREATE, origin(create)));
                }
                case Change.Update update -> {
                    digest = digest.replace(Objects.requireNonNull(before), after);
                    versions.add(
                            version(
                                    after,
                                    update.item().isPresent()
                                            ? Version.Action.UPDATE
                                            : Version.Action.MOVE,
                                    Optional.empty()));
                }
                case Change.Delete _ -> {
                    digest = digest.replace(Objects.requireNonNull(before), after);
                    nodes--;
                    versions.add(version(after, Version.Action.DELETE, Optional.empty()));
                }
                case Change.Check _ -> {}
            }
        }
        return new CommitOutcome(results, versions, sequence, digest, nodes, added.contentBytes());
    }

    /** The re-created node (R34), where this project ever knew it. */
    private Optional<NodeId> origin(Change.Create create) {
        return create.origin().filter(state.known()::containsKey);
    }

    private Version version(Node node, Version.Action action, Optional<NodeId> origin) {
        Optional<String> key =
                state.portableNames()
                        ? Optional.of(NameKey.of(node.place().name()))
                        : Optional.empty();
        return new Version(node, action, origin, key, time);
    }
}
