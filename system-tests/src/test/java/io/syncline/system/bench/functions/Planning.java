package io.syncline.system.bench.functions;

import io.syncline.core.plan.Plan;
import io.syncline.core.plan.Planner;
import io.syncline.core.plan.Trees;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** How fast a window of differing nodes becomes a plan: edits on either side, and a few on both. */
@State(Scope.Thread)
@Items(
        value = "nodes",
        against = "plan",
        naive = "a plan for each node alone, as if for each event")
public class Planning {
    @Param("" + Planner.WINDOW_NODES)
    int size;

    private final Planner planner = new Planner("device", Planner.Mode.READ_WRITE);
    private final Maps trees = new Maps();
    private final List<NodeId> window = new ArrayList<>();

    @Setup
    public void make() {
        Random random = Inputs.random();
        for (int i = 1; i <= size; i++) {
            int directory = i / Inputs.DIRECTORY_FILES * 2 + 1;
            for (Trees.Side side : Trees.Side.values()) {
                trees.put(side, directory, 0, Item.DIRECTORY);
            }
            int id = i * 2;
            Item agreed = Inputs.file(random);
            trees.put(Trees.Side.SYNCED, id, directory, agreed);
            Item edited = Inputs.file(random);
            boolean here = i % 2 == 0;
            boolean both = i % 20 == 0;
            trees.put(Trees.Side.LOCAL, id, directory, here ? edited : agreed);
            trees.put(
                    Trees.Side.REMOTE,
                    id,
                    directory,
                    both ? Inputs.file(random) : here ? agreed : edited);
            window.add(new NodeId(id));
        }
    }

    @Benchmark
    public Plan plan() {
        return planner.plan(trees, window);
    }

    @Benchmark
    public void naive(Blackhole plans) {
        window.forEach(id -> plans.consume(planner.plan(trees, List.of(id))));
    }

    /** A tree in maps. */
    private static final class Tree {
        private final Map<NodeId, Trees.Entry> entries = new HashMap<>();
        private final Map<Place, NodeId> places = new HashMap<>();
        private final Map<NodeId, TreeSet<NodeId>> children = new HashMap<>();

        private void put(NodeId id, Trees.Entry entry) {
            entries.put(id, entry);
            places.put(entry.place(), id);
            children.computeIfAbsent(entry.place().parent(), _ -> new TreeSet<>()).add(id);
        }
    }

    /** Three of them. */
    private static final class Maps implements Trees {
        private final Tree remote = new Tree();
        private final Tree synced = new Tree();
        private final Tree local = new Tree();

        private Tree tree(Side side) {
            return switch (side) {
                case REMOTE -> remote;
                case SYNCED -> synced;
                case LOCAL -> local;
            };
        }

        private void put(Side side, int id, int parent, Item item) {
            Place place = new Place(new NodeId(parent), new Name("node " + id));
            long version = side == Side.LOCAL ? 0 : side == Side.REMOTE ? 2L * id : id;
            tree(side).put(new NodeId(id), new Entry(place, item, version));
        }

        @Override
        public Optional<Entry> entry(Side side, NodeId id) {
            return Optional.ofNullable(tree(side).entries.get(id));
        }

        @Override
        public Optional<NodeId> child(Side side, NodeId parent, Name name) {
            return Optional.ofNullable(tree(side).places.get(new Place(parent, name)));
        }

        @Override
        public Iterator<NodeId> children(Side side, NodeId parent) {
            return tree(side).children.getOrDefault(parent, new TreeSet<>()).iterator();
        }

        @Override
        public boolean held(NodeId id) {
            return false;
        }

        @Override
        public Optional<NodeId> origin(NodeId id) {
            return Optional.empty();
        }
    }
}
