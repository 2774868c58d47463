package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All triples (remote, synced, local) over three nodes of given kinds, two names and three
 * contents, one of each class of triples that differ only by renaming nodes, names and contents.
 */
final class Triples {
    static final int NODES = 3;
    private static final int NAMES = 2;
    private static final int CONTENTS = 3;
    private static final int ROOT = -1;

    /** Where a node is in one tree: parent (index of a node or {@link #ROOT}), name, content. */
    private record Spot(int parent, int name, int content) {}

    /** A tree: per node its spot, or null. */
    private record Shape(List<Optional<Spot>> spots) {}

    /** Takes one triple; the trees are shared and must be copied before they are changed. */
    interface Visitor {
        void visit(Map<NodeId, Entry> remote, Map<NodeId, Entry> synced, Map<NodeId, Entry> local);
    }

    private final boolean[] directory;
    private final List<Shape> shapes = new ArrayList<>();
    private final List<int[]> renamings = new ArrayList<>();
    private final List<Map<NodeId, Entry>> trees = new ArrayList<>();

    /**
     * @param kinds one letter per node: {@code F} or {@code D}, sorted
     */
    Triples(String kinds) {
        directory = new boolean[NODES];
        for (int i = 0; i < NODES; i++) {
            directory[i] = kinds.charAt(i) == 'D';
        }
        addShapes(new ArrayList<>());
        addRenamings();
        for (Shape shape : shapes) {
            trees.add(tree(shape));
        }
    }

    /** Visits the classes whose synced tree has number {@code part} modulo {@code parts}. */
    void visit(int part, int parts, Visitor visitor) {
        List<int[]> all = renamings;
        for (int s = part; s < shapes.size(); s += parts) {
            List<int[]> keepSynced = stabiliser(all, s);
            for (int r = 0; !keepSynced.isEmpty() && r < shapes.size(); r++) {
                List<int[]> keepRemote = stabiliser(keepSynced, r);
                for (int l = 0; !keepRemote.isEmpty() && l < shapes.size(); l++) {
                    if (isLeast(keepRemote, l)) {
                        visitor.visit(trees.get(r), trees.get(s), trees.get(l));
                    }
                }
            }
        }
    }

    /** The renamings that keep the tree as it is; none if one of them makes a lesser tree of it. */
    private static List<int[]> stabiliser(List<int[]> renamings, int tree) {
        List<int[]> kept = new ArrayList<>();
        for (int[] renaming : renamings) {
            if (renaming[tree] < tree) {
                return List.of();
            }
            if (renaming[tree] == tree) {
                kept.add(renaming);
            }
        }
        return kept;
    }

    private static boolean isLeast(List<int[]> renamings, int tree) {
        for (int[] renaming : renamings) {
            if (renaming[tree] < tree) {
                return false;
            }
        }
        return true;
    }

    // Shapes.

    private void addShapes(List<Optional<Spot>> chosen) {
        int node = chosen.size();
        if (node == NODES) {
            if (isTree(chosen)) {
                shapes.add(new Shape(List.copyOf(chosen)));
            }
            return;
        }
        chosen.add(Optional.empty());
        addShapes(chosen);
        chosen.removeLast();
        for (int parent = ROOT; parent < NODES; parent++) {
            if (parent == node || (parent != ROOT && !directory[parent])) {
                continue;
            }
            for (int name = 0; name < NAMES; name++) {
                for (int content = 0; content < (directory[node] ? 1 : CONTENTS); content++) {
                    chosen.add(Optional.of(new Spot(parent, name, content)));
                    addShapes(chosen);
                    chosen.removeLast();
                }
            }
        }
    }

    private static boolean isTree(List<Optional<Spot>> spots) {
        for (int i = 0; i < NODES; i++) {
            if (spots.get(i).isEmpty()) {
                continue;
            }
            Spot spot = spots.get(i).get();
            for (int j = 0; j < i; j++) {
                if (spots.get(j).isPresent()
                        && spots.get(j).get().parent == spot.parent
                        && spots.get(j).get().name == spot.name) {
                    return false;
                }
            }
            int at = i;
            for (int steps = 0; at != ROOT; steps++) {
                if (spots.get(at).isEmpty() || steps > NODES) {
                    return false;
                }
                at = spots.get(at).get().parent;
            }
        }
        return true;
    }

    // Renamings, as permutations of the numbers of the shapes.

    private void addRenamings() {
        Map<Shape, Integer> number = new HashMap<>();
        for (int i = 0; i < shapes.size(); i++) {
            number.put(shapes.get(i), i);
        }
        for (int[] nodes : permutations(NODES)) {
            if (!keepsKinds(nodes)) {
                continue;
            }
            for (int[] names : permutations(NAMES)) {
                for (int[] contents : permutations(CONTENTS)) {
                    int[] renaming = new int[shapes.size()];
                    for (int i = 0; i < renaming.length; i++) {
                        renaming[i] =
                                number.getOrDefault(
                                        renamed(shapes.get(i), nodes, names, contents), -1);
                    }
                    renamings.add(renaming);
                }
            }
        }
    }

    private boolean keepsKinds(int[] nodes) {
        for (int i = 0; i < NODES; i++) {
            if (directory[i] != directory[nodes[i]]) {
                return false;
            }
        }
        return true;
    }

    private Shape renamed(Shape shape, int[] nodes, int[] names, int[] contents) {
        List<Optional<Spot>> spots = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            spots.add(Optional.empty());
        }
        for (int i = 0; i < NODES; i++) {
            if (shape.spots.get(i).isPresent()) {
                Spot spot = shape.spots.get(i).get();
                int parent = spot.parent == ROOT ? ROOT : nodes[spot.parent];
                int content = directory[i] ? 0 : contents[spot.content];
                spots.set(nodes[i], Optional.of(new Spot(parent, names[spot.name], content)));
            }
        }
        return new Shape(List.copyOf(spots));
    }

    private static List<int[]> permutations(int size) {
        List<int[]> all = new ArrayList<>();
        permute(new int[size], 0, 0, all);
        return all;
    }

    private static void permute(int[] chosen, int length, int used, List<int[]> all) {
        if (length == chosen.length) {
            all.add(chosen.clone());
            return;
        }
        for (int i = 0; i < chosen.length; i++) {
            if ((used & (1 << i)) == 0) {
                chosen[length] = i;
                permute(chosen, length + 1, used | (1 << i), all);
            }
        }
    }

    // As entries.

    private Map<NodeId, Entry> tree(Shape shape) {
        Map<NodeId, Entry> tree = new HashMap<>();
        for (int i = 0; i < NODES; i++) {
            if (shape.spots.get(i).isPresent()) {
                Spot spot = shape.spots.get(i).get();
                Place place = new Place(new NodeId(spot.parent + 1L), name(spot.name));
                Item item = directory[i] ? Item.DIRECTORY : file(spot.content);
                tree.put(new NodeId(i + 1L), new Entry(place, item, 1));
            }
        }
        return tree;
    }

    private static Name name(int number) {
        return new Name(String.valueOf((char) ('a' + number)));
    }

    /** A file whose bytes are told by a number. */
    static Item file(int content) {
        return Item.file(
                new Content(0, new Hash(content + 1L, content, content, content), 1), false, 0);
    }
}
