package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.client.scan.KnownNode;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Intent;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.Observed;
import io.syncline.client.state.StateStore;
import io.syncline.client.transfer.Fetched;
import io.syncline.client.transfer.Incoming;
import io.syncline.core.plan.Step;
import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Carries the local steps of plans out: contents are fetched first, then everything is done in
 * batches, never while a scan runs. What a step makes of the trees ({@link Step}) is written when
 * its task has succeeded.
 */
final class DiskWork {
    /** Tasks in one batch. */
    static final int TASKS_MAX = 1_000;

    /** Files in one fetch, and fetches at once. */
    static final int FETCH_FILES_MAX = 2_000;

    static final int FETCHES_MAX = 3;

    static final String REPLACE = "replace";
    static final String SET_ASIDE = "set-aside";
    static final String MOVE = "move";
    private static final String CONFLICTS = "conflicts";
    private static final int CONFLICTS_MAX = 1_000;

    /** A step whose content is being fetched, with the server's version that it was planned for. */
    private record Download(Step.Local step, long version, long batch) {}

    private record Arrived(Download download, Fetched fetched) {}

    private final Work work;
    private final Map<NodeId, Download> downloads = new HashMap<>();
    private final Deque<Arrived> arrived = new ArrayDeque<>();
    private final Map<NodeId, Item> damaged = new LinkedHashMap<>();

    /** Nodes whose content the server couldn't give. */
    private final Set<NodeId> lacking = new HashSet<>();

    /** Nodes for whose new name something was there that no scan has told of yet. */
    private final Set<NodeId> existed = new HashSet<>();

    private final List<Incoming> wanted = new ArrayList<>();
    private int fetches;
    private long lastBatch;
    private long nextIntent = 1;
    private boolean carrying;

    // The batch that is being put together.
    private final List<DiskTask> tasks = new ArrayList<>();
    private final Map<NodeId, Work.Spelling> planned = new HashMap<>();

    DiskWork(Work work) {
        this.work = work;
    }

    void restore() {
        for (Intent intent : work.state.store().intents()) {
            nextIntent = Math.max(nextIntent, intent.id() + 1);
        }
    }

    boolean isCarrying() {
        return carrying;
    }

    boolean isIdle() {
        return !carrying && downloads.isEmpty() && arrived.isEmpty() && damaged.isEmpty();
    }

    boolean hasArrived() {
        return !arrived.isEmpty();
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
        long version = version(step.id());
        if (step.item().isDirectory()) {
            Optional<LocalPath> path = newPath(step.id(), step.place());
            path.ifPresent(to -> add(new DiskTask.MakeDirectory(step, version, to)));
        } else if (step.item().content().isPresent() && step.item().kind().isKnown()) {
            download(step.id(), step, version, step.item(), List.of(), Optional.empty());
        }
    }

    private long version(NodeId id) {
        return work.state.entry(Side.REMOTE, id).map(Entry::version).orElse(0L);
    }

