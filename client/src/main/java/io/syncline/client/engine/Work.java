package io.syncline.client.engine;

import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.ReplicaState;
import io.syncline.client.state.StateStore;
import io.syncline.core.plan.Step;
import io.syncline.core.plan.Trees;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ReplicaId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** What the parts of one engine share: the state, what is under way, and what is wanted. */
final class Work {
    /** Most remarks kept for people; more are counted only. */
    static final int PROBLEMS_MAX = 1_000;

    /** More dirty directories than this become a full scan. */
    static final int DIRTY_MAX = 5_000;

    /** How long until a directory that couldn't be read is looked at again. */
    static final long UNREADABLE_MILLIS = 5 * 60 * 1_000;

    /** How long a hint may tell of the path that a directory had before we renamed it. */
    static final long RENAMED_MILLIS = 60_000;

    /** More renamed directories than this become a full scan. */
    static final int RENAMED_MAX = 1_000;

    /** When a problem is over, if nobody says so before. */
    private enum Until {
        /** Only when somebody says so. */
        SOLVED,
        /** When the next scan looks there: it tells whether it still is so. */
        LOOKED_AT,
        /** When nothing is left to be done: then what was tried again has succeeded, or is moot. */
        IN_STEP
    }

    /** Something for people. */
    private record Problem(String text, String todo, Until until) {}

    private static final String HUSKS = "husks";
    private static final String REGISTERED = "registered";

    /** A directory that we renamed on disk. */
    private record Renamed(LocalPath from, LocalPath to, long atMillis) {}

    private final Set<NodeId> husks = new LinkedHashSet<>();

    /**
     * Links that this disk refused in this run, and by what path that is told; of more than {@link
     * #PROBLEMS_MAX} none is tried.
     */
    private final Map<NodeId, String> refused = new HashMap<>();

    /** Ids that were replaced while the disk is being changed. */
    private final Map<NodeId, NodeId> replaced = new HashMap<>();

    private final Deque<Renamed> renamedLately = new ArrayDeque<>();

    /** Directories that couldn't be read; beyond {@link #DIRTY_MAX} they wait for a full scan. */
    private final Set<LocalPath> unreadable = new LinkedHashSet<>();

    private long unreadableSince;
    private final Map<NodeId, Integer> busy = new HashMap<>();
    private final Map<String, Problem> problems = new LinkedHashMap<>();
    private final Notes notes = new Notes();
    private long problemsDropped;

    /** Told when a node on disk got another id. */
    BiConsumer<NodeId, NodeId> renamed = (_, _) -> {};

    final ReplicaState state;
    final Unheld unheld;
    final EngineSettings settings;
    final Names names;

    /** Nodes for which something failed. */
    final Delays<NodeId> delays = new Delays<>();

    /** Kinds of effect that failed. */
    final Delays<String> retries = new Delays<>();

    final List<Effect> out = new ArrayList<>();
    final Set<LocalPath> dirty = new LinkedHashSet<>();

    /**
     * Milliseconds since 1970 by the clock as it was at the start: goes on where the clock is set
     * back, so that nothing that waits waits longer for that.
     */
    long now;

    /** How far the clock was set back since the start, all in all; milliseconds. */
    private long setBackMillis;

    long dirtySince;
    boolean scanAllWanted;
    boolean planWanted;
    boolean fetchWanted;

    /** The head at which the oldest unanswered creation of ours was sent. */
    long creatingSince = Long.MAX_VALUE;

    /** Nodes deleted, here or there, that the brake hasn't counted yet. */
    long deletes;

    /** A scan has ended since the husks were last tried to be removed. */
    boolean husksDue;

    /** Why the folder stands still until someone acts. */
    Optional<Stop> stop = Optional.empty();

    Work(StateStore store, EngineSettings settings, Names names) {
        this.state = new ReplicaState(store, this::isBusy);
        this.unheld = new Unheld(store);
        this.settings = settings;
        this.names = names;
    }

    // Who we are to the server.

    /**
     * The id under which the server knows this replica: the folder's own, until another folder
     * turned out to use that (R42).
     */
    ReplicaId registration() {
        return state.store().value(REGISTERED).map(ReplicaId::new).orElse(settings.replica());
    }

    void register(ReplicaId replica) {
        state.store().putValue(REGISTERED, replica.value());
    }

