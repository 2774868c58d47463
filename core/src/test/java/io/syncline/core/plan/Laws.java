package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One triple, planned and carried out until nothing is left to plan, and held against the laws.
 * Every step of a plan must succeed: nothing disturbs the model here.
 */
final class Laws {
    private static final int ROUNDS_MAX = 12;
    private final Map<NodeId, Entry> remote;
    private final Map<NodeId, Entry> synced;
    private final Map<NodeId, Entry> local;
    private final ModelServer server = new ModelServer();
    private final ModelReplica replica = new ModelReplica(server);
    private final List<Plan> plans = new ArrayList<>();

    /** How many nodes a plan may be asked about at a time. */
    private final int window;

    /** The triple as the planner's world: a node that is local alone gets a negative id. */
    Laws(
            Map<NodeId, Entry> remote,
            Map<NodeId, Entry> synced,
            Map<NodeId, Entry> local,
            int window) {
        this.remote = remote;
        this.synced = synced;
        this.local = local;
        this.window = window;
        for (NodeId id : remote.keySet()) {
            Entry entry = Objects.requireNonNull(remote.get(id));
            boolean news = !entry.equals(synced.get(id));
            Entry there = news ? new Entry(entry.place(), entry.item(), 50) : entry;
            server.tree.put(id, there);
            replica.remote.put(id, there);
        }
        synced.forEach(replica.synced::put);
        local.forEach((id, entry) -> replica.local.put(id(id), here(entry)));
    }

    private NodeId id(NodeId id) {
        boolean localOnly = !id.isRoot() && !remote.containsKey(id) && !synced.containsKey(id);
        return localOnly ? new NodeId(-id.value()) : id;
    }

    private Entry here(Entry entry) {
        NodeId parent = id(entry.place().parent());
        return new Entry(new Place(parent, entry.place().name()), entry.item(), 0);
    }

    /** As {@link #check}, but at first steps are left out at random, and plans are cut short. */
    void checkInSpiteOfFaults(Planner planner, Random faults) {
        for (int round = 0; round < 3; round++) {
            Plan plan = Plans.first(planner, replica, replica.differing(), window);
            plans.add(plan);
            int end = faults.nextInt(2) == 0 ? faults.nextInt(6) : Integer.MAX_VALUE;
            for (Step step : plan.steps()) {
                // What only writes down that the sides agree doesn't fail; a crash may come before.
                if (end-- > 0 && (step instanceof Step.Bookkeeping || faults.nextInt(3) > 0)) {
                    replica.apply(step);
                }
            }
        }
        check(planner);
    }

    /** Throws an error that tells the triple and what was done to it. */
    void check(Planner planner) {
        String wrong;
        try {
            wrong = run(planner);
            if (wrong == null) {
                wrong = broken();
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(description() + "threw", e);
        }
        if (wrong != null) {
            throw new AssertionError(description() + wrong);
        }
    }

    private @Nullable String run(Planner planner) {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            List<NodeId> differing = replica.differing();
            if (differing.isEmpty()) {
                return null;
            }
            Plan plan = Plans.first(planner, replica, differing, window);
            plans.add(plan);
            if (plan.isEmpty()) {
                return "nothing is planned, but these differ: " + differing;
            }
            for (Step step : plan.steps()) {
                if (!replica.apply(step)) {
                    return "can't be carried out: " + step;
                }
            }
        }
        return "no end after " + ROUNDS_MAX + " rounds";
    }

    // The laws.

    private @Nullable String broken() {
        Map<String, Item> end = paths(replica.local);
        if (!end.equals(paths(server.tree)) || !end.equals(paths(replica.synced))) {
            return "L6: the trees aren't equal";
        }
        if (Objects.equals(remote, synced) && !end.equals(paths(local))) {
            return "only here something changed, the end is another tree";
        }
        if (Objects.equals(local, synced) && !end.equals(paths(remote))) {
            return "only there something changed, the end is another tree";
        }
        Set<Item> files = new HashSet<>(end.values());
        Set<NodeId> ids = new HashSet<>(remote.keySet());
        ids.addAll(synced.keySet());
        ids.addAll(local.keySet());
        for (NodeId id : ids) {
            String wrong = brokenFor(id, files);
            if (wrong != null) {
                return wrong + " (node " + id + ")";
            }
        }
        return null;
    }

