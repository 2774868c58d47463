package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Damaged;
import io.syncline.client.state.Intent;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.StateStore;
import io.syncline.client.transfer.Fetched;
import io.syncline.core.plan.Step;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Carries the local steps of plans out: contents are fetched first, then everything is done in
 * batches, never while a scan runs.
 */
final class DiskWork {
    /** Tasks in one batch. */
    static final int TASKS_MAX = 1_000;

    private final Work work;
    private final Downloads downloads;
    private final DiskResults results;

    private long nextIntent = 1;
    private boolean carrying;
    private long sentMillis;

    // The batch that is being put together.
    private final List<DiskTask> tasks = new ArrayList<>();
    private final Map<NodeId, Work.Spelling> planned = new HashMap<>();

    DiskWork(Work work, Downloads downloads, DiskResults results) {
        this.work = work;
        this.downloads = downloads;
        this.results = results;
    }

    void restore() {
        for (Intent intent : work.state.store().intents()) {
            nextIntent = Math.max(nextIntent, intent.id() + 1);
        }
    }

    boolean isCarrying() {
        return carrying;
    }

    /** When the last batch was given out: nothing in it was done before. */
    long sentMillis() {
        return sentMillis;
    }

    boolean isIdle() {
        return !carrying
                && downloads.isIdle()
                && work.state.store().damagedCount() == 0
                && !results.isNaming();
    }

    /** Takes a step of a plan, inside a durable transaction; what can't be begun now is left. */
    void take(Step.Local step) {
        switch (step) {
            case Step.Materialise make -> materialise(make);
            case Step.Replace replace -> replace(replace);
            case Step.Move move -> move(move);
            case Step.Exchange exchange -> exchange(exchange);
            case Step.Trash trash -> trash(trash);
            case Step.SetAside aside -> setAside(aside);
        }
    }

    private void materialise(Step.Materialise step) {
        long version = work.remoteVersion(step.id());
        if (work.isUnheld(step.place().parent())) {
            // What is inside of it isn't held either.
            work.unheld.never(step.id());
            work.agreeUnheld(step);
            work.planWanted = true;
            return;
        }
        if (step.item().isDirectory()) {
            Optional<LocalPath> path = newPath(step.id(), step.place());
            path.ifPresent(to -> add(new DiskTask.MakeDirectory(step, version, to)));
            return;
        }
        Optional<DiskTask.Placing> fetched = results.fetched(step);
        if (fetched.isPresent()) {
            Optional<LocalPath> path = newPath(step.id(), step.place());
            path.ifPresent(to -> add(fetched.get().again(step, version, to)));
        } else if (step.item().content().isPresent() && step.item().kind().isKnown()) {
            downloads.want(step.id(), step, step.item(), List.of(), Optional.empty());
        }
    }

    private void replace(Step.Replace step) {
        if (agreedOnly(step.id(), row -> Optional.of(row.holding(step.agreed())))) {
            return;
        }
        Optional<LocalRow.Present> row = work.state.local(step.id());
        Optional<LocalPath> path = work.path(step.id(), planned);
        if (row.isEmpty() || path.isEmpty()) {
            return;
        }
        if (step.before().content().equals(step.after().content())) {
            add(
                    new DiskTask.SetExecutable(
                            step,
                            path.get(),
                            row.get().observed().stat(),
                            step.after().executable()));
        } else {
            downloads.want(
                    step.id(), step, step.after(), List.of(path.get()), step.before().content());
        }
    }

    private void move(Step.Move step) {
        if (agreedOnly(step.id(), row -> Optional.of(row.at(step.agreed())))) {
            // Perhaps to where it isn't ignored.
            work.path(step.agreed().parent()).ifPresent(work::dirty);
            return;
        }
        Optional<LocalRow.Present> row = work.state.local(step.id());
        Optional<LocalPath> from = work.path(step.id(), planned);
        if (row.isEmpty() || from.isEmpty()) {
            return;
        }
        Optional<LocalPath> to = newPath(step.id(), step.to());
        to.ifPresent(path ->
                add(
                        new DiskTask.Rename(
                                step,
                                intent(step, path),
                                from.get(),
                                path,
                                row.get().observed().stat())));
    }

