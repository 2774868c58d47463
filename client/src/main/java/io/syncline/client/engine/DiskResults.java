package io.syncline.client.engine;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.Observed;
import io.syncline.client.state.StateStore;
import io.syncline.core.plan.Step;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a task made of the disk becomes what is known of it: what a step makes of the trees ({@link
 * Step}) is written when its task has succeeded, and what was refused is looked at again.
 */
final class DiskResults {
    /** What is kept for its next name, at most; of more the temporaries are discarded. */
    private static final int UNNAMED_MAX = 1_000;

    private final Work work;
    private final Conflicts conflicts;

    /**
     * Something was at the place that a node was to get.
     *
     * @param by what that was
     * @param unexplained a scan has looked since, and found no node there
     */
    private record Obstacle(Place place, Optional<FileIdentity> by, boolean unexplained) {}

    private final Map<NodeId, Obstacle> obstacles = new HashMap<>();

    /** What couldn't be done because a name wasn't free: kept for the next name. */
    private final Map<NodeId, DiskTask> unnamed = new HashMap<>();

    DiskResults(Work work, Conflicts conflicts) {
        this.work = work;
        this.conflicts = conflicts;
    }

    /** Takes one in, inside a transaction. */
    void take(Event.Carried.Result result) {
        DiskTask task = result.task();
        dropIntent(task);
        switch (result.outcome()) {
            case Outcome.Done(Stat now, _) -> done(task, now);
            case Outcome.Displaced(Stat now, _, _) -> {
                done(task, now);
                // The displaced file was put beside it by now: find it.
                work.note(
                        "somebody saved "
                                + task.paths().getFirst()
                                + " in the moment in which it was replaced; that save is kept"
                                + " beside it as '… (saved meanwhile)'",
                        "compare the two, and delete the one that isn't needed");
                task.paths().forEach(work::dirtyAround);
            }
            case Outcome.Refused refused -> refused(task, refused);
        }
    }

    private void dropIntent(DiskTask task) {
        StateStore store = work.state.store();
        switch (task) {
            case DiskTask.ReplaceFile replace -> store.removeIntent(replace.intent());
            case DiskTask.SetAside aside -> store.removeIntent(aside.intent());
            case DiskTask.Rename rename -> store.removeIntent(rename.intent());
            case DiskTask.Exchange exchange -> {
                store.removeIntent(exchange.firstIntent());
                store.removeIntent(exchange.secondIntent());
            }
            case DiskTask.MakeDirectory _,
                    DiskTask.PlaceFile _,
                    DiskTask.PlaceLink _,
                    DiskTask.ReplaceLink _,
                    DiskTask.SetExecutable _,
                    DiskTask.TrashFile _,
                    DiskTask.RemoveDirectory _ -> {}
        }
    }

    private void done(DiskTask task, Stat now) {
        work.delays.succeeded(task.id());
        obstacles.remove(task.id());
        unnamed.remove(task.id());
        task.paths().forEach(path -> work.solved(path.toString()));
        switch (task) {
            case DiskTask.MakeDirectory(var step, var version, var path) ->
                    materialised(step, version, path, now);
            case DiskTask.PlaceFile(var step, var version, _, var path, var placed) ->
                    materialised(step, version, path, seen(now, placed, path));
            case DiskTask.PlaceLink(var step, var version, _, var path) ->
                    materialised(step, version, path, now);
            case DiskTask.ReplaceFile replace ->
                    replaced(
                            replace.step(),
                            replace.path(),
                            seen(now, replace.placed(), replace.path()));
            case DiskTask.ReplaceLink replace -> replaced(replace.step(), replace.path(), now);
            case DiskTask.SetExecutable set ->
                    replaced(
                            set.step(),
                            set.path(),
                            now.mtimeNanos() == set.expected().mtimeNanos()
                                    ? now
                                    : suspicious(set.expected(), set.path()));
            case DiskTask.Rename(var step, _, var from, var to, var expected) -> {
                renamed(expected, from, to);
                moved(step, to, seen(now, expected, to));
            }
            case DiskTask.Exchange exchange -> {
                renamed(exchange.expectedFirst(), exchange.first(), exchange.second());
                renamed(exchange.expectedSecond(), exchange.second(), exchange.first());
                moved(exchange.step().first(), exchange.second(), exchange.expectedFirst());
                moved(exchange.step().second(), exchange.first(), now);
                work.dirtyAround(exchange.second());
            }
            case DiskTask.TrashFile(var step, _, _) -> gone(step.id());
            case DiskTask.RemoveDirectory(var step, _, _) -> gone(step.id());
            case DiskTask.SetAside aside -> {
                renamed(aside.expected(), aside.from(), aside.to());
                setAside(aside, seen(now, aside.expected(), aside.to()));
            }
        }
    }

