package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The server of the model: refuses what the real one refuses, for the same reasons. */
final class ModelServer {
    /** What became of a change: the node as it is then, or the reason against it. */
    record Result(NodeId id, Optional<Entry> node, Optional<Reason> refused) {}

    final ModelTree tree = new ModelTree();
    final Map<NodeId, NodeId> origins = new HashMap<>();

    /** All that was ever committed: what history still has. */
    final Set<Item> history = new HashSet<>();

    long sequence = 100;

    List<Result> commit(boolean atomic, List<Change> changes) {
        checkForm(changes);
        return atomic ? atomic(changes) : oneByOne(changes);
    }

    private static void checkForm(List<Change> changes) {
        Set<NodeId> named = new HashSet<>();
        Set<NodeId> created = new HashSet<>();
        for (Change change : changes) {
            if (!named.add(change.id())) {
                throw new AssertionError("named twice in a commit: " + change);
            }
            Optional<Place> place =
                    switch (change) {
                        case Change.Create create -> Optional.of(create.place());
                        case Change.Update update -> update.place();
                        case Change.Delete _, Change.Check _ -> Optional.empty();
                    };
            if (place.isPresent()
                    && place.get().parent().isLocalOnly()
                    && !created.contains(place.get().parent())) {
                throw new AssertionError("a parent that the commit doesn't create: " + change);
            }
            if (change instanceof Change.Create) {
                created.add(change.id());
            }
        }
        if (changes.isEmpty() || changes.size() > Limits.COMMIT_CHANGES_MAX) {
            throw new AssertionError("a commit of " + changes.size() + " changes");
        }
    }

    private List<Result> oneByOne(List<Change> changes) {
        Map<NodeId, NodeId> created = new HashMap<>();
        List<Result> results = new ArrayList<>();
        for (Change change : changes) {
            Optional<Reason> refused = fault(change, created);
            if (refused.isEmpty()) {
                refused = faultOfPlace(change, created);
            }
            results.add(
                    refused.isPresent()
                            ? new Result(change.id(), Optional.empty(), refused)
                            : applied(change, created));
        }
        return results;
    }

    /** Validated on the final state: names are parked first, then set. */
    private List<Result> atomic(List<Change> changes) {
        Map<NodeId, Entry> before = new HashMap<>();
        for (Change change : changes) {
            Entry entry = tree.get(change.id());
            if (entry != null) {
                before.put(change.id(), entry);
            }
        }
        long sequenceBefore = sequence;
        Map<NodeId, NodeId> created = new HashMap<>();
        List<Result> results = new ArrayList<>();
        Optional<Reason> refused = Optional.empty();
        for (Change change : changes) {
            if (refused.isEmpty()) {
                refused = fault(change, created);
            }
            if (refused.isEmpty()) {
                results.add(applied(change, created));
            }
        }
        if (refused.isEmpty()) {
            refused = faultOfState(changes, created);
        }
        if (refused.isEmpty()) {
            return results;
        }
        created.values().forEach(tree::remove);
        created.values().forEach(origins::remove);
        before.keySet().forEach(tree::remove);
        before.forEach(tree::put);
        sequence = sequenceBefore;
        List<Result> all = new ArrayList<>();
        for (Change change : changes) {
            all.add(new Result(change.id(), Optional.empty(), refused));
        }
        return all;
    }

    private Optional<Reason> fault(Change change, Map<NodeId, NodeId> created) {
        return switch (change) {
            case Change.Create create -> parentFault(create.place(), created);
            case Change.Update update ->
                    isStale(update.id(), update.expected())
                            ? Optional.of(Reason.STALE)
                            : update.place().flatMap(place -> parentFault(place, created));
            case Change.Delete delete -> stale(delete.id(), delete.expected());
            case Change.Check check -> stale(check.id(), check.expected());
        };
    }

    private Optional<Reason> stale(NodeId id, long expected) {
        return isStale(id, expected) ? Optional.of(Reason.STALE) : Optional.empty();
    }