    private void download(
            NodeId id,
            Step.Local step,
            long version,
            Item item,
            List<LocalPath> sources,
            Optional<Content> before) {
        if (downloads.containsKey(id) || downloads.size() >= FETCHES_MAX * FETCH_FILES_MAX) {
            work.planWanted = true;
            return;
        }
        downloads.put(id, new Download(step, version, 0));
        work.hold(id);
        LocalPath target = LocalPath.parse(work.describe(id));
        wanted.add(new Incoming(id, item, target, sources, before));
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
            download(
                    step.id(),
                    step,
                    version(step.id()),
                    step.after(),
                    List.of(path.get()),
                    step.before().content());
        }
    }

    private void move(Step.Move step) {
        if (agreedOnly(step.id(), row -> Optional.of(row.at(step.agreed())))) {
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

    /**
     * A name that still exists is the same node to the scan (R21): after a crash in a chain of
     * renames it would take each file for an edit of the one that had its name before.
     */
    private long intent(Step.Move step, LocalPath to) {
        return intent(
                step.id(),
                MOVE,
                Parts.join(
                        Long.toString(step.to().parent().value()),
                        step.to().name().value(),
                        Long.toString(step.agreed().parent().value()),
                        step.agreed().name().value(),
                        to.toString()));
    }

    /** A rename before a crash, of which the state knows nothing yet. */
    void movedBeforeTheCrash(Intent intent) {
        List<String> parts = Parts.split(intent.body());
        Place to = place(parts.get(0), parts.get(1));
        Optional<LocalRow.Present> row = work.state.local(intent.node());
        // What moved into a directory that isn't known yet is found by the scan.
        boolean known = to.parent().isRoot() || work.state.local(to.parent()).isPresent();
        if (row.isPresent() && known) {
            moved(
                    new Step.Move(
                            intent.node(),
                            row.get().place(),
                            to,
                            place(parts.get(2), parts.get(3))),
                    LocalPath.parse(parts.get(4)),
                    row.get().observed().stat());
        }
    }

    private static Place place(String parent, String name) {
        return new Place(new NodeId(Long.parseLong(parent)), new Name(name));
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
        Optional<Agreed> row = work.state.agreed(id).filter(agreed -> !agreed.isMaterialised());
        if (row.isEmpty() || work.state.local(id).isPresent()) {
            return false;
        }
        work.state.putAgreed(id, after.apply(row.get()));
        work.solved(work.describe(id));
        work.planWanted = true;
        return true;
    }

    private void setAside(Step.SetAside step) {
        Optional<LocalRow.Present> row = work.state.local(step.id());
        Optional<LocalPath> from = work.path(step.id(), planned);
        if (row.isEmpty() || from.isEmpty()) {
            return;
        }
        NodeId copy = step.id().isLocalOnly() ? step.id() : work.state.newLocalId();
        var place = new Place(row.get().place().parent(), step.name());
        Work.Spelling spelling = work.spelling(copy, place);
        LocalPath to = from.get().parent().child(spelling.localName());
        long intent =
                intent(
                        step.id(),
                        SET_ASIDE,
                        Parts.join(
                                Long.toString(copy.value()),
                                step.name().value(),
                                from.get().toString(),
                                to.toString()));
        if (!step.id().isLocalOnly()) {
            planned.put(copy, spelling);
        }
        add(new DiskTask.SetAside(step, intent, copy, from.get(), to, row.get().observed().stat()));
    }

    private long intent(NodeId node, String kind, String body) {
        long id = nextIntent++;
        work.state.store().putIntent(new Intent(id, node, kind, body));
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

    private void add(DiskTask task) {
        if (tasks.size() >= TASKS_MAX) {
            work.planWanted = true;
            return;
        }
        work.hold(task.id());
        tasks.add(task);
    }

    /**
     * A file that a power cut damaged goes to the trash without being deleted anywhere: the
     * server's version comes in its place (R31).
     */
    void putAway(NodeId id, Item read) {
        damaged.put(id, read);
        work.hold(id);
        work.problem(
                work.describe(id), "a power cut damaged it; it is fetched again", Todo.NOTHING);
        work.note(
                work.describe(id) + " was damaged by a power cut and is fetched again",
                "what was left of it is in the trash: 'syncline trash'");
    }

    /** Tries to remove the husks again: what was ignored in them may be gone by now. */
    void takeHusks() {
        if (work.husksDue) {
            work.husksDue = false;
            for (NodeId id : work.husks()) {
                work.state
                        .local(id)
                        .ifPresent(row -> trash(new Step.Trash(id, row.place(), Item.DIRECTORY)));
            }
        }
    }

    /** Turns what a power cut damaged into tasks. */
    void takeDamaged() {
        damaged.forEach((id, read) -> {
            work.state.local(id).ifPresent(row -> trash(new Step.Trash(id, row.place(), read)));
            work.release(id);
        });
        damaged.clear();
    }

    boolean hasDamaged() {
        return !damaged.isEmpty();
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
        return !isFull() && downloads.size() <= (FETCHES_MAX - 1) * FETCH_FILES_MAX;
    }

    /** Whether something fetched is to replace a file, which takes an intent (R6). */
    boolean arrivedNeedsDurable() {
        return arrived.stream().anyMatch(next -> next.download().step() instanceof Step.Replace);
    }

    /** Turns what was fetched into tasks, inside a transaction, durable where one is needed. */
    void takeArrived() {
        var unused = new ArrayList<LocalPath>();
        while (!arrived.isEmpty() && tasks.size() < TASKS_MAX) {
            Arrived next = arrived.removeFirst();
            NodeId id = next.fetched().file().node();
            if (!place(next)) {
                if (next.fetched() instanceof Fetched.Ready ready) {
                    unused.add(ready.temporary());
                }
            }
            work.release(id);
        }
        if (!unused.isEmpty()) {
            work.out.add(new Effect.Discard(unused));
        }
    }

    /** Makes a task of it if both sides still are as the plan saw them. */
    private boolean place(Arrived next) {
        NodeId id = next.fetched().file().node();
        Optional<Entry> remote = work.state.entry(Side.REMOTE, id);
        if (remote.isEmpty() || remote.get().version() != next.download().version()) {
            return false;
        }
        long version = next.download().version();
        return switch (next.download().step()) {
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
                String body =
                        Parts.join(
                                ready.temporary().toString(),
                                path.toString(),
                                hash(step.before()),
                                hash(step.after()));
                long intent = intent(step.id(), REPLACE, body);
                yield new DiskTask.ReplaceFile(
                        step, intent, ready.temporary(), path, expected, rescue, ready.stat());
            }
            case Fetched.Link link ->
                    new DiskTask.ReplaceLink(step, target(link), path, expected, rescue);
            case Fetched.Unavailable _, Fetched.Damaged _, Fetched.Refused _ ->
                    throw new IllegalStateException("not fetched: " + fetched);
        };
    }

    private static String hash(Item item) {
        return item.content().map(Content::hash).map(Object::toString).orElse("");
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

    /** Sends the batch off, and, unless that has to wait, what is to be fetched. */
    void send(boolean fetch) {
        while (fetch && !wanted.isEmpty() && fetches < FETCHES_MAX) {
            int count = Math.min(wanted.size(), FETCH_FILES_MAX);
            List<Incoming> files = List.copyOf(wanted.subList(0, count));
            wanted.subList(0, count).clear();
            fetches++;
            long batch = ++lastBatch;
            for (Incoming file : files) {
                downloads.computeIfPresent(
                        file.node(), (_, d) -> new Download(d.step(), d.version(), batch));
            }
            work.out.add(new Effect.FetchFiles(batch, files));
        }
        planned.clear();
        if (tasks.isEmpty()) {
            work.forgetReplaced();
        } else {
            carrying = true;
            work.out.add(new Effect.CarryOut(tasks));
            tasks.clear();
        }
    }

    // Answers.

    void received(Fetched fetched) {
        NodeId id = fetched.file().node();
        Download download = downloads.remove(id);
        if (download == null) {
            if (fetched instanceof Fetched.Ready ready) {
                work.out.add(new Effect.Discard(List.of(ready.temporary())));
            }
            return;
        }
        String subject = work.describe(id);
        switch (fetched) {
            case Fetched.Ready _, Fetched.Link _ -> arrived.add(new Arrived(download, fetched));
            case Fetched.Unavailable _ -> {
                lacking(id);
                String why = "the server lacks some of its content";
                failed(id, subject, why, Todo.ELSEWHERE, 5_000);
            }
            case Fetched.Damaged(_, var why) -> {
                lacking(id);
                failed(id, subject, why, Todo.ELSEWHERE, 30_000);
            }
            case Fetched.Refused(_, var why) ->
                    failed(id, subject, why.why(), Todo.about(why), 5_000);
        }
    }

    private void lacking(NodeId id) {
        if (lacking.size() < Delays.SUBJECTS_MAX) {
            lacking.add(id);
        }
    }

    /** What the server lacked it may have by now. */
    void tryLackingAgain() {
        for (NodeId id : lacking) {
            work.delays.succeeded(id);
        }
        work.planWanted |= !lacking.isEmpty();
        lacking.clear();
    }

    private void failed(NodeId id, String subject, String why, String todo, long least) {
        work.delays.failed(id, work.now, least);
        work.problem(subject, why, todo);
        work.release(id);
    }

    void receiveEnded(long batch) {
        fetches--;
        List<NodeId> left =
                downloads.entrySet().stream()
                        .filter(entry -> entry.getValue().batch() == batch)
                        .map(Map.Entry::getKey)
                        .toList();
        for (NodeId id : left) {
            downloads.remove(id);
            work.delays.failed(id, work.now, 500);
            work.release(id);
        }
    }

    /** Nobody knows how much of it was done; the intents stay until that is found out. */
    void carryingFailed(List<DiskTask> tasks) {
        carrying = false;
        tasks.forEach(this::release);
        work.forgetReplaced();
    }

    private void release(DiskTask task) {
        if (task instanceof DiskTask.Exchange exchange) {
            work.release(exchange.step().second().id());
        }
        work.release(task.id());
    }

    void carried(List<Event.Carried.Result> results) {
        carrying = false;
        for (Event.Carried.Result result : results) {
            DiskTask task = result.task();
            release(task);
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
        work.forgetReplaced();
        work.planWanted = true;
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

    private void replaced(Step.Replace step, LocalPath path, Stat now) {
        Optional<LocalRow.Present> row = work.state.local(step.id());
        if (row.isEmpty()) {
            work.dirtyAround(path);
            return;
        }
        // First what is agreed, as it was seen: the disk's attributes count from here on (R23).
        var observed = new Observed(row.get().observed().localName(), now);
        work.state
                .agreed(step.id())
                .ifPresent(agreed ->
                        work.state.putAgreed(
                                step.id(),
                                Optional.of(
                                        agreed.holding(step.agreed())
                                                .seen(Optional.of(observed)))));
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
        copyMade(task.id(), task.copy(), task.step().name().value(), now);
        rememberConflict(task.to());
    }

    /** Conflict copies are listed until they are gone; the newest {@value #CONFLICTS_MAX}. */
    private void rememberConflict(LocalPath copy) {
        var all = new ArrayList<>(conflicts());
        all.add(copy);
        List<LocalPath> kept = all.subList(Math.max(0, all.size() - CONFLICTS_MAX), all.size());
        String[] texts = kept.stream().map(LocalPath::toString).toArray(String[]::new);
        work.state.store().putValue(CONFLICTS, Parts.join(texts));
    }

    /** The conflict copies that still are where they were made. */
    List<LocalPath> conflicts() {
        return work.state.store().value(CONFLICTS).map(Parts::split).orElse(List.of()).stream()
                .map(LocalPath::parse)
                .filter(this::isThere)
                .toList();
    }

    private boolean isThere(LocalPath path) {
        NodeId at = NodeId.ROOT;
        for (String name : path.names()) {
            Optional<NodeId> next = work.state.child(at, name).map(KnownNode::id);
            if (next.isEmpty()) {
                return false;
            }
            at = next.get();
        }
        return true;
    }

    /** The node is a local-only one under its new name now. */
    void copyMade(NodeId id, NodeId copy, String name, Stat now) {
        if (!id.equals(copy)) {
            work.state.putAgreed(id, Optional.empty());
            work.replaceId(id, copy, Optional.empty());
        }
        Optional<LocalRow.Present> row = work.state.local(copy);
        if (row.isPresent()) {
            var place = new Place(row.get().place().parent(), new Name(name));
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
        switch (task) {
            case DiskTask.PlaceFile place ->
                    work.out.add(new Effect.Discard(List.of(place.temporary())));
            case DiskTask.ReplaceFile replace ->
                    work.out.add(new Effect.Discard(List.of(replace.temporary())));
            case DiskTask.RemoveDirectory remove -> {
                if (refused instanceof Outcome.NotEmpty) {
                    husk(remove);
                    return;
                }
            }
            default -> {}
        }
        switch (refused) {
            case Outcome.Exists _ -> exists(task);
            case Outcome.Changed _, Outcome.Missing _, Outcome.NotEmpty _ ->
                    work.delays.failed(task.id(), work.now, 0);
            case Outcome.Unsupported why -> unsupported(task, why);
            case Outcome.NoSpace _, Outcome.Denied _, Outcome.Unreadable _ -> {
                work.delays.failed(task.id(), work.now, 5_000);
                task.paths()
                        .forEach(path ->
                                work.problem(path.toString(), refused.why(), Todo.about(refused)));
            }
        }
    }

    /**
     * Something has the name. A scan tells what; if no node has that name then, the directory takes
     * two names for one, and this node is to be spelt otherwise (R30).
     */
    private void exists(DiskTask task) {
        work.delays.failed(task.id(), work.now, 0);
        Optional<Place> wanted =
                switch (task.step()) {
                    case Step.Materialise make -> Optional.of(make.place());
                    case Step.Move move -> Optional.of(move.to());
                    case Step.SetAside _, Step.Replace _, Step.Exchange _, Step.Trash _ ->
                            Optional.empty();
                };
        if (wanted.isEmpty()) {
            return;
        }
        Place place = work.current(wanted.get());
        if (work.state.child(Side.LOCAL, place.parent(), place.name()).isPresent()) {
            existed.remove(task.id());
        } else if (existed.remove(task.id())) {
            work.names.taken(task.id());
        } else if (existed.size() < Delays.SUBJECTS_MAX) {
            existed.add(task.id());
        }
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
        task.paths()
                .forEach(path -> work.problem(path.toString(), refused.why(), Todo.about(refused)));
        if (task.step() instanceof Step.Materialise step
                && step.item().kind().equals(Kind.SYMLINK)) {
            work.state.putAgreed(
                    step.id(),
                    Optional.of(
                            new Agreed(
                                    step.id(),
                                    step.place(),
                                    step.item(),
                                    version(step.id()),
                                    Optional.empty())));
        } else {
            work.delays.failed(task.id(), work.now, 30_000);
        }
    }
}