    private void renamed(Stat what, LocalPath from, LocalPath to) {
        if (what.isDirectory()) {
            work.renamed(from, to);
        }
    }

    /**
     * What to remember as observed. Someone may write to a file between our operation and the look
     * at its result; that save must not be taken for our own doing, or nobody would ever send it
     * (L2).
     */
    private Stat seen(Stat now, Stat before, LocalPath path) {
        return now.unchangedButForRenaming(before) ? now : suspicious(before, path);
    }

    private Stat suspicious(Stat before, LocalPath path) {
        work.dirtyAround(path);
        return before;
    }

    private void materialised(Step.Materialise step, long version, LocalPath path, Stat now) {
        if (!is(now, step.item().kind()) || isAnotherNode(step)) {
            // Somebody moved something else onto what we had just made; or the server was taken
            // back meanwhile, and gave that id to another node (R4).
            work.dirtyAround(path);
            return;
        }
        var observed = new Observed(path.name(), now);
        work.state.putAgreed(
                step.id(),
                Optional.of(
                        new Agreed(
                                step.id(),
                                step.place(),
                                step.item(),
                                version,
                                Optional.of(observed))));
        work.state.putLocal(
                new LocalRow.Present(
                        step.id(),
                        work.current(step.place()),
                        step.item().kind(),
                        Optional.of(step.item()),
                        observed,
                        Optional.empty()));
        work.state.agree(step.id());
    }

    private boolean isAnotherNode(Step.Materialise step) {
        return work.state
                .remote(step.id())
                .filter(row -> !row.item().kind().equals(step.item().kind()))
                .isPresent();
    }

    private static boolean is(Stat now, Kind kind) {
        return switch (now.kind()) {
            case FILE -> kind.equals(Kind.FILE);
            case DIRECTORY -> kind.equals(Kind.DIRECTORY);
            case SYMLINK -> kind.equals(Kind.SYMLINK);
            case OTHER -> false;
        };
    }

    private void replaced(Step.Replace step, LocalPath path, Stat now) {
        Optional<LocalRow.Present> row = work.state.local(step.id());
        if (row.isEmpty() || !is(now, step.after().kind())) {
            work.dirtyAround(path);
            return;
        }
        // First what is agreed, as it was seen: the disk's attributes count from here on (R23).
        // A bit that was changed here and isn't sent yet is still a change of what is agreed.
        var observed = new Observed(row.get().observed().localName(), now);
        Observed asAgreed =
                step.after().executable() == step.agreed().executable()
                        ? observed
                        : observed.executable(step.agreed().executable());
        work.state
                .agreed(step.id())
                .ifPresent(agreed ->
                        work.state.putAgreed(
                                step.id(),
                                Optional.of(
                                        agreed.holding(step.agreed())
                                                .seen(Optional.of(asAgreed)))));
        work.state.putLocal(row.get().holding(step.after(), observed));
        work.state.agree(step.id());
    }

    private void moved(Step.Move step, LocalPath to, Stat now) {
        Optional<LocalRow.Present> row = work.state.local(step.id());
        if (row.isEmpty()) {
            work.dirtyAround(to);
            return;
        }
        work.state
                .agreed(step.id())
                .ifPresent(agreed ->
                        work.state.putAgreed(step.id(), Optional.of(agreed.at(step.agreed()))));
        work.state.putLocal(
                new LocalRow.Present(
                        step.id(),
                        work.current(step.to()),
                        row.get().kind(),
                        row.get().item(),
                        new Observed(to.name(), now),
                        row.get().origin()));
        work.state.agree(step.id());
    }

    private void gone(NodeId id) {
        // A directory that could be removed was empty: what was known in it had vanished before,
        // and
        // no scan can come by there any more to say so.
        var below = new ArrayList<NodeId>();
        work.state.children(Side.LOCAL, id).forEachRemaining(below::add);
        for (NodeId child : below) {
            vanished(child);
        }
        work.state.removeLocal(id);
        work.state.putAgreed(id, Optional.empty());
        work.deletes++;
    }

