package io.syncline.server.history;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.RestoreRequest.Device;
import io.syncline.core.wire.RestoreRequest.Directory;
import io.syncline.core.wire.RestoreRequest.Scope;
import io.syncline.core.wire.Restored.Outcome;
import io.syncline.server.history.RestorePlan.State;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.Version;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Plans one page of a rewind: walks back through what was changed in {@code [from, until)} and, at
 * the newest change of each node, plans the state that the node had before. Deletions are undone
 * parents first and creations children first, because they happened the other way round; what still
 * comes in the wrong order is refused by the commit and planned again by the caller's next walk.
 * For one thread.
 */
final class Rewinder implements RestorePlan.Ways {
    /** Versions looked at for one page: a tenth of a second at most. */
    private static final int LOOKED_MAX = 2_000;

    /** Versions of other devices passed over for one page. */
    private static final int SCAN_MAX = 20_000;

    /** Nodes planned for one page; with their directories they fit one commit. */
    private static final int NODES_MAX = 200;

    /** Room that is kept for the deleted directories above one node. */
    private static final int ROOM = 100;

    private final History history;
    private final RestorePlan plan;
    private final Scope scope;
    private final long from;
    private final long until;
    private final Map<NodeId, Boolean> within = new HashMap<>();

    Rewinder(History history, RestorePlan plan, Scope scope, long from, long until) {
        this.history = history;
        this.plan = plan;
        this.scope = scope;
        this.from = from;
        this.until = until;
    }

    /** Plans a page and says where the next one begins. */
    OptionalLong walk(long before) {
        Optional<DeviceId> device =
                scope instanceof Device(var id) ? Optional.of(id) : Optional.empty();
        OptionalLong next = OptionalLong.of(Math.min(before, until));
        int looked = 0;
        while (next.isPresent() && looked < LOOKED_MAX) {
            History.Slice slice =
                    history.slice(next.getAsLong(), from, device, NODES_MAX, SCAN_MAX);
            for (Version version : slice.versions()) {
                if (plan.isFull(ROOM) || plan.steps().size() >= NODES_MAX) {
                    return OptionalLong.of(version.node().sequence() + 1);
                }
                rewind(version.node());
                if (plan.truncate()) {
                    // Its directories are so deep that they take a page of their own.
                    return OptionalLong.of(version.node().sequence() + 1);
                }
            }
            looked += device.isPresent() ? LOOKED_MAX : slice.versions().size();
            next = slice.next();
        }
        return next;
    }

    private void rewind(Node version) {
        Node latest = history.below(version.id(), Long.MAX_VALUE).orElseThrow().node();
        if (latest.sequence() == version.sequence()) {
            if (plan.isNew(version.id())) {
                plan(latest);
            }
        } else if (scope instanceof Device(var device)) {
            Node last = history.below(version.id(), until).orElseThrow().node();
            boolean lookedAt = last.device().equals(device) && !last.equals(version);
            if (!lookedAt && plan.isNew(version.id())) {
                keep(version, latest);
            }
        }
    }

    /** Somebody else changed the node after the device did, or it was put back before. */
    private void keep(Node version, Node latest) {
        Optional<State> target = target(version);
        boolean done = target.isPresent() ? isAt(latest, target.get()) : latest.deleted();
        if (!done) {
            plan.say(latest, Outcome.KEPT);
        }
    }

    private static boolean isAt(Node node, State state) {
        return !node.deleted()
                && node.place().equals(state.place())
                && node.item().equals(state.item());
    }

    /** The node's latest version is one that is to be undone. */
    private void plan(Node latest) {
        if (scope instanceof Directory(var directory)
                && (!isWithin(latest.id(), directory)
                        || (latest.id().equals(directory) && !latest.deleted()))) {
            return;
        }
        Optional<State> target = target(latest);
        if (target.isEmpty()) {
            unmake(latest);
        } else if (!latest.deleted()) {
            if (!isAt(latest, target.get())) {
                plan.put(latest, target.get(), this);
            }
        } else {
            Optional<Node> again = plan.live(latest.id());
            if (again.isEmpty()) {
                plan.recreate(latest.id(), target.get(), this);
            } else if (again.get().sequence() < until && !isAt(again.get(), target.get())) {
                plan.say(again.get(), Outcome.KEPT);
            }
        }
    }

    /** Before, the node wasn't there, or what it was is forgotten. */
    private void unmake(Node latest) {
        boolean made = latest.id().value() >= from && history.at(latest.id().value()).isPresent();
        if (!made) {
            plan.say(latest, Outcome.EXPIRED);
        } else if (scope instanceof Device && !latest.deleted()) {
            plan.delete(latest);
        }
    }

    /** The state before what is to be undone, where the node was there and it still is known. */
    private Optional<State> target(Node latest) {
        Optional<Version> before =
                switch (scope) {
                    case Device(var device) ->
                            history.belowOthers(latest.id(), latest.sequence() + 1, device, from);
                    case Directory _ -> history.below(latest.id(), from);
                };
        return before.map(Version::node).map(node -> new State(node.place(), node.item()));
    }

    /** Whether the node was somewhere in the directory when the time began. */
    private boolean isWithin(NodeId id, NodeId directory) {
        NodeId at = id;
        Map<NodeId, Boolean> passed = new HashMap<>();
        boolean found = false;
        for (int i = 0; i <= Limits.TREE_DEPTH_MAX; i++) {
            Boolean known = within.get(at);
            if (known != null) {
                found = known;
                break;
            }
            if (at.equals(directory)) {
                found = true;
                break;
            }
            if (at.isRoot()) {
                break;
            }
            passed.put(at, true);
            Optional<Place> then = history.below(at, from).map(old -> old.node().place());
            if (then.isEmpty()) {
                break;
            }
            at = then.get().parent();
        }
        for (NodeId node : passed.keySet()) {
            within.put(node, found);
        }
        return found;
    }

    @Override
    public void clear(Node holder) {
        boolean undone =
                holder.sequence() >= from
                        && holder.sequence() < until
                        && (!(scope instanceof Device(var device))
                                || holder.device().equals(device));
        if (undone && !plan.isFull(ROOM) && plan.isNew(holder.id())) {
            plan(holder);
        }
    }

    @Override
    public Optional<State> wanted(NodeId directory) {
        return history.below(directory, Long.MAX_VALUE)
                .map(Version::node)
                .filter(latest -> latest.sequence() >= from)
                .filter(latest ->
                        !(scope instanceof Device(var device)) || latest.device().equals(device))
                .flatMap(this::target)
                .filter(state -> state.item().isDirectory());
    }
}