    private boolean isStale(NodeId id, long expected) {
        Entry entry = tree.get(id);
        return entry == null || entry.version() != expected;
    }

    private Optional<Reason> parentFault(Place place, Map<NodeId, NodeId> created) {
        return tree.isDirectory(resolved(place, created).parent())
                ? Optional.empty()
                : Optional.of(Reason.PARENT_GONE);
    }

    private Optional<Reason> faultOfPlace(Change change, Map<NodeId, NodeId> created) {
        return switch (change) {
            case Change.Create create -> placeFault(create.id(), resolved(create.place(), created));
            case Change.Update update ->
                    update.place().flatMap(p -> placeFault(update.id(), resolved(p, created)));
            case Change.Delete delete ->
                    tree.children(delete.id()).isEmpty()
                            ? Optional.empty()
                            : Optional.of(Reason.NOT_EMPTY);
            case Change.Check _ -> Optional.empty();
        };
    }

    private Optional<Reason> placeFault(NodeId id, Place place) {
        NodeId rival = tree.at(place);
        if (rival != null && !rival.equals(id)) {
            return Optional.of(Reason.NAME_TAKEN);
        }
        return tree.isBelow(place.parent(), id) ? Optional.of(Reason.CYCLE) : Optional.empty();
    }

    private Optional<Reason> faultOfState(List<Change> changes, Map<NodeId, NodeId> created) {
        for (Change change : changes) {
            NodeId id = created.getOrDefault(change.id(), change.id());
            if (change instanceof Change.Delete) {
                if (!tree.children(id).isEmpty()) {
                    return Optional.of(Reason.NOT_EMPTY);
                }
                continue;
            }
            Entry entry = Objects.requireNonNull(tree.get(id));
            if (!tree.has(entry.place().parent())) {
                return Optional.of(Reason.PARENT_GONE);
            }
            int namesakes = 0;
            for (NodeId sibling : tree.children(entry.place().parent())) {
                Entry other = Objects.requireNonNull(tree.get(sibling));
                namesakes += other.place().name().equals(entry.place().name()) ? 1 : 0;
            }
            if (namesakes > 1) {
                return Optional.of(Reason.NAME_TAKEN);
            }
            if (!tree.isBelow(id, NodeId.ROOT) || tree.isBelow(entry.place().parent(), id)) {
                return Optional.of(Reason.CYCLE);
            }
            tree.put(id, entry);
        }
        return Optional.empty();
    }

    private Result applied(Change change, Map<NodeId, NodeId> created) {
        return switch (change) {
            case Change.Create create -> {
                NodeId id = new NodeId(++sequence);
                created.put(create.id(), id);
                create.origin().ifPresent(origin -> origins.put(id, origin));
                yield put(change.id(), id, resolved(create.place(), created), create.item());
            }
            case Change.Update update -> {
                Entry before = Objects.requireNonNull(tree.get(update.id()));
                sequence++;
                Place place = update.place().map(p -> resolved(p, created)).orElse(before.place());
                yield put(change.id(), update.id(), place, update.item().orElse(before.item()));
            }
            case Change.Delete delete -> {
                sequence++;
                tree.remove(delete.id());
                yield new Result(delete.id(), Optional.empty(), Optional.empty());
            }
            case Change.Check check ->
                    new Result(
                            check.id(),
                            Optional.ofNullable(tree.get(check.id())),
                            Optional.empty());
        };
    }

    private Result put(NodeId named, NodeId id, Place place, Item item) {
        Entry entry = new Entry(place, item, sequence);
        tree.put(id, entry);
        history.add(item);
        // The answer names the node as it was sent; a create tells its id by the version.
        return new Result(named, Optional.of(entry), Optional.empty());
    }

    private static Place resolved(Place place, Map<NodeId, NodeId> created) {
        @Nullable NodeId parent = created.get(place.parent());
        return parent == null ? place : new Place(parent, place.name());
    }
}
