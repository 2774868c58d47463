package io.syncline.client.api;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.Limits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A project's tree as the fake server keeps it: the rules of commits over maps. */
final class FakeTree {
    long head;
    TreeDigest digest = TreeDigest.EMPTY;
    final Map<NodeId, Node> nodes = new HashMap<>();
    final NavigableMap<Long, NodeId> bySequence = new TreeMap<>();

    /** Live nodes by place: a set while an atomic commit swaps names. */
    private final Map<Place, List<NodeId>> places = new HashMap<>();

    private final Map<NodeId, Integer> childCounts = new HashMap<>();

    FakeTree() {}

    FakeTree(FakeTree other) {
        head = other.head;
        digest = other.digest;
        nodes.putAll(other.nodes);
        bySequence.putAll(other.bySequence);
        other.places.forEach((place, ids) -> places.put(place, new ArrayList<>(ids)));
        childCounts.putAll(other.childCounts);
    }

    /** Forgets tombstones up to there. */
    void dropTombstones(long upTo) {
        nodes.values().removeIf(node -> node.deleted() && node.sequence() <= upTo);
        bySequence.values().retainAll(nodes.keySet());
    }

    /** Applies one after another, or all or none. */
    static List<ChangeResult> apply(
            Holder holder,
            List<Change> changes,
            boolean atomic,
            DeviceId device,
            Predicate<Hash> stored) {
        FakeTree tree = atomic ? new FakeTree(holder.tree) : holder.tree;
        Map<NodeId, NodeId> created = new HashMap<>();
        List<ChangeResult> results = new ArrayList<>();
        for (Change change : changes) {
            if (change instanceof Change.Create && tree.live() >= holder.nodesMax) {
                holder.refusals.incrementAndGet();
                results.add(refused(Reason.QUOTA, Optional.empty(), Optional.empty()));
                continue;
            }
            results.add(tree.apply(change, created, atomic, device, stored));
        }
        if (!atomic) {
            return results;
        }
        tree.checkFinalState(results);
        if (results.stream().allMatch(ChangeResult.Applied.class::isInstance)) {
            holder.tree = tree;
            return results;
        }
        results.replaceAll(result ->
                result instanceof ChangeResult.Applied(Node node)
                        ? refused(
                                Reason.ABORTED,
                                Optional.ofNullable(holder.tree.nodes.get(node.id())),
                                Optional.empty())
                        : result);
        return results;
    }

    /** What holds the present tree. */
    static final class Holder {
        FakeTree tree = new FakeTree();

        /** Live nodes that the project may have. */
        volatile int nodesMax = Integer.MAX_VALUE;

        final AtomicInteger refusals = new AtomicInteger();
    }

    private long live() {
        return nodes.values().stream().filter(node -> !node.deleted()).count();
    }

    private ChangeResult apply(
            Change change,
            Map<NodeId, NodeId> created,
            boolean atomic,
            DeviceId device,
            Predicate<Hash> stored) {
        if (change instanceof Change.Create create) {
            return create(create, created, atomic, device, stored);
        }
        Node node = nodes.get(change.id());
        long expected =
                switch (change) {
                    case Change.Create _ -> throw new AssertionError();
                    case Change.Update update -> update.expected();
                    case Change.Delete delete -> delete.expected();
                    case Change.Check check -> check.expected();
                };
        if (node == null || node.deleted() || node.sequence() != expected) {
            return refused(Reason.STALE, Optional.ofNullable(node), Optional.empty());
        }
        return switch (change) {
            case Change.Create _ -> throw new AssertionError();
            case Change.Check _ -> new ChangeResult.Applied(node);
            case Change.Delete _ -> {
                if (!atomic && childCounts.getOrDefault(node.id(), 0) > 0) {
                    yield refused(Reason.NOT_EMPTY, Optional.of(node), anyChild(node.id()));
                }
                yield put(node.id(), node.place(), node.item(), true, device);
            }
            case Change.Update update -> update(node, update, created, atomic, device, stored);
        };
    }

    private ChangeResult create(
            Change.Create create,
            Map<NodeId, NodeId> created,
            boolean atomic,
            DeviceId device,
            Predicate<Hash> stored) {
        Place place = resolve(create.place(), created);
        Optional<ChangeResult> refusal = refusal(null, place, create.item(), atomic, stored);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        NodeId id = new NodeId(head + 1);
        created.put(create.id(), id);
        return put(id, place, create.item(), false, device);
    }

    private ChangeResult update(
            Node node,
            Change.Update update,
            Map<NodeId, NodeId> created,
            boolean atomic,
            DeviceId device,
            Predicate<Hash> stored) {
        Place place = update.place().map(p -> resolve(p, created)).orElse(node.place());
        Item item = update.item().orElse(node.item());
        if (!item.kind().equals(node.item().kind())) {
            return refused(Reason.INVALID, Optional.of(node), Optional.empty());
        }
        Optional<ChangeResult> refusal = refusal(node, place, item, atomic, stored);
        return refusal.orElseGet(() -> put(node.id(), place, item, false, device));
    }

