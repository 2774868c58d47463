package io.syncline.core.plan;

import io.syncline.core.plan.Subject.Doom;
import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where each node belongs. Parent and name are merged independently; a change committed there wins
 * over one made here. Three rules follow the merge: no cycles, no two nodes of one place, no nested
 * conflict names.
 */
final class Places {
    /** Most numbers tried for a conflict copy's name. */
    static final int CONFLICT_NUMBERS_MAX = 1_000;

    private final Subjects subjects;
    private final Removals removals;
    private final ConflictName names;
    private final Set<Place> claimed = new HashSet<>();
    private int walks;

    Places(Subjects subjects, Removals removals, ConflictName names) {
        this.subjects = subjects;
        this.removals = removals;
        this.names = names;
    }

    // The merge.

    /** Where the node belongs as far as it alone goes, before rivals are asked. */
    Place merged(Subject node) {
        Place place = node.merged;
        if (place == null) {
            place = merge(node);
            node.merged = place;
        }
        return place;
    }

    private Place merge(Subject node) {
        if (node.fate != Fate.KEEP || node.synced == null) {
            Entry entry = node.remote != null ? node.remote : node.local;
            return entry == null ? node.before().place() : entry.place();
        }
        Place there = node.there().place();
        Place here = node.here().place();
        Name name = there.name().equals(node.synced.place().name()) ? here.name() : there.name();
        NodeId parent = parent(node);
        if (parent.equals(there.parent()) && name.equals(there.name())) {
            return there;
        }
        return parent.equals(here.parent()) && name.equals(here.name())
                ? here
                : new Place(parent, name);
    }

    // Cycles.

    /** The merged parent, once no merged cycle can change it any more. */
    private NodeId parent(Subject node) {
        NodeId first = choice(node);
        // Only a directory's own move can close a cycle, and only a move made here is undone.
        if (node.parentIsLocalChoice && node.isDirectory()) {
            while (!node.parentIsFinal) {
                walkUp(node);
            }
            return choice(node);
        }
        return first;
    }

    /** The parent that the three sides agree on, or the one after an undone move. */
    private NodeId choice(Subject node) {
        if (node.parent == null) {
            node.parent = chosen(node);
        }
        return node.parent;
    }

    private static NodeId chosen(Subject node) {
        if (node.fate != Fate.KEEP || node.synced == null) {
            Entry entry = node.remote != null ? node.remote : node.local;
            return (entry == null ? node.before() : entry).place().parent();
        }
        NodeId there = node.there().place().parent();
        NodeId here = node.here().place().parent();
        if (!there.equals(node.synced.place().parent()) || here.equals(there)) {
            return there;
        }
        node.parentIsLocalChoice = true;
        return here;
    }

    /**
     * Climbs until the root, or until a cycle is found and the local moves on it are undone (R19).
     */
    private void walkUp(Subject from) {
        int walk = ++walks;
        List<Subject> path = new ArrayList<>();
        Subject node = from;
        while (!node.id.isRoot() && !node.parentIsFinal) {
            if (node.walk == walk) {
                undoLocalMoves(node);
                return;
            }
            node.walk = walk;
            path.add(node);
            node = subjects.of(choice(node));
        }
        for (Subject passed : path) {
            passed.parentIsFinal = true;
        }
    }

    private void undoLocalMoves(Subject start) {
        Subject node = start;
        boolean undone = false;
        do {
            Subject next = subjects.of(choice(node));
            if (node.parentIsLocalChoice) {
                node.parent = node.there().place().parent();
                node.parentIsLocalChoice = false;
                undone = true;
            }
            node = next;
        } while (node != start);
        if (!undone) {
            throw new IllegalStateException("a side has a cycle of its own at node " + start.id);
        }
    }

    // Rivals.

    /** Whether a node may have the place that it wants. */
    enum Claim {
        KEEPS,
        LOSES,
        /** It isn't known yet whether the rival stays. */
        WAITS
    }