    private void vanished(NodeId id) {
        var below = new ArrayList<NodeId>();
        work.state.children(Side.LOCAL, id).forEachRemaining(below::add);
        below.forEach(this::vanished);
        work.state.removeLocal(id);
        work.state.agree(id);
    }

    private void setAside(DiskTask.SetAside task, Stat now) {
        work.note(
                task.from()
                        + " was changed here and elsewhere; what was here is kept as "
                        + task.to(),
                "merge what you need, then delete the copy; 'syncline conflicts' lists them");
        copyMade(task.id(), task.copy(), task.step().name(), now);
        conflicts.remember(task.to());
    }

    /** The node is a local-only one under its new name now. */
    private void copyMade(NodeId id, NodeId copy, Name name, Stat now) {
        if (!id.equals(copy)) {
            work.state.putAgreed(id, Optional.empty());
            work.replaceId(id, copy, Optional.empty());
        }
        Optional<LocalRow.Present> row = work.state.local(copy);
        if (row.isPresent()) {
            var place = new Place(row.get().place().parent(), name);
            work.state.putLocal(
                    new LocalRow.Present(
                            copy,
                            place,
                            row.get().kind(),
                            row.get().item(),
                            new Observed(work.names.local(copy, place), now),
                            Optional.empty()));
        }
    }

    private void refused(DiskTask task, Outcome.Refused refused) {
        if (refused instanceof Outcome.NotEmpty && work.isHusk(task.id())) {
            return; // Still not empty.
        }
        task.paths().forEach(work::dirtyAround);
        if (isForAnotherName(task, refused)) {
            unnamed.put(task.id(), task);
        } else if (task instanceof DiskTask.RemoveDirectory remove
                && refused instanceof Outcome.NotEmpty) {
            husk(remove);
            return;
        } else {
            discard(task);
        }
        switch (refused) {
            case Outcome.Exists(var by) -> exists(task, by);
            case Outcome.Changed _, Outcome.Missing _, Outcome.NotEmpty _ ->
                    work.delays.failed(task.id(), work.now, 0);
            case Outcome.Unsupported why -> unsupported(task, why);
            case Outcome.NoSpace _, Outcome.Denied _, Outcome.Unreadable _ -> {
                work.delays.failed(task.id(), work.now, 5_000);
                task.paths()
                        .forEach(path ->
                                work.trying(path.toString(), refused.why(), Todo.about(refused)));
            }
        }
    }

    /** Whether it is kept, so that all but the name is the same at the next try. */
    private boolean isForAnotherName(DiskTask task, Outcome.Refused refused) {
        return refused instanceof Outcome.Exists
                && (task instanceof DiskTask.Placing || task instanceof DiskTask.SetAside)
                && unnamed.size() < UNNAMED_MAX;
    }

    private void discard(DiskTask task) {
        switch (task) {
            case DiskTask.PlaceFile place -> discard(place.temporary());
            case DiskTask.ReplaceFile replace -> discard(replace.temporary());
            default -> {}
        }
    }

    private void discard(LocalPath temporary) {
        work.out.add(new Effect.Discard(List.of(temporary)));
    }

    /** What was fetched before for that step, if it is kept; the caller's from now on. */
    Optional<DiskTask.Placing> fetched(Step.Materialise step) {
        DiskTask kept = unnamed.remove(step.id());
        if (kept instanceof DiskTask.Placing placing && placing.step().item().equals(step.item())) {
            return Optional.of(placing);
        }
        if (kept != null) {
            discard(kept);
        }
        return Optional.empty();
    }

    /** The id that the conflict copy was to get before, when the disk took its name for another. */
    Optional<NodeId> copy(Step.SetAside step) {
        return unnamed.get(step.id()) instanceof DiskTask.SetAside before
                        && before.step().name().equals(step.name())
                ? Optional.of(before.copy())
                : Optional.empty();
    }

    /** Whether something is kept for a plan that is still to be made. */
    boolean isNaming() {
        return unnamed.keySet().stream().anyMatch(id -> work.delays.waits(id, work.now));
    }

    /** Nothing is under way: nobody wants what is kept still, but for what is tried again. */
    void quiet() {
        unnamed.values().forEach(this::discard);
        unnamed.clear();
        obstacles.keySet().removeIf(id -> !work.delays.waits(id, work.now));
    }