    // What is under way.

    void hold(NodeId id) {
        busy.merge(id, 1, Integer::sum);
    }

    void release(NodeId id) {
        busy.computeIfPresent(id, (_, count) -> count == 1 ? null : count - 1);
        planWanted = true;
    }

    /** Whether a commit names it, or the disk or a download is at it. */
    boolean isHeld(NodeId id) {
        return busy.containsKey(id);
    }

    boolean isBusy(NodeId id) {
        return busy.containsKey(id) || delays.waits(id, now) || isHusk(id) || mayBeOurs(id);
    }

    /**
     * An id is the sequence of the change that created the node. One beyond a creation of ours that
     * isn't answered may be that very node, which is on disk already, perhaps under another name
     * than someone has given it by now.
     */
    private boolean mayBeOurs(NodeId id) {
        return id.value() > creatingSince
                && state.store().agreed(id).isEmpty()
                && state.store().local(id).isEmpty();
    }

    int busyCount() {
        return busy.size();
    }

    /**
     * A directory that was deleted there and holds only ignored files, or other husks, here: it
     * stays on this disk and isn't sent because of them (R18), until something else is in it or the
     * server has a node of its place.
     */
    boolean isHusk(NodeId id) {
        if (!husks.contains(id)) {
            return false;
        }
        Optional<LocalRow.Present> row = state.local(id);
        return row.isPresent()
                && state.store().localChildren(id, StateStore.FIRST, husks.size() + 1).stream()
                        .allMatch(this::isHusk)
                && state.child(Side.REMOTE, row.get().place().parent(), row.get().place().name())
                        .isEmpty();
    }

    long huskCount() {
        return husks.stream().filter(this::isHusk).count();
    }

    boolean hasHusks() {
        return !husks.isEmpty();
    }

    /** All that still are husks; the others are forgotten. */
    List<NodeId> husks() {
        if (husks.removeIf(id -> !isHusk(id))) {
            storeHusks();
        }
        return List.copyOf(husks);
    }

    void markHusk(NodeId id) {
        if (husks.add(id)) {
            storeHusks();
        }
    }

    /** It is another directory now. */
    void unmarkHusk(NodeId id) {
        if (husks.remove(id)) {
            storeHusks();
        }
    }

    private void storeHusks() {
        String[] ids =
                husks.stream().map(husk -> Long.toString(husk.value())).toArray(String[]::new);
        state.store().putValue(HUSKS, Parts.join(ids));
    }

    /** Takes up what an earlier run left. */
    void restore() {
        notes.restore(state.store());
        for (String id : state.store().value(HUSKS).map(Parts::split).orElse(List.of())) {
            husks.add(new NodeId(Long.parseLong(id)));
        }
    }

    /** Gives a node on disk another id, wherever that is known. */
    void replaceId(NodeId from, NodeId to, Optional<NodeId> origin) {
        state.replaceId(from, to, origin);
        replaced.remove(to);
        replaced.put(from, to);
        renamed.accept(from, to);
    }

    /** The server's node is no more; what is on disk is a new one, which continues it (R34). */
    void detach(NodeId id) {
        state.putAgreed(id, Optional.empty());
        if (state.local(id).isPresent()) {
            replaceId(id, state.newLocalId(), Optional.of(id));
        }
    }

    /** The server's version of a node; 0 where it has none. */
    long remoteVersion(NodeId id) {
        return state.entry(Side.REMOTE, id).map(Trees.Entry::version).orElse(0L);
    }

    /** A place on disk as it was when a task for it was made, by the ids of now. */
    Place current(Place planned) {
        NodeId parent = planned.parent();
        for (NodeId next = parent; next != null; next = replaced.get(next)) {
            parent = next;
        }
        return new Place(parent, planned.name());
    }

    /** No task is under way that knows a node by an old id. */
    void forgetReplaced() {
        replaced.clear();
    }

    // What is wanted.

    /** Something in there changed; the path may be the one from before we renamed it. */
    void dirty(LocalPath directory) {
        if (dirty.isEmpty()) {
            dirtySince = now;
        }
        LocalPath path = directory;
        dirty.add(path);
        for (Renamed renamed : renamedLately) {
            if (path.startsWith(renamed.from)) {
                path = path.moved(renamed.from, renamed.to);
                dirty.add(path);
            }
        }
        if (dirty.size() > DIRTY_MAX) {
            scanAllWanted = true;
            dirty.clear();
        }
    }

