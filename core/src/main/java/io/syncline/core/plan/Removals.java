package io.syncline.core.plan;

import io.syncline.core.plan.Subject.Doom;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Walks down what was deleted on one side and decides what of it goes: children first, a directory
 * only with all that it holds (L5). Walks end after a number of nodes; what they didn't reach is
 * left to later plans (R46), which find less to walk over.
 */
final class Removals {
    private final Subjects subjects;
    private final boolean readOnly;
    private final Consumer<Subject> pull;
    private final Consumer<Step> forget;
    private final List<Subject> trashed = new ArrayList<>();
    private final List<Subject> roots = new ArrayList<>();
    private int nodesLeft;
    private @Nullable Places places;

    /**
     * @param nodesMax how many nodes all walks together may look at
     * @param pull takes nodes that have to be decided before their directory can go
     * @param forget takes the steps that forget lost deletions, children first
     */
    Removals(
            Subjects subjects,
            boolean readOnly,
            int nodesMax,
            Consumer<Subject> pull,
            Consumer<Step> forget) {
        this.subjects = subjects;
        this.readOnly = readOnly;
        this.nodesLeft = nodesMax;
        this.pull = pull;
        this.forget = forget;
    }

    void places(Places places) {
        this.places = places;
    }

    /** What becomes of a node that was deleted there and is unchanged here. */
    Doom onDisk(Subject node) {
        return doom(node, Side.LOCAL);
    }

    /** What becomes of a node that was deleted here and is unchanged there. */
    Doom onServer(Subject node) {
        // Without a way to send, nothing goes; a live child shows itself by asking for its parent.
        if (readOnly) {
            return node.isDirectory() ? Doom.UNKNOWN : Doom.GOES;
        }
        return doom(node, Side.REMOTE);
    }

    /**
     * Forgets the lost deletions below this one, then itself. Forgotten from the top, the rest
     * would look like deletions of their own (R17).
     */
    void forget(Subject node) {
        doom(node, Side.SYNCED);
    }

    /** All that goes to the trash, children first. */
    List<Subject> trashed() {
        return trashed;
    }

    /** The topmost directories, or single files, of all that is to be deleted there. */
    List<Subject> roots() {
        return roots;
    }

    // Walking.

    /** A directory on the way down, and the verdict on the children seen so far. */
    private static final class Visit {
        private final Subject node;
        private final Iterator<NodeId> children;
        private Doom doom;

        private Visit(Subject node, Iterator<NodeId> children, Doom doom) {
            this.node = node;
            this.children = children;
            this.doom = doom;
        }
    }

    /** Walks without recursion: a tree may be deep. */
    private Doom doom(Subject top, Side side) {
        if (top.doom != null) {
            return top.doom;
        }
        ArrayDeque<Visit> path = new ArrayDeque<>();
        path.push(visit(top, side));
        while (true) {
            Visit visit = path.element();
            boolean more = visit.children.hasNext();
            if (more && nodesLeft-- > 0) {
                Subject child = subjects.of(visit.children.next());
                if (child.doom == null && goesWithParent(child, side)) {
                    path.push(visit(child, side));
                } else {
                    visit.doom = visit.doom.and(verdict(visit.node, child, side));
                }
                continue;
            }
            path.pop();
            Doom doom = more ? visit.doom.and(Doom.UNKNOWN) : visit.doom;
            finish(visit.node, doom, side);
            if (path.isEmpty()) {
                return doom;
            }
            path.element().doom = path.element().doom.and(doom);
        }
    }

    private Visit visit(Subject node, Side side) {
        boolean known = !node.held && (side == Side.SYNCED || node.stuck.isEmpty());
        Iterator<NodeId> children =
                known && node.isDirectory()
                        ? subjects.children(side, node)
                        : Collections.emptyIterator();
        return new Visit(node, children, known ? Doom.GOES : Doom.UNKNOWN);
    }

    private static boolean goesWithParent(Subject child, Side side) {
        return switch (side) {
            case LOCAL -> child.fate == Fate.TRASH;
            case REMOTE -> child.fate == Fate.DELETE;
            case SYNCED -> isForgottenWithParent(child);
        };
    }

    /**
     * Whether the deletion of a child of a lost directory is to be forgotten too: also where it
     * loses for a reason of its own, so that each plan leaves fewer to walk over than the last.
     */
    private static boolean isForgottenWithParent(Subject child) {
        return switch (child.fate) {
            case LOST, GONE -> true;
            case ARRIVE, DETACH -> child.synced != null && !child.isDirectory();
            case KEEP, CREATE, TRASH, DELETE -> false;
        };
    }

    /** What a child that doesn't simply go too means for its directory. */
    private Doom verdict(Subject directory, Subject child, Side side) {
        if (goesWithParent(child, side)) {
            return Objects.requireNonNull(child.doom);
        }
        if (side == Side.SYNCED) {
            return Doom.GOES;
        }
        if (child.held) {
            return Doom.UNKNOWN;
        }
        if (child.fate == Fate.KEEP
                && !Objects.requireNonNull(places).merged(child).parent().equals(directory.id)) {
            directory.addLeaving(child);
            pull.accept(child);
            return Doom.GOES;
        }
        return Doom.LIVES;
    }

    private void finish(Subject node, Doom doom, Side side) {
        node.doom = doom;
        if (doom != Doom.GOES) {
            return;
        }
        switch (side) {
            case LOCAL -> {
                node.onDisk = Operation.REMOVE;
                trashed.add(node);
            }
            case REMOTE -> deleteThere(node);
            case SYNCED -> forget.accept(new Step.Forget(node.id));
        }
    }

    private void deleteThere(Subject node) {
        node.onServer = Operation.REMOVE;
        Subject root = root(node);
        if (root.deletions.isEmpty()) {
            roots.add(root);
        }
        root.addDeletion(node);
    }

    // Subtrees.

    /** The topmost directory that was deleted here together with this node (R17). */
    Subject root(Subject node) {
        Subject root = node;
        while (root.deletedRoot == null) {
            Subject parent = subjects.of(root.before().place().parent());
            if (!parent.isDeletedHere()) {
                root.deletedRoot = root;
                break;
            }
            root = parent;
        }
        Subject top = Objects.requireNonNull(root.deletedRoot);
        for (Subject below = node; below != root; ) {
            below.deletedRoot = top;
            below = subjects.of(below.before().place().parent());
        }
        return top;
    }

    /** Takes back the deletions of directories out of which something can't be moved yet. */
    void takeBackBlocked(Subject root) {
        Set<NodeId> blocked = new HashSet<>();
        for (Subject node : root.deletions) {
            boolean empty = !blocked.contains(node.id);
            for (Subject leaving : node.leaving) {
                empty &= leaving.onServer.vacates();
            }
            if (!empty) {
                node.onServer = Operation.NONE;
                blocked.add(node.there().place().parent());
            }
        }
        if (!blocked.isEmpty()) {
            root.deletions.removeIf(node -> node.onServer == Operation.NONE);
        }
    }
}
