package io.syncline.client.engine;

import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.ReplicaState;
import io.syncline.client.state.StateStore;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayList;
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

    private static final String HUSKS = "husks";

    private final Set<NodeId> husks = new LinkedHashSet<>();
    private final Map<NodeId, Integer> busy = new HashMap<>();
    private final Map<String, String> problems = new LinkedHashMap<>();
    private long problemsDropped;

    /** Told when a node on disk got another id. */
    BiConsumer<NodeId, NodeId> renamed = (_, _) -> {};

    final ReplicaState state;
    final EngineSettings settings;
    final Names names;

    /** Nodes for which something failed. */
    final Delays<NodeId> delays = new Delays<>();

    final List<Effect> out = new ArrayList<>();
    final Set<LocalPath> dirty = new LinkedHashSet<>();

    /** Milliseconds since 1970, as the events tell. */
    long now;

    long dirtySince;
    boolean scanAllWanted;
    boolean planWanted;
    boolean fetchWanted;

    /** Why the folder stands still until someone acts. */
    Optional<Stop> stop = Optional.empty();

    Work(StateStore store, EngineSettings settings, Names names) {
        this.state = new ReplicaState(store, this::isBusy);
        this.settings = settings;
        this.names = names;
    }

    // What is under way.

    void hold(NodeId id) {
        busy.merge(id, 1, Integer::sum);
    }

    void release(NodeId id) {
        busy.computeIfPresent(id, (_, count) -> count == 1 ? null : count - 1);
        planWanted = true;
    }

    boolean isBusy(NodeId id) {
        return busy.containsKey(id) || delays.waits(id, now) || isHusk(id);
    }

    int busyCount() {
        return busy.size();
    }

    /**
     * A directory that was deleted there and holds only ignored files here: it stays on this disk
     * and isn't sent because of them (R18), until something else is in it.
     */
    boolean isHusk(NodeId id) {
        return husks.contains(id) && state.store().localChildren(id, StateStore.FIRST, 1).isEmpty();
    }

    void markHusk(NodeId id) {
        husks.add(id);
        String[] ids =
                husks.stream().map(husk -> Long.toString(husk.value())).toArray(String[]::new);
        state.store().putValue(HUSKS, Parts.join(ids));
    }

    /** Takes up what an earlier run left. */
    void restore() {
        for (String id : state.store().value(HUSKS).map(Parts::split).orElse(List.of())) {
            husks.add(new NodeId(Long.parseLong(id)));
        }
    }

    /** Gives a node on disk another id, wherever that is known. */
    void replaceId(NodeId from, NodeId to, Optional<NodeId> origin) {
        state.replaceId(from, to, origin);
        renamed.accept(from, to);
    }

    // What is wanted.

    void dirty(LocalPath directory) {
        if (dirty.isEmpty()) {
            dirtySince = now;
        }
        dirty.add(directory);
        if (dirty.size() > DIRTY_MAX) {
            scanAllWanted = true;
            dirty.clear();
        }
    }

    void dirtyAround(LocalPath path) {
        dirty(path.isRoot() ? path : path.parent());
    }

    // For people.

    void problem(String subject, String text) {
        if (problems.size() >= PROBLEMS_MAX && !problems.containsKey(subject)) {
            problemsDropped++;
            return;
        }
        problems.put(subject, text);
    }

    void solved(String subject) {
        problems.remove(subject);
    }

    void solvedAll() {
        problems.clear();
        problemsDropped = 0;
    }

    List<FolderStatus.Problem> problems() {
        var all = new ArrayList<FolderStatus.Problem>();
        problems.forEach((path, text) -> all.add(new FolderStatus.Problem(path, text)));
        if (problemsDropped > 0) {
            all.add(new FolderStatus.Problem("", problemsDropped + " more problems"));
        }
        return all;
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
        return path(id).map(LocalPath::toString)
                .or(() -> state.remote(id).map(row -> row.place().name().value()))
                .orElseGet(() -> "node " + id.value());
    }

    Spelling spelling(NodeId id, Place place) {
        return new Spelling(place.parent(), names.local(id, place));
    }

    Place place(NodeId parent, String localName) {
        Name name = names.name(localName);
        return new Place(parent, name);
    }
}
