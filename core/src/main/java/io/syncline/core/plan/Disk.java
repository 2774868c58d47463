package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts what the disk needs in an order in which each step finds its place free, its parent there
 * and its directory empty. Knots are undone by exchanging names or, when that can't be, by way of
 * temporary names in the root.
 */
final class Disk {
    private final Subjects subjects;
    private final Removals removals;
    private final List<Vertex> vertices = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    Disk(Subjects subjects, Removals removals) {
        this.subjects = subjects;
        this.removals = removals;
    }

    List<Step> steps(List<Subject> nodes) {
        List<Subject> all = new ArrayList<>(nodes);
        all.addAll(removals.trashed());
        if (all.isEmpty()) {
            return steps;
        }
        for (Subject node : all) {
            node.diskVertex = new Vertex(node);
            vertices.add(node.diskVertex);
        }
        for (Vertex vertex : vertices) {
            vertex.blocked = !connect(vertex, vertex.subject);
        }
        for (List<Vertex> component : Order.of(vertices)) {
            if (component.size() == 1) {
                step(component.getFirst().subject);
            } else {
                untie(component);
            }
        }
        return steps;
    }

    // What must come first; false when that isn't going to happen in this plan.

    private boolean connect(Vertex vertex, Subject node) {
        return switch (node.onDisk) {
            case NONE, SET_ASIDE -> true;
            case MAKE -> parent(vertex, node) && place(vertex, node);
            case MOVE -> parent(vertex, node) && place(vertex, node) && way(vertex, node);
            case REMOVE -> emptied(vertex, node);
        };
    }

    private boolean parent(Vertex vertex, Subject node) {
        Subject parent = subjects.of(target(node).parent());
        if (parent.isLocal()) {
            return true;
        }
        return parent.onDisk == Operation.MAKE && after(vertex, parent);
    }

    private boolean place(Vertex vertex, Subject node) {
        Subject occupant = subjects.onDisk(target(node));
        if (occupant == null || occupant == node) {
            return true;
        }
        return occupant.onDisk.vacates() && after(vertex, occupant);
    }

    private boolean way(Vertex vertex, Subject node) {
        List<Subject> moving = new ArrayList<>();
        if (!Ways.opens(node, target(node).parent(), subjects, true, moving)) {
            return false;
        }
        moving.forEach(step -> after(vertex, step));
        return true;
    }

    private boolean emptied(Vertex vertex, Subject node) {
        if (!node.isDirectory()) {
            return true;
        }
        Iterator<NodeId> children = subjects.children(Side.LOCAL, node);
        while (children.hasNext()) {
            Subject child = subjects.of(children.next());
            if (!child.onDisk.vacates() || !after(vertex, child)) {
                return false;
            }
        }
        return true;
    }

    private static boolean after(Vertex vertex, Subject other) {
        if (other.diskVertex == null) {
            return false;
        }
        vertex.after(other.diskVertex);
        return true;
    }

    // Steps.

    private void step(Subject node) {
        switch (node.onDisk) {
            case NONE -> {}
            case MAKE ->
                    steps.add(new Step.Materialise(node.id, target(node), node.there().item()));
            case MOVE -> steps.add(move(node, node.here().place(), target(node)));
            case SET_ASIDE ->
                    steps.add(new Step.SetAside(node.id, node.here().place(), target(node).name()));
            case REMOVE ->
                    steps.add(new Step.Trash(node.id, node.here().place(), node.here().item()));
        }
    }

    private static Step.Move move(Subject node, Place from, Place to) {
        return new Step.Move(node.id, from, to, agreed(node, to));
    }

    /** Agreed is what follows the server; what is our own choice is still to be sent. */
    private static Place agreed(Subject node, Place to) {
        Place there = node.there().place();
        Entry synced = node.synced;
        if (synced == null || to.equals(there)) {
            return to;
        }
        Place before = synced.place();
        return new Place(
                to.parent().equals(there.parent()) ? to.parent() : before.parent(),
                to.name().equals(there.name()) ? to.name() : before.name());
    }