    private static Place resolve(Place place, Map<NodeId, NodeId> created) {
        return new Place(created.getOrDefault(place.parent(), place.parent()), place.name());
    }

    private Optional<ChangeResult> refusal(
            @Nullable Node node, Place place, Item item, boolean atomic, Predicate<Hash> stored) {
        Optional<Node> current = Optional.ofNullable(node);
        Optional<Content> content = item.content().filter(c -> !c.isEmpty());
        if (content.isPresent() && !stored.test(content.get().hash())) {
            return Optional.of(
                    new ChangeResult.Refused(
                            Reason.MISSING_BLOCKS,
                            current,
                            Optional.empty(),
                            List.of(content.get().hash())));
        }
        if (atomic || (node != null && node.place().equals(place))) {
            return Optional.empty();
        }
        return placeFault(node == null ? new NodeId(-1) : node.id(), place)
                .map(fault -> refused(fault.reason(), current, fault.rival()));
    }

    private record Fault(Reason reason, Optional<Node> rival) {}

    private Optional<Fault> placeFault(NodeId id, Place place) {
        NodeId parent = place.parent();
        Node directory = nodes.get(parent);
        boolean alive =
                parent.isRoot()
                        || (directory != null
                                && !directory.deleted()
                                && directory.item().kind().equals(Kind.DIRECTORY));
        if (!alive) {
            return Optional.of(new Fault(Reason.PARENT_GONE, Optional.ofNullable(directory)));
        }
        for (NodeId rival : places.getOrDefault(place, List.of())) {
            if (!rival.equals(id)) {
                return Optional.of(
                        new Fault(Reason.NAME_TAKEN, Optional.ofNullable(nodes.get(rival))));
            }
        }
        int depth = 1;
        for (Node above = directory; above != null; above = nodes.get(above.place().parent())) {
            if (above.id().equals(id)) {
                return Optional.of(new Fault(Reason.CYCLE, Optional.ofNullable(directory)));
            }
            depth++;
            if (depth > Limits.TREE_DEPTH_MAX) {
                return Optional.of(new Fault(Reason.TOO_LARGE, Optional.empty()));
            }
        }
        return Optional.empty();
    }

    /** An atomic commit is judged by what it leaves behind (R20). */
    private void checkFinalState(List<ChangeResult> results) {
        for (int i = 0; i < results.size(); i++) {
            if (!(results.get(i) instanceof ChangeResult.Applied(Node applied))) {
                continue;
            }
            Node node = nodes.getOrDefault(applied.id(), applied);
            if (node.deleted() && childCounts.getOrDefault(node.id(), 0) > 0) {
                results.set(i, refused(Reason.NOT_EMPTY, Optional.empty(), anyChild(node.id())));
            } else if (!node.deleted()) {
                Optional<Fault> fault = placeFault(node.id(), node.place());
                if (fault.isPresent()) {
                    results.set(
                            i,
                            refused(fault.get().reason(), Optional.empty(), fault.get().rival()));
                }
            }
        }
    }

    private static ChangeResult refused(
            Reason reason, Optional<Node> current, Optional<Node> rival) {
        return new ChangeResult.Refused(reason, current, rival, List.of());
    }

    private ChangeResult put(NodeId id, Place place, Item item, boolean deleted, DeviceId device) {
        head++;
        Node after = new Node(id, place, item, head, deleted, device);
        Node before = nodes.put(id, after);
        if (before != null) {
            bySequence.remove(before.sequence());
            unplace(before);
        }
        bySequence.put(head, id);
        if (!deleted) {
            places.computeIfAbsent(place, _ -> new ArrayList<>()).add(id);
            childCounts.merge(place.parent(), 1, Integer::sum);
        }
        if (before != null) {
            digest = digest.replace(before, after);
        } else {
            digest = digest.plus(after);
        }
        return new ChangeResult.Applied(after);
    }

    private void unplace(Node node) {
        if (!node.deleted()) {
            places.computeIfPresent(
                    node.place(),
                    (_, ids) -> {
                        ids.remove(node.id());
                        return ids.isEmpty() ? null : ids;
                    });
            childCounts.merge(node.place().parent(), -1, Integer::sum);
        }
    }

    private Optional<Node> anyChild(NodeId directory) {
        return children(directory).stream().findFirst();
    }

    /** Live children in order of name. */
    List<Node> children(NodeId directory) {
        List<Node> children = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (!node.deleted() && node.place().parent().equals(directory)) {
                children.add(node);
            }
        }
        children.sort((x, y) -> x.place().name().compareTo(y.place().name()));
        return Collections.unmodifiableList(children);
    }

    Optional<Node> child(NodeId directory, String name) {
        return children(directory).stream()
                .filter(node -> node.place().name().value().equals(name))
                .findFirst();
    }
}
