package io.syncline.server.history;

import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.RestoreRequest.Wish;
import io.syncline.core.wire.Restored.Outcome;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Works out the changes that put nodes back, one node after another, in one snapshot of the
 * database. What it plans is checked again when it is committed: each change names the version that
 * it was planned against.
 *
 * <p>Something deleted is re-created as a new node whose {@code origin} is the deleted one, and so
 * are its deleted directories (R34); where somebody else has re-created it, that node is meant from
 * then on. Where the name is taken, a directory merges with a directory, equal files are one, and
 * anything else comes back under another name beside the present one. For one thread.
 */
final class RestorePlan {
    private static final int NAMES_MAX = 100;

    private final Nodes nodes;
    private final History history;
    private final Paths paths;
    private final List<Change> changes = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    /** What stands for a deleted directory: a directory that this plan makes, or merges with. */
    private final Map<NodeId, NodeId> standIns = new HashMap<>();

    private final Map<Place, NodeId> claimed = new HashMap<>();

    /** Nodes whose present place this plan frees. */
    private final Set<NodeId> leaving = new HashSet<>();

    private final Set<NodeId> handled = new HashSet<>();
    private long nextLocal = -1;

    /**
     * What is to become of one node.
     *
     * @param change the index of the change that does it; −1 for none
     */
    record Step(NodeId id, String path, Outcome outcome, int change, Optional<Reason> reason) {}

    /** How a node is to be. */
    record State(Place place, Item item) {}

    /** What knows more of a rewind: called where another node is in the way of one's old place. */
    interface Ways {
        /** Plans the node as well, if it is to leave its place. */
        void clear(Node holder);

        /** How a deleted directory is to be, if the rewind says anything of it. */
        Optional<State> wanted(NodeId directory);
    }

    /** For single versions: nothing else is touched. */
    static final Ways ALONE =
            new Ways() {
                @Override
                public void clear(Node holder) {}

                @Override
                public Optional<State> wanted(NodeId directory) {
                    return Optional.empty();
                }
            };

    RestorePlan(Nodes nodes, History history) {
        this.nodes = nodes;
        this.history = history;
        this.paths = new Paths(nodes, history);
    }

    List<Change> changes() {
        return List.copyOf(changes);
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }

    /** Whether this many more changes wouldn't fit the commit. */
    boolean isFull(int more) {
        return changes.size() + more > Limits.COMMIT_CHANGES_MAX;
    }

    /**
     * Drops what doesn't fit the commit: the end, so that every directory that is left is made
     * before what is in it. False where all fits.
     */
    boolean truncate() {
        if (changes.size() <= Limits.COMMIT_CHANGES_MAX) {
            return false;
        }
        changes.subList(Limits.COMMIT_CHANGES_MAX, changes.size()).clear();
        steps.removeIf(step -> step.change() >= changes.size());
        return true;
    }

    /** Whether the node was planned; from then on it counts as planned. */
    boolean isNew(NodeId id) {
        return handled.add(id);
    }

    // ---- Single versions.

    void wish(Wish wish) {
        Optional<Version> version =
                history.at(wish.sequence()).filter(v -> v.node().id().equals(wish.node()));
        if (version.isEmpty()) {
            say(wish.node(), "", Outcome.EXPIRED);
            return;
        }
        Node old = version.get().node();
        if (wish.copy().isPresent()) {
            create(old.id(), wish.copy().get(), old.item(), Optional.empty());
            return;
        }
        Optional<Node> live = live(old.id());
        if (live.isPresent() && live.get().item().kind().equals(old.item().kind())) {
            Node now = live.get();
            if (now.item().equals(old.item())) {
                say(old.id(), paths.of(now.place()), Outcome.SAME);
            } else {
                update(old.id(), now, Optional.empty(), Optional.of(old.item()));
            }
            return;
        }
        recreate(old.id(), new State(old.place(), old.item()), ALONE);
    }

    // ---- Building blocks.

    /** The node itself, or the newest that re-creates it, if it is there and stays there. */
    Optional<Node> live(NodeId id) {
        NodeId at = id;
        for (int i = 0; i < HistoryRoutes.ORIGINS_MAX; i++) {
            Optional<Node> node = nodes.find(at);
            if (node.isPresent() && !node.get().deleted()) {
                return node.filter(found -> !doomed.contains(found.id()));
            }
            Optional<NodeId> next = Optional.ofNullable(history.recreated(Set.of(at)).get(at));
            if (next.isEmpty()) {
                return Optional.empty();
            }
            at = next.get();
        }
        return Optional.empty();
    }

    private final Set<NodeId> doomed = new HashSet<>();

    void say(NodeId id, String path, Outcome outcome) {
        steps.add(new Step(id, path, outcome, -1, Optional.empty()));
    }

    void say(Node node, Outcome outcome) {
        say(node.id(), paths.of(node.place()), outcome);
    }

    void refuse(Node node, Reason reason) {
        steps.add(
                new Step(
                        node.id(),
                        paths.of(node.place()),
                        Outcome.REFUSED,
                        -1,
                        Optional.of(reason)));
    }