    private long intent(Step.Move step, LocalPath to) {
        return intent(step.id(), new Intention.Move(step.to(), step.agreed(), to));
    }

    private void exchange(Step.Exchange step) {
        Optional<LocalRow.Present> first = work.state.local(step.first().id());
        Optional<LocalRow.Present> second = work.state.local(step.second().id());
        Optional<LocalPath> a = work.path(step.first().id(), planned);
        Optional<LocalPath> b = work.path(step.second().id(), planned);
        if (first.isEmpty() || second.isEmpty() || a.isEmpty() || b.isEmpty()) {
            return;
        }
        planned.put(
                step.first().id(), new Work.Spelling(step.first().to().parent(), b.get().name()));
        planned.put(
                step.second().id(), new Work.Spelling(step.second().to().parent(), a.get().name()));
        work.hold(step.second().id());
        add(
                new DiskTask.Exchange(
                        step,
                        intent(step.first(), b.get()),
                        intent(step.second(), a.get()),
                        a.get(),
                        first.get().observed().stat(),
                        b.get(),
                        second.get().observed().stat()));
    }

    private void trash(Step.Trash step) {
        if (agreedOnly(step.id(), _ -> Optional.empty())) {
            return;
        }
        Optional<LocalRow.Present> row = work.state.local(step.id());
        Optional<LocalPath> path = work.path(step.id(), planned);
        if (row.isEmpty() || path.isEmpty()) {
            return;
        }
        Stat seen = row.get().observed().stat();
        add(
                step.seen().isDirectory()
                        ? new DiskTask.RemoveDirectory(step, path.get(), seen)
                        : new DiskTask.TrashFile(step, path.get(), seen));
    }

    /**
     * Whether this device doesn't hold the node (R44): then nothing is done on disk, and what comes
     * of it is agreed on at once.
     */
    private boolean agreedOnly(NodeId id, Function<Agreed, Optional<Agreed>> after) {
        if (!work.isUnheld(id)) {
            return false;
        }
        Agreed row = work.state.agreed(id).orElseThrow();
        Optional<Agreed> next = after.apply(row);
        next.ifPresentOrElse(
                to -> work.unheld.changed(row, to.item()), () -> work.unheld.forget(id));
        work.state.putAgreed(id, next);
        work.changedElsewhere(id);
        work.planWanted = true;
        return true;
    }

    private void setAside(Step.SetAside step) {
        Optional<LocalRow.Present> row = work.state.local(step.id());
        Optional<LocalPath> from = work.path(step.id(), planned);
        if (row.isEmpty() || from.isEmpty()) {
            return;
        }
        NodeId copy =
                step.id().isLocalOnly()
                        ? step.id()
                        : results.copy(step).orElseGet(work.state::newLocalId);
        var place = new Place(row.get().place().parent(), step.name());
        Work.Spelling spelling = work.spelling(copy, place);
        LocalPath to = from.get().parent().child(spelling.localName());
        long intent = intent(step.id(), new Intention.SetAside(copy, step.name(), from.get(), to));
        if (!step.id().isLocalOnly()) {
            planned.put(copy, spelling);
        }
        add(new DiskTask.SetAside(step, intent, copy, from.get(), to, row.get().observed().stat()));
    }

    private long intent(NodeId node, Intention intention) {
        long id = nextIntent++;
        work.state.store().putIntent(intention.stored(id, node));
        return id;
    }

    private Optional<LocalPath> newPath(NodeId id, Place place) {
        Work.Spelling spelling = work.spelling(id, place);
        Optional<LocalPath> parent =
                place.parent().isRoot()
                        ? Optional.of(LocalPath.ROOT)
                        : work.path(place.parent(), planned);
        if (parent.isPresent()) {
            planned.put(id, spelling);
        }
        return parent.map(directory -> directory.child(spelling.localName()));
    }

