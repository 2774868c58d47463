package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that a plan has looked at, each asked for once, with canonical ids; and the first
 * judgement of each, its {@link Fate}, which needs nothing but the node, its ancestors and a
 * possible twin.
 */
final class Subjects {
    private final Trees trees;
    private final Twins twins;
    private final Map<NodeId, Subject> byId = new HashMap<>();
    private final Set<NodeId> loading = new HashSet<>();
    private final List<Subject> adopting = new ArrayList<>();

    Subjects(Trees trees) {
        this.trees = trees;
        this.twins = new Twins(trees);
        byId.put(NodeId.ROOT, new Subject(NodeId.ROOT, null, null, null, null, false));
    }

    /** The node with that id; for a local-only one with a twin on the server, the twin. */
    Subject of(NodeId id) {
        Subject known = byId.get(id);
        if (known == null) {
            NodeId canonical = twins.canonical(id);
            known = canonical.equals(id) ? load(id) : of(canonical);
            byId.put(id, known);
        }
        return known;
    }

    /** Those that take over a local-only node, parents before children. */
    List<Subject> adopting() {
        return adopting;
    }

    /** Who has that place on disk, if the plan knows the directory to be there. */
    @Nullable Subject onDisk(Place place) {
        Subject parent = of(place.parent());
        return parent.isLocal() ? child(Side.LOCAL, parent.localId(), place) : null;
    }

    /** Who has that place on the server. */
    @Nullable Subject onServer(Place place) {
        return of(place.parent()).isRemote() ? child(Side.REMOTE, place.parent(), place) : null;
    }

    private @Nullable Subject child(Side side, NodeId parent, Place place) {
        NodeId child = trees.child(side, parent, place.name()).orElse(null);
        return child == null ? null : of(child);
    }

    /** The children of a directory on one side. */
    Iterator<NodeId> children(Side side, Subject directory) {
        return trees.children(side, side == Side.LOCAL ? directory.localId() : directory.id);
    }

    /** For a local-only node: what it re-creates. */
    Optional<NodeId> origin(Subject node) {
        return trees.origin(node.id);
    }

    private Subject load(NodeId id) {
        NodeId localId = twins.local(id);
        boolean adopts = !localId.equals(id);
        Entry here = entry(Side.LOCAL, localId);
        Subject subject =
                new Subject(
                        id,
                        id.isLocalOnly() ? null : entry(Side.REMOTE, id),
                        id.isLocalOnly() ? null : canonicalSynced(entry(Side.SYNCED, id), here),
                        canonical(here),
                        adopts ? localId : null,
                        trees.held(id));
        subject.fate = fate(subject);
        subject.stuck = stuck(subject.remote, subject.local);
        if (adopts) {
            adopting.add(subject);
        }
        return subject;
    }

    private @Nullable Entry entry(Side side, NodeId id) {
        return trees.entry(side, id).orElse(null);
    }

    private @Nullable Entry canonical(@Nullable Entry entry) {
        if (entry == null || !entry.place().parent().isLocalOnly()) {
            return entry;
        }
        NodeId parent = twins.canonical(entry.place().parent());
        return parent.equals(entry.place().parent())
                ? entry
                : new Entry(new Place(parent, entry.place().name()), entry.item(), entry.version());
    }

    /** As {@link Step.Adopt} will have it: only a parent that is the same here is replaced. */
    private @Nullable Entry canonicalSynced(@Nullable Entry synced, @Nullable Entry local) {
        return synced != null
                        && local != null
                        && synced.place().parent().equals(local.place().parent())
                ? canonical(synced)
                : synced;
    }

    private static boolean isKnown(Entry entry) {
        return entry.item().kind().isKnown();
    }

    private Fate fate(Subject node) {
        if (node.remote != null && node.local != null) {
            return Fate.KEEP;
        }
        if (node.remote == null && node.local == null) {
            return Fate.GONE;
        }
        if (node.synced == null) {
            return node.remote != null
                    ? Fate.ARRIVE
                    : node.id.isLocalOnly() ? Fate.CREATE : Fate.DETACH;
        }
        if (node.remote == null) {
            return deletion(node.synced, node.here(), Fate.DETACH, Fate.TRASH);
        }
        // What can't be shown here isn't on disk either: that is no deletion (R43).
        return deletion(
                node.synced,
                node.remote,
                Fate.ARRIVE,
                isKnown(node.remote) ? Fate.DELETE : Fate.ARRIVE);
    }

    /** Deleted on one side: what the side that still has it did to it decides. */
    private Fate deletion(Entry synced, Entry survivor, Fate lives, Fate goes) {
        boolean moved = !survivor.place().equals(synced.place());
        Item item = survivor.item();
        if (moved) {
            return item.isDirectory() ? Fate.LOST : lives;
        }
        if (!item.sameAs(synced.item())) {
            return lives;
        }
        // R17: what was deleted together with a directory that lives on because it was moved lives.
        Subject parent = ancestor(synced.place().parent());
        if (parent == null || parent.fate != Fate.LOST) {
            return goes;
        }
        boolean sameSide = lives == Fate.ARRIVE ? parent.isDeletedHere() : parent.local != null;
        return sameSide ? Fate.LOST : goes;
    }

    /**
     * The node with that id, those above it loaded first, from the top: a tree may be deep. Null in
     * a cycle, which the synced tree may have: its places were agreed on one by one.
     */
    private @Nullable Subject ancestor(NodeId id) {
        ArrayDeque<NodeId> path = new ArrayDeque<>();
        NodeId step = id;
        while (!byId.containsKey(step) && loading.add(step)) {
            path.push(step);
            Entry synced = entry(Side.SYNCED, step);
            step = synced == null ? NodeId.ROOT : synced.place().parent();
        }
        path.forEach(this::of);
        return byId.get(id);
    }

    /** Unknown kinds are kept and shown, never dropped (R43). */
    private static String stuck(@Nullable Entry remote, @Nullable Entry local) {
        if (remote == null) {
            return "";
        }
        if (!isKnown(remote)) {
            return "a " + remote.item().kind() + " can't be held here, it needs a newer version";
        }
        if (local != null && !remote.item().kind().equals(local.item().kind())) {
            return "it is a "
                    + remote.item().kind()
                    + " there and a "
                    + local.item().kind()
                    + " here under one id";
        }
        return "";
    }
}
