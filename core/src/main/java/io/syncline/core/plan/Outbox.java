package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Limits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Packs what the server needs into commits. Independent changes travel together without being
 * atomic, so that one refusal doesn't stop the others; knots of names (R20) and the deletion of a
 * subtree (R17) are atomic. A commit names only those new nodes that it creates itself: the rest
 * waits for the next plan, which knows their ids.
 */
final class Outbox {
    private static final int CHANGES_MAX = Limits.COMMIT_CHANGES_MAX;

    /**
     * Most nodes in one knot; leaves room for the last deletions of a subtree that is part of it.
     */
    static final int KNOT_MAX = CHANGES_MAX - 100;

    private final Subjects subjects;
    private final Removals removals;
    private final List<Step> steps = new ArrayList<>();
    private List<Change> open = new ArrayList<>();

    /** Number of the commit that is being filled, from 1. */
    private int number = 1;

    Outbox(Subjects subjects, Removals removals) {
        this.subjects = subjects;
        this.removals = removals;
    }

    List<Step> steps(List<Subject> nodes) {
        List<Vertex> vertices = vertices(nodes);
        for (Vertex vertex : vertices) {
            vertex.blocked = !connect(vertex, vertex.subject);
        }
        for (List<Vertex> component : Order.of(vertices)) {
            if (!ready(component)) {
                continue;
            }
            if (component.size() > 1) {
                knot(component);
            } else if (isGroup(component.getFirst().subject)) {
                deletions(component.getFirst().subject, List.of());
            } else {
                single(component.getFirst().subject);
            }
        }
        close(false);
        return steps;
    }

    private List<Vertex> vertices(List<Subject> nodes) {
        List<Vertex> vertices = new ArrayList<>();
        for (Subject root : removals.roots()) {
            removals.takeBackBlocked(root);
            if (root.deletions.isEmpty()) {
                continue;
            }
            Vertex vertex = new Vertex(root);
            vertices.add(vertex);
            for (Subject node : root.deletions) {
                node.serverVertex = vertex;
            }
        }
        for (Subject node : nodes) {
            if (node.serverVertex == null) {
                node.serverVertex = new Vertex(node);
                vertices.add(node.serverVertex);
            }
        }
        return vertices;
    }

    private static boolean isGroup(Subject node) {
        return !node.deletions.isEmpty();
    }

    // What must come first; false when that isn't going to happen in this plan.

    private boolean connect(Vertex vertex, Subject node) {
        if (isGroup(node)) {
            return emptied(vertex, node);
        }
        return switch (node.onServer) {
            case NONE, SET_ASIDE, REMOVE -> true;
            case MAKE -> parent(vertex, node) && place(vertex, node);
            case MOVE -> parent(vertex, node) && place(vertex, node) && way(vertex, node);
        };
    }