    void delete(Node node) {
        leaving.add(node.id());
        doomed.add(node.id());
        add(
                node.id(),
                node.place(),
                Outcome.DELETED,
                new Change.Delete(node.id(), node.sequence()));
    }

    /** Puts a live node back to a state, as far as it isn't in it. */
    void put(Node now, State state, Ways ways) {
        Optional<Item> item =
                now.item().equals(state.item()) ? Optional.empty() : Optional.of(state.item());
        if (now.place().equals(state.place())) {
            if (item.isEmpty()) {
                say(now, Outcome.SAME);
            } else {
                update(now.id(), now, Optional.empty(), item);
            }
            return;
        }
        NodeId parent = directory(state.place().parent(), ways);
        Place wanted = new Place(parent, state.place().name());
        if (now.place().equals(wanted)) {
            if (item.isPresent()) {
                update(now.id(), now, Optional.empty(), item);
            } else {
                say(now, Outcome.SAME);
            }
            return;
        }
        leaving.add(now.id());
        holder(wanted, now.id()).ifPresent(ways::clear);
        Optional<Place> place = free(wanted, now.item().isDirectory(), now.id());
        if (place.isEmpty()) {
            refuse(now, Reason.NAME_TAKEN);
            return;
        }
        claimed.put(place.get(), now.id());
        update(now.id(), now, place, item);
    }

    private void update(NodeId asked, Node now, Optional<Place> place, Optional<Item> item) {
        add(
                asked,
                place.orElse(now.place()),
                item.isPresent() ? Outcome.RESTORED : Outcome.MOVED,
                new Change.Update(now.id(), now.sequence(), place, item));
    }

    /** Re-creates what is deleted. */
    void recreate(NodeId old, State state, Ways ways) {
        NodeId parent = directory(state.place().parent(), ways);
        Place wanted = new Place(parent, state.place().name());
        holder(wanted, old).ifPresent(ways::clear);
        boolean directory = state.item().isDirectory();
        Optional<Node> rival = holder(wanted, old);
        if (rival.isPresent() && (directory || rival.get().item().sameAs(state.item()))) {
            if (directory == rival.get().item().isDirectory()) {
                standIns.put(old, rival.get().id());
                say(old, paths.of(wanted), Outcome.SAME);
                return;
            }
        }
        Optional<Place> place = free(wanted, directory, old);
        if (place.isEmpty()) {
            steps.add(
                    new Step(
                            old,
                            paths.of(wanted),
                            Outcome.REFUSED,
                            -1,
                            Optional.of(Reason.NAME_TAKEN)));
            return;
        }
        create(old, place.get(), state.item(), Optional.of(old));
    }

    private void create(NodeId old, Place place, Item item, Optional<NodeId> origin) {
        NodeId local = new NodeId(nextLocal--);
        claimed.put(place, local);
        if (origin.isPresent()) {
            standIns.put(old, local);
        }
        add(old, place, Outcome.RECREATED, new Change.Create(local, place, item, origin));
    }

    private void add(NodeId id, Place place, Outcome outcome, Change change) {
        paths.note(change, place);
        steps.add(new Step(id, paths.of(place), outcome, changes.size(), Optional.empty()));
        changes.add(change);
    }

    /** The directory that is there now for one that was there then; made where there is none. */
    private NodeId directory(NodeId then, Ways ways) {
        if (then.isRoot() || then.isLocalOnly()) {
            return then;
        }
        NodeId standIn = standIns.get(then);
        if (standIn != null) {
            return standIn;
        }
        Optional<Node> live = live(then).filter(node -> node.item().isDirectory());
        if (live.isPresent()) {
            return live.get().id();
        }
        Optional<State> state =
                ways.wanted(then)
                        .or(() ->
                                history.below(then, Long.MAX_VALUE)
                                        .map(Version::node)
                                        .or(() -> nodes.find(then))
                                        .map(node -> new State(node.place(), Item.DIRECTORY)));
        if (state.isEmpty()) {
            // Nothing is known of it any more: what was in it comes back at the top.
            return NodeId.ROOT;
        }
        // Else a directory that is moved below itself, in a history that was never a tree, would
        // be looked for without end.
        standIns.put(then, NodeId.ROOT);
        handled.add(then);
        recreate(then, state.get(), ways);
        return standIns.getOrDefault(then, NodeId.ROOT);
    }

    /** A live node at a place that this plan doesn't take away from there. */
    private Optional<Node> holder(Place place, NodeId self) {
        return place.parent().isLocalOnly()
                ? Optional.empty()
                : nodes.child(place)
                        .filter(node -> !node.id().equals(self))
                        .filter(node -> !leaving.contains(node.id()));
    }

    /** The place, or the first beside it that is free; absent where there are too many. */
    private Optional<Place> free(Place wanted, boolean directory, NodeId self) {
        for (int number = 0; number <= NAMES_MAX; number++) {
            Place place =
                    number == 0
                            ? wanted
                            : new Place(
                                    wanted.parent(),
                                    RestoreName.of(wanted.name(), directory, number));
            if (!claimed.containsKey(place) && holder(place, self).isEmpty()) {
                return Optional.of(place);
            }
        }
        return Optional.empty();
    }
}
