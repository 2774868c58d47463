package io.syncline.core.plan;

import io.syncline.core.plan.Places.Claim;
import io.syncline.core.plan.Places.Refuge;
import io.syncline.core.plan.Subject.Doom;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One plan in the making: decides for each node of the window, and for each that these pull in,
 * what has to happen to it on either side. {@link Disk} and {@link Outbox} then put that in order.
 *
 * <p>A node is changed on one side at a time in each aspect: what is sent is always what the disk
 * holds, so a place that differs from both sides is taken here first and sent by the next plan.
 */
final class Round {
    private final Subjects subjects;
    private final Places places;
    private final Removals removals;
    private final boolean readOnly;
    private final ArrayDeque<Subject> pulled = new ArrayDeque<>();
    private final List<Subject> onDisk = new ArrayList<>();
    private final List<Subject> onServer = new ArrayList<>();
    private final List<Step> bookkeeping = new ArrayList<>();
    private final List<Step> detached = new ArrayList<>();
    private final List<Step> contents = new ArrayList<>();
    private final List<Step> reports = new ArrayList<>();

    Round(Trees trees, ConflictName names, boolean readOnly, int walkNodesMax) {
        this.readOnly = readOnly;
        this.subjects = new Subjects(trees);
        this.removals =
                new Removals(subjects, readOnly, walkNodesMax, pulled::add, bookkeeping::add);
        this.places = new Places(subjects, removals, names);
        removals.places(places);
    }

    Plan plan(Collection<NodeId> window) {
        for (NodeId id : window) {
            if (!id.isRoot()) {
                decide(subjects.of(id));
            }
        }
        List<Step> steps = new ArrayList<>();
        List<Step> disk = new Disk(subjects, removals).steps(onDisk);
        List<Step> sends = readOnly ? List.of() : new Outbox(subjects, removals).steps(onServer);
        for (Subject node : subjects.adopting()) {
            steps.add(new Step.Adopt(node.localId(), node.id));
        }
        steps.addAll(bookkeeping);
        steps.addAll(disk);
        steps.addAll(contents);
        steps.addAll(sends);
        // Last, because the other steps know these nodes as parents by their old ids.
        steps.addAll(detached);
        steps.addAll(reports);
        return new Plan(steps);
    }

    private void decide(Subject first) {
        pulled.add(first);
        for (Subject node = pulled.poll(); node != null; node = pulled.poll()) {
            if (!node.decided && !node.held) {
                node.decided = true;
                judge(node);
            }
        }
    }

    private void judge(Subject node) {
        if (!node.stuck.isEmpty()) {
            stuck(node);
            return;
        }
        switch (node.fate) {
            case KEEP -> keep(node);
            case ARRIVE -> arrive(node);
            case CREATE -> create(node);
            case DETACH -> detached.add(new Step.Detach(node.id));
            case TRASH -> removals.onDisk(node);
            case DELETE -> delete(node);
            case LOST, GONE -> forget(node);
        }
    }

    /** It can't be shown, but a directory that holds it isn't gone. */
    private void stuck(Subject node) {
        holdBack(node, Optional.empty(), node.stuck);
        if (node.fate == Fate.ARRIVE) {
            bringHere(node, subjects.of(node.there().place().parent()));
        }
    }

    // Existence.

    private void forget(Subject node) {
        if (node.synced != null) {
            removals.forget(node);
        }
    }

    /** R17: whatever of a deleted subtree comes first, all of it is looked at from its top. */
    private void delete(Subject node) {
        if (readOnly) {
            holdBack(node, Optional.empty(), "deleted here, but this replica is read-only");
            return;
        }
        Subject root = removals.root(node);
        if (root.fate == Fate.DELETE) {
            removals.onServer(root);
        }
        removals.onServer(node);
    }

    private void arrive(Subject node) {
        Place place = node.there().place();
        Subject parent = subjects.of(place.parent());
        if (!parent.isLocal()) {
            bringHere(node, parent);
        }
        if (!node.stuck.isEmpty()) {
            return;
        }
        node.onDisk = Operation.MAKE;
        node.diskTarget = place;
        onDisk.add(node);
        Subject occupant = subjects.onDisk(place);
        if (occupant != null) {
            // It may have waited to learn whether this node lives.
            occupant.decided &= !occupant.waits;
            pulled.add(occupant);
        }
    }

    /** R18: a directory that was deleted here and holds something that lives is made here again. */
    private void bringHere(Subject child, Subject parent) {
        if (parent.fate == Fate.DELETE && parent.onServer != Operation.REMOVE) {
            parent.fate = Fate.ARRIVE;
            parent.doom = Doom.LIVES;
            parent.decided = false;
        }
        if (!parent.stuck.isEmpty() && child.stuck.isEmpty()) {
            child.stuck = "its directory can't be held here";
            holdBack(child, Optional.of(parent.id), child.stuck);
        }
        pulled.add(parent);
    }

    /**
     * A directory that was deleted there and holds something that lives here is re-created there.
     */
    private void bringThere(NodeId directory) {
        Subject parent = subjects.of(directory);
        while (!parent.isRemote()) {
            if (parent.fate == Fate.TRASH && parent.onDisk != Operation.REMOVE && !parent.held) {
                parent.fate = Fate.DETACH;
                parent.doom = Doom.LIVES;
                parent.decided = false;
            }
            pulled.add(parent);
            parent = subjects.of(parent.here().place().parent());
        }
    }

