package io.syncline.server.commit;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.Commit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a commit comes to, said in the plainest way: make the change on a copy of everything, then
 * look whether all of it is still a tree. Slow, and shares nothing with the real thing.
 */
final class NaiveProject {
    private final DeviceId device;
    private final Set<Hash> blocks;
    TreeMap<NodeId, Node> nodes = new TreeMap<>();
    long head;

    NaiveProject(DeviceId device, Set<Hash> blocks) {
        this.device = device;
        this.blocks = blocks;
    }

    /** Applies the commit; for each change why it was refused, or nothing. */
    List<Optional<Reason>> commit(Commit commit) {
        return commit.atomic() ? atomic(commit) : oneByOne(commit);
    }

    private List<Optional<Reason>> oneByOne(Commit commit) {
        List<Optional<Reason>> reasons = new ArrayList<>();
        Map<NodeId, NodeId> made = new HashMap<>();
        Set<NodeId> named = new HashSet<>();
        for (Change change : commit.changes()) {
            TreeMap<NodeId, Node> nodesBefore = new TreeMap<>(nodes);
            Map<NodeId, NodeId> madeBefore = new HashMap<>(made);
            long headBefore = head;
            Optional<Reason> reason = make(change, nodesBefore, made, named);
            if (reason.isEmpty()) {
                reason = fault(change);
            }
            if (reason.isPresent()) {
                nodes = nodesBefore;
                made = madeBefore;
                head = headBefore;
            }
            reasons.add(reason);
        }
        return reasons;
    }

    private List<Optional<Reason>> atomic(Commit commit) {
        TreeMap<NodeId, Node> before = new TreeMap<>(nodes);
        long headBefore = head;
        Map<NodeId, NodeId> made = new HashMap<>();
        Set<NodeId> named = new HashSet<>();
        boolean refused = false;
        for (Change change : commit.changes()) {
            refused |= make(change, before, made, named).isPresent();
        }
        for (Change change : commit.changes()) {
            refused |= fault(change).isPresent();
        }
        if (refused) {
            nodes = before;
            head = headBefore;
        }
        Optional<Reason> all = refused ? Optional.of(Reason.ABORTED) : Optional.empty();
        return commit.changes().stream().map(_ -> all).toList();
    }

    private Optional<Reason> make(
            Change change, Map<NodeId, Node> known, Map<NodeId, NodeId> made, Set<NodeId> named) {
        if (!named.add(change.id()) || change.id().isRoot()) {
            return Optional.of(Reason.INVALID);
        }
        switch (change) {
            case Change.Create create -> {
                Optional<Place> place = resolve(create.place(), made);
                if (place.isEmpty()) {
                    return Optional.of(Reason.PARENT_GONE);
                }
                NodeId id = new NodeId(++head);
                made.put(create.id(), id);
                nodes.put(id, new Node(id, place.get(), create.item(), head, false, device));
            }
            case Change.Update update -> {
                if (isStale(known.get(update.id()), update.expected())) {
                    return Optional.of(Reason.STALE);
                }
                Node node = existing(update.id());
                Item item = update.item().orElse(node.item());
                if (!item.kind().equals(node.item().kind())) {
                    return Optional.of(Reason.INVALID);
                }
                Optional<Place> place =
                        update.place().isEmpty()
                                ? Optional.of(node.place())
                                : resolve(update.place().get(), made);
                if (place.isEmpty()) {
                    return Optional.of(Reason.PARENT_GONE);
                }
                nodes.put(node.id(), new Node(node.id(), place.get(), item, ++head, false, device));
            }
            case Change.Delete delete -> {
                if (isStale(known.get(delete.id()), delete.expected())) {
                    return Optional.of(Reason.STALE);
                }
                Node node = existing(delete.id());
                nodes.put(
                        node.id(),
                        new Node(node.id(), node.place(), node.item(), ++head, true, device));
            }
            case Change.Check check -> {
                if (isStale(known.get(check.id()), check.expected())) {
                    return Optional.of(Reason.STALE);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isStale(@Nullable Node node, long expected) {
        return node == null || node.deleted() || node.sequence() != expected;
    }

    private static Optional<Place> resolve(Place place, Map<NodeId, NodeId> made) {
        return place.parent().isLocalOnly()
                ? Optional.ofNullable(made.get(place.parent()))
                        .map(parent -> new Place(parent, place.name()))
                : Optional.of(place);
    }

    /** What is wrong with the whole tree, told as the fault of the change made last. */
    Optional<Reason> fault(Change last) {
        for (Node node : nodes.values()) {
            if (!node.deleted() && !hasParent(node)) {
                return Optional.of(
                        last instanceof Change.Delete ? Reason.NOT_EMPTY : Reason.PARENT_GONE);
            }
        }
        for (Node node : nodes.values()) {
            if (!node.deleted() && !reachesRoot(node)) {
                return Optional.of(Reason.CYCLE);
            }
        }
        Set<Place> taken = new HashSet<>();
        for (Node node : nodes.values()) {
            if (!node.deleted() && !taken.add(node.place())) {
                return Optional.of(Reason.NAME_TAKEN);
            }
        }
        for (Node node : nodes.values()) {
            boolean missing =
                    node.item()
                            .content()
                            .filter(c -> !c.isEmpty() && !blocks.contains(c.hash()))
                            .isPresent();
            if (!node.deleted() && missing) {
                return Optional.of(Reason.MISSING_BLOCKS);
            }
        }
        return Optional.empty();
    }

    private Node existing(NodeId id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private boolean hasParent(Node node) {
        NodeId parent = node.place().parent();
        if (parent.isRoot()) {
            return true;
        }
        Node found = nodes.get(parent);
        return found != null && !found.deleted() && found.item().isDirectory();
    }

    private boolean reachesRoot(Node node) {
        Node at = node;
        for (int steps = 0; steps <= nodes.size(); steps++) {
            if (at.place().parent().isRoot()) {
                return true;
            }
            at = existing(at.place().parent());
        }
        return false;
    }

    TreeDigest digest() {
        TreeDigest digest = TreeDigest.EMPTY;
        for (Node node : nodes.values()) {
            digest = node.deleted() ? digest : digest.plus(node);
        }
        return digest;
    }

    long live() {
        return nodes.values().stream().filter(node -> !node.deleted()).count();
    }
}