    private boolean emptied(Vertex vertex, Subject root) {
        for (Subject directory : root.deletions) {
            for (Subject leaving : directory.leaving) {
                if (!after(vertex, leaving)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean parent(Vertex vertex, Subject node) {
        Subject parent = subjects.of(target(node).parent());
        if (parent.isRemote()) {
            return true;
        }
        return parent.onServer == Operation.MAKE && after(vertex, parent);
    }

    private boolean place(Vertex vertex, Subject node) {
        Subject occupant = subjects.onServer(target(node));
        if (occupant == null || occupant == node) {
            return true;
        }
        return occupant.onServer.vacates() && after(vertex, occupant);
    }

    private boolean way(Vertex vertex, Subject node) {
        List<Subject> moving = new ArrayList<>();
        if (!Ways.opens(node, target(node).parent(), subjects, false, moving)) {
            return false;
        }
        moving.forEach(step -> after(vertex, step));
        return true;
    }

    private static boolean after(Vertex vertex, Subject other) {
        if (other.serverVertex == null) {
            return false;
        }
        if (other.serverVertex != vertex) {
            vertex.after(other.serverVertex);
        }
        return true;
    }

    /** The disk already holds what is sent. */
    private static Place target(Subject node) {
        return node.here().place();
    }

    // Commits.

    /** Whether all that comes first made it into the plan. */
    private static boolean ready(List<Vertex> component) {
        for (Vertex vertex : component) {
            for (Vertex first : vertex.after) {
                if (!first.emitted && first.component != vertex.component) {
                    return false;
                }
            }
        }
        return true;
    }

    private void single(Subject node) {
        if (open.size() == CHANGES_MAX) {
            close(false);
        }
        if (knowsParent(node)) {
            open.add(change(node));
            emitted(node);
        }
    }

    /** Whether the parent is known to the server by its id, or created by the open commit. */
    private boolean knowsParent(Subject node) {
        if (node.onServer != Operation.MAKE && node.onServer != Operation.MOVE) {
            return true;
        }
        Subject parent = subjects.of(target(node).parent());
        return parent.isRemote() || parent.sentIn == number;
    }

    private void emitted(Subject node) {
        node.sentIn = number;
        Objects.requireNonNull(node.serverVertex).emitted = true;
    }

    private void close(boolean atomic) {
        if (!open.isEmpty()) {
            steps.add(new Step.Send(atomic, open));
            open = new ArrayList<>();
        }
        number++;
    }

    private Change change(Subject node) {
        Entry here = node.local;
        return switch (node.onServer) {
            case MAKE -> {
                Entry created = Objects.requireNonNull(here);
                yield new Change.Create(
                        node.id, created.place(), created.item(), subjects.origin(node));
            }
            case REMOVE -> new Change.Delete(node.id, node.there().version());
            case NONE, MOVE, SET_ASIDE -> {
                Entry sent = Objects.requireNonNull(here);
                yield new Change.Update(
                        node.id,
                        node.there().version(),
                        node.onServer == Operation.MOVE
                                ? Optional.of(sent.place())
                                : Optional.empty(),
                        node.upload ? Optional.of(sent.item()) : Optional.empty());
            }
        };
    }

    /** Deletes what goes of one subtree, with what has to be done in the same instant. */
    private void deletions(Subject root, List<Change> others) {
        List<Subject> nodes = root.deletions;
        if (others.isEmpty() && nodes.size() == 1 && nodes.getFirst() == root) {
            single(root);
            return;
        }
        close(false);
        // R17: a subtree goes all at once. One that is too large, or doesn't go whole, goes in
        // batches that each prove its top unchanged: a move of it over there keeps all of the rest.
        boolean whole = root.onServer == Operation.REMOVE;
        int room = CHANGES_MAX - others.size() - (whole ? 0 : 1);
        int done = 0;
        while (nodes.size() - done > room) {
            int end = Math.min(done + CHANGES_MAX - 1, nodes.size() - 1);
            open.add(check(root));
            addChanges(nodes.subList(done, end));
            close(true);
            done = end;
        }
        if (!whole) {
            open.add(check(root));
        }
        open.addAll(others);
        addChanges(nodes.subList(done, nodes.size()));
        close(true);
        emitted(nodes.getFirst());
    }

    private void addChanges(List<Subject> nodes) {
        for (Subject node : nodes) {
            open.add(change(node));
        }
    }

    private static Change check(Subject root) {
        return new Change.Check(root.id, root.there().version());
    }

    /** R20: names that are passed around, all at once; the server looks at the final state only. */
    private void knot(List<Vertex> component) {
        if (component.size() > KNOT_MAX) {
            loosen(component);
            return;
        }
        List<Change> changes = new ArrayList<>();
        Set<Subject> done = new HashSet<>();
        List<Subject> groups = new ArrayList<>();
        for (Vertex vertex : component) {
            if (isGroup(vertex.subject)) {
                groups.add(vertex.subject);
            } else if (!addAfterParent(vertex.subject, component, changes, done)) {
                return;
            }
        }
        close(false);
        if (groups.size() == 1) {
            deletions(groups.getFirst(), changes);
        } else {
            open.addAll(changes);
            groups.forEach(root -> addChanges(root.deletions));
            if (open.size() > CHANGES_MAX) {
                open.clear();
                return;
            }
            close(true);
        }
        for (Vertex vertex : component) {
            vertex.emitted = true;
        }
    }

    /**
     * A knot that no commit can hold comes loose when one node steps out of the way over there. The
     * next plan sees it there, and wants it where it is here.
     */
    private void loosen(List<Vertex> component) {
        for (Vertex vertex : component) {
            Subject node = vertex.subject;
            if (node.onServer == Operation.MOVE && !isGroup(node)) {
                if (open.size() == CHANGES_MAX) {
                    close(false);
                }
                Optional<Place> stop = Optional.of(Places.stop(node));
                open.add(
                        new Change.Update(node.id, node.there().version(), stop, Optional.empty()));
                return;
            }
        }
    }

    /** Adds a change behind that which creates its parent; false if another commit does that. */
    private boolean addAfterParent(
            Subject node, List<Vertex> component, List<Change> changes, Set<Subject> done) {
        if (!done.add(node)) {
            return true;
        }
        Subject parent = subjects.of(target(node).parent());
        if (node.onServer != Operation.NONE && !parent.isRemote()) {
            boolean inKnot =
                    parent.serverVertex != null
                            && parent.serverVertex.component == component.getFirst().component;
            if (!inKnot || !addAfterParent(parent, component, changes, done)) {
                return false;
            }
        }
        changes.add(change(node));
        return true;
    }
}