    /**
     * A plan is about to be made. Without a task from before it nobody knows a node by an old id:
     * the server may have given that to another node since, as after a restored backup.
     */
    void beginRound() {
        if (tasks.isEmpty()) {
            work.forgetReplaced();
        }
    }

    private void add(DiskTask task) {
        if (tasks.size() >= TASKS_MAX) {
            work.planWanted = true;
            return;
        }
        work.hold(task.id());
        tasks.add(task);
    }

    /** Whether something waits to be done that no plan tells. */
    boolean hasWaiting() {
        return downloads.hasArrived() || work.husksDue || anyDamaged(row -> mayBePutAway(row.id()));
    }

    /** Whether an intent is needed for it (R6). */
    boolean waitingNeedsDurable() {
        return downloads.hasReplacement();
    }

    /** Makes tasks of what waits, inside a transaction, durable where one is needed. */
    void takeWaiting() {
        takeDamaged();
        takeHusks();
        takeArrived();
    }

    private boolean mayBePutAway(NodeId id) {
        return !work.isHeld(id) && !work.delays.waits(id, work.now);
    }

    /** Whether one of the files that a power cut damaged is such; they are looked at in order. */
    private boolean anyDamaged(Predicate<Damaged> such) {
        StateStore store = work.state.store();
        if (store.damagedCount() == 0) {
            return false;
        }
        for (List<Damaged> rows = store.damagedAfter(StateStore.FIRST, TASKS_MAX);
                !rows.isEmpty();
                rows = store.damagedAfter(rows.getLast().id(), TASKS_MAX)) {
            if (rows.stream().anyMatch(such)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What a power cut damaged goes to the trash without being deleted anywhere: the server's
     * version comes in its place, if it wasn't deleted before (R31).
     */
    private void takeDamaged() {
        anyDamaged(row -> {
            takeDamaged(row);
            return isFull();
        });
    }

    private void takeDamaged(Damaged file) {
        NodeId id = file.id();
        Optional<LocalRow.Present> row = work.state.local(id);
        if (row.isEmpty() || row.get().item().isPresent()) {
            work.state.store().removeDamaged(id); // Put away, or replaced by somebody.
            return;
        }
        // What was touched since is read again first.
        boolean isAsRead = row.get().observed().stat().equals(file.seen());
        if (isAsRead && mayBePutAway(id)) {
            trash(new Step.Trash(id, row.get().place(), left(file, row.get().kind())));
        }
    }

    private static Item left(Damaged file, Kind kind) {
        Stat seen = file.seen();
        return kind.equals(Kind.SYMLINK)
                ? Item.symlink(file.content(), seen.mtimeNanos())
                : Item.file(file.content(), seen.executable(), seen.mtimeNanos());
    }

    /** Tries to remove the husks again: what was ignored in them may be gone by now. */
    private void takeHusks() {
        if (work.husksDue) {
            work.husksDue = false;
            for (NodeId id : work.husks()) {
                work.state
                        .local(id)
                        .ifPresent(row -> trash(new Step.Trash(id, row.place(), Item.DIRECTORY)));
            }
        }
    }

    private void takeArrived() {
        var unused = new ArrayList<LocalPath>();
        while (downloads.hasArrived() && tasks.size() < TASKS_MAX) {
            Downloads.Arrived next = downloads.next();
            if (!place(next) && next.fetched() instanceof Fetched.Ready ready) {
                unused.add(ready.temporary());
            }
            work.release(next.id());
        }
        if (!unused.isEmpty()) {
            work.out.add(new Effect.Discard(unused));
        }
    }

    /** Whether no other step gets into this batch. */
    boolean isFull() {
        return tasks.size() >= TASKS_MAX;
    }

    /**
     * Whether planning is worth its while: there is room in this batch, and a whole fetch's worth
     * of it among the files to be fetched. For one place that has become free it isn't.
     */
    boolean hasRoom() {
        return !isFull() && downloads.hasRoom();
    }

    /** Makes a task of it if both sides still are as the plan saw them. */
    private boolean place(Downloads.Arrived next) {
        NodeId id = next.id();
        long version = next.version();
        if (work.state.entry(Side.REMOTE, id).filter(e -> e.version() == version).isEmpty()) {
            return false;
        }
        return switch (next.step()) {
            case Step.Materialise make -> {
                if (work.state.local(id).isPresent()) {
                    yield false;
                }
                Optional<LocalPath> path = newPath(id, make.place());
                path.ifPresent(to -> add(placing(make, version, next.fetched(), to)));
                yield path.isPresent();
            }
            case Step.Replace replace -> {
                Optional<LocalRow.Present> row = work.state.local(id);
                Optional<LocalPath> path = work.path(id, planned);
                boolean same =
                        path.isPresent()
                                && row.isPresent()
                                && row.get().item().filter(replace.before()::sameAs).isPresent();
                if (same) {
                    add(replacing(replace, next.fetched(), path.get(), row.get()));
                }
                yield same;
            }
            case Step.Move _, Step.Exchange _, Step.Trash _, Step.SetAside _ ->
                    throw new IllegalStateException("nothing to fetch for " + next);
        };
    }

    private static DiskTask placing(
            Step.Materialise step, long version, Fetched fetched, LocalPath path) {
        return switch (fetched) {
            case Fetched.Ready ready ->
                    new DiskTask.PlaceFile(step, version, ready.temporary(), path, ready.stat());
            case Fetched.Link link -> new DiskTask.PlaceLink(step, version, target(link), path);
            case Fetched.Unavailable _, Fetched.Damaged _, Fetched.Refused _ ->
                    throw new IllegalStateException("not fetched: " + fetched);
        };
    }

    private static ByteBuffer target(Fetched.Link link) {
        return link.target();
    }

    private DiskTask replacing(
            Step.Replace step, Fetched fetched, LocalPath path, LocalRow.Present row) {
        Stat expected = row.observed().stat();
        LocalPath rescue = path.parent().child(rescueName(path.name()));
        return switch (fetched) {
            case Fetched.Ready ready -> {
                long intent =
                        intent(
                                step.id(),
                                new Intention.Replace(
                                        ready.temporary(),
                                        path,
                                        step.before(),
                                        step.after(),
                                        step.agreed()));
                yield new DiskTask.ReplaceFile(
                        step, intent, ready.temporary(), path, expected, rescue, ready.stat());
            }
            case Fetched.Link link ->
                    new DiskTask.ReplaceLink(step, target(link), path, expected, rescue);
            case Fetched.Unavailable _, Fetched.Damaged _, Fetched.Refused _ ->
                    throw new IllegalStateException("not fetched: " + fetched);
        };
    }

    /** Where a save goes that came in the last microsecond; the scan takes it up as a new file. */
    static String rescueName(String name) {
        int dot = name.lastIndexOf('.');
        String stem = dot > 0 ? name.substring(0, dot) : name;
        String end = dot > 0 ? name.substring(dot) : "";
        while ((stem + end).getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 230) {
            stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
        }
        return stem + " (saved meanwhile)" + end;
    }

    /** Sends the batch off. */
    void send() {
        planned.clear();
        if (!tasks.isEmpty()) {
            carrying = true;
            sentMillis = work.now;
            work.out.add(new Effect.CarryOut(tasks));
            tasks.clear();
        }
    }

    // Answers.

    /** Nobody knows how much of it was done; the intents stay until that is found out. */
    void carryingFailed(List<DiskTask> tasks) {
        carrying = false;
        for (DiskTask task : tasks) {
            release(task);
            work.delays.failed(task.id(), work.now, 5_000);
        }
        work.forgetReplaced();
    }

    private void release(DiskTask task) {
        if (task instanceof DiskTask.Exchange exchange) {
            work.release(exchange.step().second().id());
        }
        work.release(task.id());
    }

    void carried(List<Event.Carried.Result> carried) {
        carrying = false;
        for (Event.Carried.Result result : carried) {
            release(result.task());
            results.take(result);
        }
        work.forgetReplaced();
        work.planWanted = true;
    }
}
