package io.syncline.core.plan;

import io.syncline.core.plan.Subject.Doom;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.NodeId;
import java.util.ArrayList;
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
 * left to later plans (R46).
 */
final class Removals {
    private final Subjects subjects;
    private final boolean readOnly;
    private final Consumer<Subject> pull;
    private final List<Subject> trashed = new ArrayList<>();
    private final List<Subject> roots = new ArrayList<>();
    private int nodesLeft;
    private @Nullable Places places;

    Removals(Subjects subjects, boolean readOnly, int nodesMax, Consumer<Subject> pull) {
        this.subjects = subjects;
        this.readOnly = readOnly;
        this.nodesLeft = nodesMax;
        this.pull = pull;
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

    private Doom doom(Subject node, Side side) {
        if (node.doom == null) {
            node.doom = node.held || !node.stuck.isEmpty() ? Doom.UNKNOWN : contents(node, side);
            if (node.doom == Doom.GOES) {
                goes(node, side);
            }
        }
        return node.doom;
    }

    private Doom contents(Subject directory, Side side) {
        Doom doom = Doom.GOES;
        if (!directory.isDirectory()) {
            return doom;
        }
        Iterator<NodeId> children = subjects.children(side, directory);
        while (children.hasNext()) {
            if (nodesLeft-- <= 0) {
                return doom.and(Doom.UNKNOWN);
            }
            doom = doom.and(child(directory, subjects.of(children.next()), side));
        }
        return doom;
    }

    private Doom child(Subject directory, Subject child, Side side) {
        if (child.held) {
            return Doom.UNKNOWN;
        }
        if (child.fate == (side == Side.LOCAL ? Fate.TRASH : Fate.DELETE)) {
            return doom(child, side);
        }
        if (child.fate == Fate.KEEP
                && !Objects.requireNonNull(places).merged(child).parent().equals(directory.id)) {
            directory.addLeaving(child);
            pull.accept(child);
            return Doom.GOES;
        }
        return Doom.LIVES;
    }

    private void goes(Subject node, Side side) {
        if (side == Side.LOCAL) {
            node.onDisk = Operation.REMOVE;
            trashed.add(node);
            return;
        }
        node.onServer = Operation.REMOVE;
        Subject root = root(node);
        if (root.deletions.isEmpty()) {
            roots.add(root);
        }
        root.addDeletion(node);
    }

    /** All that goes to the trash, children first. */
    List<Subject> trashed() {
        return trashed;
    }

    /** The topmost directories, or single files, of all that is to be deleted there. */
    List<Subject> roots() {
        return roots;
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

    /** The topmost directory that was deleted here together with this node (R17). */
    Subject root(Subject node) {
        Subject root = node.deletedRoot;
        if (root == null) {
            Subject parent = subjects.of(node.before().place().parent());
            root = parent.isDeletedHere() ? root(parent) : node;
            node.deletedRoot = root;
        }
        return root;
    }

    /**
     * Whether all deletions below this lost one are in the list of what to forget, children first;
     * it then is itself. Forgotten from the top, the rest would look like deletions of their own.
     */
    boolean forget(Subject node, List<Step> steps) {
        if (node.forgotten == null) {
            node.forgotten = !node.held && forgetContents(node, steps);
            if (node.forgotten) {
                steps.add(new Step.Forget(node.id));
            }
        }
        return node.forgotten;
    }

    private boolean forgetContents(Subject directory, List<Step> steps) {
        if (!directory.isDirectory()) {
            return true;
        }
        boolean all = true;
        Iterator<NodeId> children = subjects.children(Side.SYNCED, directory);
        while (children.hasNext()) {
            if (nodesLeft-- <= 0) {
                return false;
            }
            Subject child = subjects.of(children.next());
            all &= !isDeletedWith(child) || forget(child, steps);
        }
        return all;
    }

    /**
     * Whether the deletion of a child of a lost directory is to be forgotten too: also where it
     * loses for a reason of its own, so that each plan leaves fewer to walk over than the last.
     */
    private static boolean isDeletedWith(Subject child) {
        return switch (child.fate) {
            case LOST, GONE -> true;
            case ARRIVE, DETACH -> child.synced != null && !child.isDirectory();
            case KEEP, CREATE, TRASH, DELETE -> false;
        };
    }
}