    private void create(Subject node) {
        Place place = node.here().place();
        Claim claim = places.claim(node, place);
        node.waits = claim == Claim.WAITS;
        switch (claim) {
            case WAITS -> {}
            case LOSES -> yieldName(node, place);
            case KEEPS -> makeThere(node, place);
        }
        if (readOnly && claim != Claim.LOSES) {
            holdBack(node, Optional.empty(), "new here, but this replica is read-only");
        }
    }

    private void makeThere(Subject node, Place place) {
        node.onServer = Operation.MAKE;
        send(node);
        bringThere(place.parent());
        pull(subjects.onServer(place));
    }

    /** A new local node whose name belongs to another one (R19, R38). */
    private void yieldName(Subject node, Place place) {
        switch (places.refuge(node, place.parent(), place.name(), false)) {
            case Refuge.Under(var name) -> {
                node.onDisk = Operation.SET_ASIDE;
                node.diskTarget = new Place(place.parent(), name);
                onDisk.add(node);
            }
            case Refuge.Already _ -> {
                node.onDisk = Operation.REMOVE;
                onDisk.add(node);
            }
            case Refuge.None _ -> noRefuge(node);
        }
    }

    private void noRefuge(Subject node) {
        holdBack(node, Optional.empty(), "there are too many conflict copies of it");
    }

    // Nodes that live on both sides.

    private void keep(Subject node) {
        Place there = node.there().place();
        Place here = node.here().place();
        Place place = places.merged(node);
        if (node.waits) {
            place(node, place);
            return;
        }
        agree(node);
        if (!place.equals(there) || !place.equals(here)) {
            place(node, place);
        }
        item(node, here.equals(there));
        boolean unsent = node.onServer == Operation.MOVE || node.upload;
        if (readOnly && unsent) {
            holdBack(node, Optional.empty(), "changed here, but this replica is read-only");
        }
    }

    private void agree(Subject node) {
        if (node.there().equals(node.synced)) {
            return;
        }
        Optional<Trees.Entry> synced = Optional.ofNullable(node.synced);
        Optional<Trees.Entry> agreed =
                Agreement.of(Optional.of(node.there()), synced, Optional.of(node.here()));
        if (!agreed.equals(synced)) {
            bookkeeping.add(new Step.Agree(node.id, node.there().version()));
        }
    }

    private void place(Subject node, Place merged) {
        Claim claim = places.claim(node, merged);
        node.waits = claim == Claim.WAITS;
        switch (claim) {
            case WAITS -> {}
            case KEEPS -> bring(node, merged);
            case LOSES -> {
                switch (places.refuge(node, merged.parent(), merged.name(), true)) {
                    case Refuge.Under(var name) -> bring(node, new Place(merged.parent(), name));
                    case Refuge.Already _, Refuge.None _ -> noRefuge(node);
                }
            }
        }
    }

    private void bring(Subject node, Place place) {
        if (!place.equals(node.here().place())) {
            moveHere(node, place);
        } else if (!place.equals(node.there().place())) {
            moveThere(node, place);
        }
    }

    private void moveHere(Subject node, Place place) {
        node.onDisk = Operation.MOVE;
        node.diskTarget = place;
        onDisk.add(node);
        Subject parent = subjects.of(place.parent());
        if (!parent.isLocal()) {
            bringHere(node, parent);
        }
        if (!parent.isRemote()) {
            bringThere(place.parent());
        }
        pull(subjects.onDisk(place));
        pullWay(node, parent);
    }

    private void moveThere(Subject node, Place place) {
        node.onServer = Operation.MOVE;
        send(node);
        bringThere(place.parent());
        pull(subjects.onServer(place));
        pullWay(node, subjects.of(place.parent()));
    }

    private void item(Subject node, boolean samePlace) {
        Item there = node.there().item();
        Item here = node.here().item();
        if (there.sameAs(here)) {
            return;
        }
        Optional<Item> merged = Items.merged(node);
        if (merged.isEmpty()) {
            conflict(node, samePlace);
        } else if (!merged.get().sameAs(here)) {
            contents.add(new Step.Replace(node.id, here, merged.get(), there));
        } else {
            node.upload = true;
            send(node);
        }
    }

    /**
     * Different new bytes on both sides: theirs keep the name, ours become a conflict copy. That
     * ends the local node, so moves come first; but those made here can't be sent if nothing can.
     */
    private void conflict(Subject node, boolean samePlace) {
        if (!samePlace && (!readOnly || node.onDisk != Operation.NONE)) {
            return;
        }
        Place here = node.here().place();
        Item there = node.there().item();
        switch (places.refuge(node, here.parent(), here.name(), false)) {
            case Refuge.Under(var name) -> {
                contents.add(new Step.SetAside(node.id, here, name));
                if (samePlace) {
                    contents.add(new Step.Materialise(node.id, here, there));
                }
            }
            case Refuge.Already _ ->
                    contents.add(new Step.Replace(node.id, node.here().item(), there, there));
            case Refuge.None _ -> noRefuge(node);
        }
    }

    private void send(Subject node) {
        if (!node.sends) {
            node.sends = true;
            onServer.add(node);
        }
    }

    private void pull(@Nullable Subject node) {
        if (node != null) {
            pulled.add(node);
        }
    }

    /** What a directory moves below may have to move first. */
    private void pullWay(Subject node, Subject parent) {
        Subject step = parent;
        while (node.isDirectory() && !step.id.isRoot()) {
            pulled.add(step);
            step = subjects.of(places.merged(step).parent());
        }
    }

    private void holdBack(Subject node, Optional<NodeId> because, String reason) {
        reports.add(new Step.HoldBack(node.id, because, reason));
    }
}