    /**
     * Something has the name. A scan tells what; if no node has that name then, and the same thing
     * still has it, the directory takes two names for one, and this node is to be spelt otherwise
     * (R30). What came and went in between was somebody's.
     */
    private void exists(DiskTask task, Optional<FileIdentity> by) {
        work.delays.failed(task.id(), work.now, 0);
        Optional<Place> wanted = wanted(task).map(work::current);
        if (wanted.isEmpty()) {
            return;
        }
        Obstacle before = obstacles.get(task.id());
        if (isExplained(wanted.get())) {
            obstacles.remove(task.id());
        } else if (before != null
                && before.unexplained()
                && by.isPresent()
                && before.by().equals(by)) {
            obstacles.remove(task.id());
            work.names.taken(task instanceof DiskTask.SetAside aside ? aside.copy() : task.id());
        } else if (obstacles.size() < Delays.SUBJECTS_MAX) {
            obstacles.put(task.id(), new Obstacle(wanted.get(), by, false));
        }
    }

    /** The place that the task gives to a node; empty where it gives none. */
    private Optional<Place> wanted(DiskTask task) {
        return switch (task.step()) {
            case Step.Materialise make -> Optional.of(make.place());
            case Step.Move move -> Optional.of(move.to());
            case Step.SetAside aside ->
                    work.state
                            .local(aside.id())
                            .map(row -> new Place(row.place().parent(), aside.name()));
            case Step.Replace _, Step.Exchange _, Step.Trash _ -> Optional.empty();
        };
    }

    /** A scan has ended that could read all that it looked at. */
    void scanned() {
        obstacles.values().removeIf(obstacle -> isExplained(obstacle.place()));
        obstacles.replaceAll((_, obstacle) -> new Obstacle(obstacle.place(), obstacle.by(), true));
    }

    /** Whether a node is known there; or nothing is known of the directory any more. */
    private boolean isExplained(Place place) {
        NodeId parent = place.parent();
        return (!parent.isRoot() && work.state.local(parent).isEmpty())
                || work.state.child(Side.LOCAL, parent, place.name()).isPresent();
    }

    /**
     * What holds something that isn't synced stays here, as a directory of this disk only (R18).
     */
    private void husk(DiskTask.RemoveDirectory task) {
        NodeId id = task.id();
        work.note(
                task.path()
                        + " was deleted elsewhere and stays here, because it holds files that"
                        + " aren't synced",
                "delete it yourself if it isn't needed");
        work.dirty(task.path());
        work.state.putAgreed(id, Optional.empty());
        if (id.isLocalOnly()) {
            work.markHusk(id);
        } else {
            NodeId fresh = work.state.newLocalId();
            work.replaceId(id, fresh, Optional.of(id));
            work.markHusk(fresh);
        }
    }

    /** This device can't hold it (R44): agreed, and absent here on purpose. */
    private void unsupported(DiskTask task, Outcome.Unsupported refused) {
        String why = refused.why();
        String todo = Todo.about(refused);
        if (task.step() instanceof Step.Materialise step
                && step.item().kind().equals(Kind.SYMLINK)) {
            work.agreeUnheld(step);
            work.refusedHere(step.id(), why, todo);
        } else {
            work.delays.failed(task.id(), work.now, 30_000);
            task.paths().forEach(path -> work.trying(path.toString(), why, todo));
        }
    }

    // Before a crash.

    /** A rename of which the state knows nothing yet. */
    void movedBeforeTheCrash(NodeId id, Intention.Move move) {
        Optional<LocalRow.Present> row = work.state.local(id);
        // What moved into a directory that isn't known yet is found by the scan.
        NodeId parent = move.to().parent();
        boolean known = parent.isRoot() || work.state.local(parent).isPresent();
        if (row.isPresent() && known) {
            moved(
                    new Step.Move(id, row.get().place(), move.to(), move.agreed()),
                    move.path(),
                    row.get().observed().stat());
        }
    }

    /**
     * A replacement of which the state knows nothing yet. What the file is like now the scan sees:
     * it isn't what was replaced any more.
     */
    void replacedBeforeTheCrash(NodeId id, Intention.Replace replace) {
        work.state
                .local(id)
                .filter(row -> row.item().filter(replace.before()::sameAs).isPresent())
                .ifPresent(row ->
                        replaced(
                                new Step.Replace(
                                        id, replace.before(), replace.after(), replace.agreed()),
                                replace.target(),
                                row.observed().stat()));
    }

    /** R12: the intent wins over what the scan would make of the renamed file. */
    void setAsideBeforeTheCrash(NodeId id, Intention.SetAside aside) {
        work.state
                .local(id)
                .ifPresent(row -> copyMade(id, aside.copy(), aside.name(), row.observed().stat()));
    }
}