    /** That directory couldn't be read: a passing fault, perhaps, of which no watcher tells. */
    void unreadable(LocalPath directory) {
        if (unreadable.isEmpty()) {
            unreadableSince = now;
        }
        if (unreadable.size() < DIRTY_MAX) {
            unreadable.add(directory);
        }
    }

    /** The clock says this. */
    void tick(long clockMillis) {
        long next = clockMillis + setBackMillis;
        if (next < now) {
            setBackMillis += now - next;
        } else {
            now = next;
        }
        delays.forget(now);
        retries.forget(now);
        forgetRenamed();
    }

    /** A moment as the clock will say it; {@link Long#MAX_VALUE} stays. */
    long byClock(long millis) {
        return millis == Long.MAX_VALUE ? millis : millis - setBackMillis;
    }

    /** When what couldn't be read is to be looked at again. */
    long nextLookMillis() {
        return unreadable.isEmpty() ? Long.MAX_VALUE : unreadableSince + UNREADABLE_MILLIS;
    }

    /** Wants that, where it is time. */
    void lookAgain() {
        if (now >= nextLookMillis()) {
            unreadable.forEach(this::dirty);
            unreadable.clear();
        }
    }

    /** We renamed a directory: what is told of it, and was told, may be about its old path. */
    void renamed(LocalPath from, LocalPath to) {
        if (renamedLately.size() >= RENAMED_MAX) {
            renamedLately.clear();
            scanAllWanted = true;
        }
        renamedLately.add(new Renamed(from, to, now));
        for (LocalPath told : List.copyOf(dirty)) {
            if (told.startsWith(from)) {
                dirty(told);
            }
        }
    }

    private void forgetRenamed() {
        while (!renamedLately.isEmpty()
                && renamedLately.getFirst().atMillis < now - RENAMED_MILLIS) {
            renamedLately.removeFirst();
        }
    }

    void dirtyAround(LocalPath path) {
        dirty(path.isRoot() ? path : path.parent());
    }

    // For people.

    /** Something isn't as it should be, until {@link #solved}. */
    void problem(String subject, String text, String todo) {
        problem(subject, new Problem(text, todo, Until.SOLVED));
    }

    /** As {@link #problem}, of something that is tried again: at most until all is done. */
    void trying(String subject, String text, String todo) {
        problem(subject, new Problem(text, todo, Until.IN_STEP));
    }

    /** As {@link #problem}, until the next scan that looks there. */
    void seen(LocalPath path, String text, String todo) {
        problem(path.toString(), new Problem(text, todo, Until.LOOKED_AT));
    }

    private void problem(String subject, Problem problem) {
        if (problems.size() >= PROBLEMS_MAX && !problems.containsKey(subject)) {
            problemsDropped++;
            return;
        }
        problems.put(subject, problem);
    }

    void solved(String subject) {
        problems.remove(subject);
    }

    /**
     * This disk can't have that link: not tried again before the next start, and told of by its
     * place in the tree, as it has none here.
     */
    void refusedHere(NodeId id, String why, String todo) {
        String subject = describe(id);
        problem(subject, why, todo);
        if (refused.size() < PROBLEMS_MAX) {
            refused.put(id, subject);
        }
    }

    /** Somebody moved, changed or deleted elsewhere what may be a link that was refused here. */
    void changedElsewhere(NodeId id) {
        String before = refused.remove(id);
        if (before == null) {
            return;
        }
        Problem told = problems.get(before);
        if (!refused.containsValue(before)) {
            problems.remove(before);
        }
        if (state.agreed(id).isPresent()) {
            String subject = describe(id);
            refused.put(id, subject);
            Optional.ofNullable(told).ifPresent(problem -> problem(subject, problem));
        }
    }

    /** Whether a node is agreed on, and isn't on this disk on purpose (R44). */
    boolean isUnheld(NodeId id) {
        return state.agreed(id).filter(row -> !row.isMaterialised()).isPresent()
                && state.local(id).isEmpty();
    }

    /** What is new there is agreed on, and this device doesn't hold it (R44). */
    void agreeUnheld(Step.Materialise step) {
        state.putAgreed(
                step.id(),
                Optional.of(
                        new Agreed(
                                step.id(),
                                step.place(),
                                step.item(),
                                remoteVersion(step.id()),
                                Optional.empty())));
    }