    /**
     * Of two nodes wanting one place the committed one keeps it (R19); a place that came about by
     * merging yields to a node that already is there on either side.
     */
    Claim claim(Subject node, Place place) {
        if (node.remote != null && node.remote.place().equals(place)) {
            return Claim.KEEPS;
        }
        Claim claim = contest(node, subjects.onServer(place), place);
        if (claim != Claim.KEEPS || node.here().place().equals(place)) {
            return claim;
        }
        claim = contest(node, subjects.onDisk(place), place);
        // Two merged places can be the same: the second one is judged when the first one is there.
        return claim == Claim.KEEPS && !claimed.add(place) ? Claim.WAITS : claim;
    }

    private Claim contest(Subject node, @Nullable Subject rival, Place place) {
        if (rival == null || rival == node || rival.fate == Fate.GONE) {
            return Claim.KEEPS;
        }
        if (rival.held) {
            return Claim.WAITS;
        }
        if (!merged(rival).equals(place)) {
            return Claim.KEEPS;
        }
        if (!rival.stuck.isEmpty()) {
            return Claim.LOSES;
        }
        return switch (rival.fate) {
            case KEEP, ARRIVE, CREATE, DETACH -> Claim.LOSES;
            case LOST -> Claim.WAITS;
            case DELETE -> stays(removals.onServer(rival));
            case TRASH -> stays(removals.onDisk(rival));
            case GONE -> Claim.KEEPS;
        };
    }

    private static Claim stays(Doom doom) {
        return switch (doom) {
            case GOES -> Claim.KEEPS;
            case UNKNOWN -> Claim.WAITS;
            case LIVES -> Claim.LOSES;
        };
    }

    /** A place that nothing else wants, for a node on its way: in the root, named by its id. */
    static Place stop(Subject node) {
        return new Place(NodeId.ROOT, new Name("syncline is moving node " + node.id));
    }

    // Conflict names.

    /**
     * Where a losing node goes: under a free name, or nowhere because a sibling under such a name
     * already has its bytes.
     */
    sealed interface Refuge {
        record Under(Name name) implements Refuge {}

        record Already(Subject sibling) implements Refuge {}

        record None() implements Refuge {}
    }

    /**
     * The first fit name in that directory for a node that can't be called {@code original}.
     *
     * @param mayStay whether a fit name that the node already has will do; a node that only needs
     *     another name is never given up for a sibling
     */
    Refuge refuge(Subject node, NodeId directory, Name original, boolean mayStay) {
        for (int number = 1; number <= CONFLICT_NUMBERS_MAX; number++) {
            Name name = names.of(original, node.isDirectory(), number);
            Place place = new Place(directory, name);
            Subject here = subjects.onDisk(place);
            Subject there = subjects.onServer(place);
            boolean own = (here == null || here == node) && (there == null || there == node);
            boolean free = own && (mayStay || (here == null && there == null));
            if (free && claimed.add(place)) {
                return new Refuge.Under(name);
            }
            for (Subject sibling : new Subject[] {here, there}) {
                if (sibling != null && sibling != node && !mayStay && holdsBytesOf(node, sibling)) {
                    return new Refuge.Already(sibling);
                }
            }
        }
        return new Refuge.None();
    }

    /** Whether every side that has the sibling has our bytes in it, and it stays (R38). */
    private static boolean holdsBytesOf(Subject node, Subject sibling) {
        if (node.local == null || node.isDirectory() || sibling.held || sibling.isDirectory()) {
            return false;
        }
        boolean stays =
                switch (sibling.fate) {
                    case KEEP, ARRIVE, CREATE -> true;
                    case DETACH, TRASH, DELETE, LOST, GONE -> false;
                };
        return stays
                && (sibling.remote == null || sameBytes(sibling.remote, node.local))
                && (sibling.local == null || sameBytes(sibling.local, node.local));
    }

    private static boolean sameBytes(Entry one, Entry other) {
        return one.item().kind().equals(other.item().kind())
                && Objects.equals(one.item().content(), other.item().content());
    }
}