    private static Place target(Subject node) {
        return Objects.requireNonNull(node.diskTarget);
    }

    // Knots.

    private void untie(List<Vertex> component) {
        List<Subject> ring = ring(component);
        if (ring != null) {
            rotate(ring);
        } else {
            park(component);
        }
    }

    /**
     * The nodes in the order in which each wants the next one's place, if that is all they want.
     */
    private @Nullable List<Subject> ring(List<Vertex> component) {
        List<Subject> ring = new ArrayList<>();
        Subject first = component.getFirst().subject;
        Subject node = first;
        do {
            if (node.onDisk != Operation.MOVE || !isIn(component, node)) {
                return null;
            }
            ring.add(node);
            node = subjects.onDisk(target(node));
        } while (node != null && node != first && ring.size() <= component.size());
        boolean closed = node == first && ring.size() == component.size();
        return closed && !isNested(ring) ? ring : null;
    }

    /** Whether one of them is inside another: then their names can't be exchanged. */
    private boolean isNested(List<Subject> ring) {
        Set<NodeId> ids = new HashSet<>();
        ring.forEach(node -> ids.add(node.id));
        for (Subject node : ring) {
            NodeId parent = node.here().place().parent();
            while (!parent.isRoot()) {
                if (ids.contains(parent)) {
                    return true;
                }
                parent = subjects.of(parent).here().place().parent();
            }
        }
        return false;
    }

    private static boolean isIn(List<Vertex> component, Subject node) {
        return node.diskVertex != null
                && node.diskVertex.component == component.getFirst().component;
    }

    /** R20: the first node is handed backwards from place to place, and each other one is done. */
    private void rotate(List<Subject> ring) {
        Subject first = ring.getFirst();
        Place at = first.here().place();
        for (int i = ring.size() - 1; i >= 1; i--) {
            Subject other = ring.get(i);
            Place from = other.here().place();
            Step.Move there =
                    new Step.Move(first.id, at, from, i == 1 ? agreed(first, from) : from);
            steps.add(new Step.Exchange(move(other, from, at), there));
            at = from;
        }
    }

    /**
     * All that moves steps out of the way under a name that can't be taken, then all that goes
     * goes, then all takes its place, parents first. A parked name counts as agreed: found again
     * after a crash, the node follows the server.
     */
    private void park(List<Vertex> component) {
        List<Subject> members = new ArrayList<>();
        for (Vertex vertex : component) {
            members.add(vertex.subject);
        }
        for (Subject node : members) {
            if (node.onDisk == Operation.MOVE) {
                stepAside(node);
            }
        }
        for (Subject node : members) {
            if (node.onDisk == Operation.REMOVE) {
                trashAfterContents(node, component);
            }
        }
        for (Subject node : members) {
            takePlace(node, component);
        }
    }

    private void stepAside(Subject node) {
        Place stop = Places.stop(node);
        // An earlier plan may have come that far.
        if (!node.here().place().equals(stop)) {
            steps.add(new Step.Move(node.id, node.here().place(), stop, stop));
        }
    }

    private void trashAfterContents(Subject node, List<Vertex> component) {
        Vertex vertex = Objects.requireNonNull(node.diskVertex);
        if (vertex.emitted) {
            return;
        }
        vertex.emitted = true;
        for (Vertex first : vertex.after) {
            if (first.subject.onDisk == Operation.REMOVE && isIn(component, first.subject)) {
                trashAfterContents(first.subject, component);
            }
        }
        step(node);
    }

    private void takePlace(Subject node, List<Vertex> component) {
        Vertex vertex = Objects.requireNonNull(node.diskVertex);
        if (vertex.emitted) {
            return;
        }
        vertex.emitted = true;
        Subject parent = subjects.of(target(node).parent());
        if (parent.onDisk == Operation.MAKE && isIn(component, parent)) {
            takePlace(parent, component);
        }
        if (node.onDisk == Operation.MOVE) {
            steps.add(move(node, Places.stop(node), target(node)));
        } else {
            step(node);
        }
    }
}