    /** Whether it is a link that isn't tried to be made (again). */
    boolean cannotHave(NodeId id) {
        return refused.containsKey(id)
                || (refused.size() >= PROBLEMS_MAX
                        && state.agreed(id)
                                .filter(row -> row.item().kind().equals(Kind.SYMLINK))
                                .isPresent());
    }

    /** A scan begins, of all or of these directories: it sees again what still is so. */
    void lookedAt(Optional<Set<LocalPath>> directories) {
        problemsDropped = directories.isEmpty() ? 0 : problemsDropped;
        problems.entrySet()
                .removeIf(entry ->
                        entry.getValue().until() == Until.LOOKED_AT
                                && isIn(entry.getKey(), directories));
    }

    /** Nothing is left to be done. */
    void inStep() {
        problems.values().removeIf(problem -> problem.until() == Until.IN_STEP);
        // After a restore of the server what it lacked isn't agreed on any more.
        List.copyOf(refused.keySet()).stream()
                .filter(id -> state.agreed(id).isEmpty())
                .forEach(this::changedElsewhere);
    }

    private static boolean isIn(String subject, Optional<Set<LocalPath>> directories) {
        if (directories.isEmpty()) {
            return true;
        }
        LocalPath path = LocalPath.parse(subject);
        return directories.get().contains(path)
                || (!path.isRoot() && directories.get().contains(path.parent()));
    }

    List<FolderStatus.Problem> problems() {
        var all = new ArrayList<FolderStatus.Problem>();
        problems.forEach((path, problem) ->
                all.add(new FolderStatus.Problem(path, problem.text(), problem.todo())));
        if (problemsDropped > 0) {
            all.add(new FolderStatus.Problem("", problemsDropped + " more problems", ""));
        }
        return all;
    }

    /** Something happened that people may want to know of; inside a transaction. */
    void note(String text, String todo) {
        notes.add(state.store(), byClock(now), text, todo);
    }

    List<FolderStatus.Note> notes() {
        return notes.all();
    }

    void stop(Stop.Kind kind, String reason) {
        if (stop.isEmpty()) {
            stop = Optional.of(new Stop(kind, reason));
        }
    }

    // Paths.

    /** A place as it is or will be spelt on disk. */
    record Spelling(NodeId parent, String localName) {}

    /** Where a node is on disk now; empty where it, or a directory above it, isn't there. */
    Optional<LocalPath> path(NodeId id) {
        return path(id, Map.of());
    }

    /** Where a node will be once what is planned in {@code planned} is done. */
    Optional<LocalPath> path(NodeId id, Map<NodeId, Spelling> planned) {
        var spelt = new ArrayList<String>();
        NodeId at = id;
        while (!at.isRoot()) {
            Spelling there = planned.get(at);
            if (there == null) {
                Optional<LocalRow.Present> row = state.local(at);
                if (row.isEmpty()) {
                    return Optional.empty();
                }
                there = new Spelling(row.get().place().parent(), row.get().observed().localName());
            }
            spelt.add(there.localName());
            if (spelt.size() > 2 * io.syncline.core.wire.Limits.TREE_DEPTH_MAX) {
                return Optional.empty();
            }
            at = there.parent();
        }
        return Optional.of(new LocalPath(spelt.reversed()));
    }

    /** The path for people: as on disk, or by its name there, or by its id. */
    String describe(NodeId id) {
        return path(id).or(() -> coming(id))
                .map(LocalPath::toString)
                .orElseGet(() -> "node " + id.value());
    }

    /** Where a node of the server's that isn't here would be. */
    private Optional<LocalPath> coming(NodeId id) {
        return state.remote(id)
                .map(row -> {
                    LocalPath directory = path(row.place().parent()).orElse(LocalPath.ROOT);
                    return directory.child(row.place().name().value());
                });
    }

    Spelling spelling(NodeId id, Place place) {
        return new Spelling(place.parent(), names.local(id, place));
    }

    Place place(NodeId parent, String localName) {
        return new Place(parent, names.name(localName));
    }

    /** The place of a node that had another one. */
    Place place(NodeId parent, String localName, Place before) {
        return new Place(parent, names.name(localName, before.name()));
    }
}