    private @Nullable String brokenFor(NodeId id, Set<Item> files) {
        Entry there = remote.get(id);
        Entry before = synced.get(id);
        Entry here = local.get(id);
        if (isNews(there, before) && !files.contains(item(there))) {
            return "L2: what was written there isn't in the tree";
        }
        if (isNews(here, before) && !files.contains(item(here))) {
            return "L2: what was written here isn't in the tree";
        }
        if (there != null && here != null && before != null) {
            if (!isNews(there, before) && !isNews(here, before) && !files.contains(item(there))) {
                return "L2: unchanged bytes that nobody deleted are gone";
            }
            return server.tree.has(id) ? null : "a node that lived on both sides is gone";
        }
        if (before == null || (there == null) == (here == null)) {
            return null;
        }
        Entry survivor = there != null ? there : Objects.requireNonNull(here);
        Map<NodeId, Entry> deleter = there != null ? local : remote;
        Map<NodeId, Entry> keeper = there != null ? remote : local;
        boolean lives = mustLive(survivor, before, deleter, keeper);
        if (lives && !isNews(survivor, before) && path(keeper, id).equals(path(synced, id))) {
            // Another directory took the place of its own: that may count as a move or not.
            return null;
        }
        boolean again = false;
        for (Entry other : deleter.values()) {
            again |= other.item().sameAs(before.item());
        }
        boolean isThere = server.tree.has(id) || server.origins.containsValue(id);
        if (lives && !isThere && !files.contains(survivor.item())) {
            return "L5: a delete removed what its author hadn't seen";
        }
        if (!lives && isThere && !again && !survivor.item().isDirectory()) {
            return "a deletion that nothing spoke against didn't happen";
        }
        return null;
    }

    /** Deleted on one side: whether the other did something that the deletion loses to. */
    private boolean mustLive(
            Entry survivor, Entry before, Map<NodeId, Entry> deleter, Map<NodeId, Entry> keeper) {
        if (isNews(survivor, before) || !survivor.place().equals(before.place())) {
            return true;
        }
        NodeId parent = before.place().parent();
        Entry parentBefore = synced.get(parent);
        Entry parentSurvivor = keeper.get(parent);
        return parentBefore != null
                && parentSurvivor != null
                && !deleter.containsKey(parent)
                && mustLive(parentSurvivor, parentBefore, deleter, keeper);
    }

    private static boolean isNews(@Nullable Entry entry, @Nullable Entry before) {
        return entry != null
                && !entry.item().isDirectory()
                && (before == null || !entry.item().sameAs(before.item()));
    }

    private static Item item(@Nullable Entry entry) {
        return Objects.requireNonNull(entry).item();
    }

    // Descriptions.

    private static Map<String, Item> paths(Map<NodeId, Entry> tree) {
        ModelTree copy = new ModelTree();
        tree.forEach(copy::put);
        return paths(copy);
    }

    private static String path(Map<NodeId, Entry> tree, NodeId id) {
        ModelTree copy = new ModelTree();
        tree.forEach(copy::put);
        return copy.path(id);
    }

    private static Map<String, Item> paths(ModelTree tree) {
        Map<String, Item> paths = new HashMap<>();
        for (NodeId id : tree.ids()) {
            paths.put(tree.path(id), Objects.requireNonNull(tree.get(id)).item());
        }
        return paths;
    }

    private String description() {
        StringBuilder text = new StringBuilder("\n");
        text.append("remote ").append(Plans.describe(remote)).append('\n');
        text.append("synced ").append(Plans.describe(synced)).append('\n');
        text.append("local  ").append(Plans.describe(local)).append('\n');
        for (Plan plan : plans) {
            text.append("plan\n");
            plan.steps().forEach(step -> text.append("  ").append(step).append('\n'));
        }
        for (Side side : Side.values()) {
            Map<NodeId, Entry> now = new TreeMap<>();
            ModelTree tree =
                    switch (side) {
                        case REMOTE -> replica.remote;
                        case SYNCED -> replica.synced;
                        case LOCAL -> replica.local;
                    };
            now.putAll(tree.entries());
            text.append("now ").append(side).append(' ').append(Plans.describe(now)).append('\n');
        }
        return text.toString();
    }
}
