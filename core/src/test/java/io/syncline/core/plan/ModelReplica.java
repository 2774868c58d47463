package io.syncline.core.plan;

import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A replica of the model: its three trees, a disk that is seen as it is, and the meaning of every
 * step, exactly as {@link Step} states it. A step whose preconditions don't hold does nothing.
 */
final class ModelReplica implements Trees {
    final ModelTree remote = new ModelTree();
    final ModelTree synced = new ModelTree();
    final ModelTree local = new ModelTree();
    final Map<NodeId, NodeId> origins = new HashMap<>();
    final Set<NodeId> held = new HashSet<>();
    final List<Item> trash = new ArrayList<>();
    final List<Step.HoldBack> reports = new ArrayList<>();
    private final ModelServer server;
    private long nextLocal = -1_000;

    ModelReplica(ModelServer server) {
        this.server = server;
    }

    // Trees.

    private ModelTree tree(Side side) {
        return switch (side) {
            case REMOTE -> remote;
            case SYNCED -> synced;
            case LOCAL -> local;
        };
    }

    @Override
    public Optional<Entry> entry(Side side, NodeId id) {
        if (id.isRoot()) {
            throw new AssertionError("the root was asked for");
        }
        return Optional.ofNullable(tree(side).get(id));
    }

    @Override
    public Optional<NodeId> child(Side side, NodeId parent, Name name) {
        return Optional.ofNullable(tree(side).at(new Place(parent, name)));
    }

    @Override
    public Iterator<NodeId> children(Side side, NodeId parent) {
        return tree(side).children(parent).iterator();
    }

    @Override
    public boolean held(NodeId id) {
        return held.contains(id);
    }

    @Override
    public Optional<NodeId> origin(NodeId id) {
        return Optional.ofNullable(origins.get(id));
    }

    // The feed and the overlays.

    /** Reads the feed up to the head. */
    void pull() {
        for (NodeId id : List.copyOf(remote.ids())) {
            if (!server.tree.has(id)) {
                remote.remove(id);
            }
        }
        server.tree.entries().forEach(remote::put);
    }

    NodeId newLocal() {
        return new NodeId(--nextLocal);
    }

    boolean differs(NodeId id) {
        Entry there = remote.get(id);
        Entry before = synced.get(id);
        Entry here = local.get(id);
        return !Objects.equals(there, before) || !same(here, before);
    }

    private static boolean same(@Nullable Entry here, @Nullable Entry before) {
        if (here == null || before == null) {
            return here == null && before == null;
        }
        return Agreement.same(here, before);
    }

    /** The differing nodes, parents first as far as that can be said. */
    List<NodeId> differing() {
        Set<NodeId> ids = new LinkedHashSet<>(remote.ids());
        ids.addAll(synced.ids());
        ids.addAll(local.ids());
        List<NodeId> differing = new ArrayList<>();
        for (NodeId id : ids) {
            if (differs(id)) {
                differing.add(id);
            }
        }
        differing.sort(
                Comparator.<NodeId>comparingInt(id -> Math.max(local.depth(id), remote.depth(id)))
                        .thenComparing(Comparator.naturalOrder()));
        return differing;
    }

    // Steps.

    /** Carries the step out; false if it couldn't be. */
    boolean apply(Step step) {
        return switch (step) {
            case Step.Send send -> send(send);
            case Step.Materialise make -> materialise(make);
            case Step.Replace replace -> replace(replace);
            case Step.Move move -> move(move);
            case Step.Exchange exchange -> exchange(exchange.first(), exchange.second());
            case Step.Trash trashed -> trash(trashed);
            case Step.SetAside aside -> setAside(aside);
            case Step.Agree agree -> agree(agree);
            case Step.Forget forget -> forget(forget.id());
            case Step.Adopt adopt -> adopt(adopt);
            case Step.Detach detach -> detach(detach.id());
            case Step.HoldBack report -> reports.add(report);
        };
    }

    private boolean send(Step.Send send) {
        List<Change> known = new ArrayList<>();
        for (Change change : send.changes()) {
            if (change instanceof Change.Create && !local.has(change.id())) {
                return false;
            }
            known.add(change);
        }
        List<ModelServer.Result> results = server.commit(send.atomic(), known);
        boolean all = true;
        for (int i = 0; i < known.size(); i++) {
            ModelServer.Result result = results.get(i);
            if (result.refused().isPresent()) {
                all = false;
            } else {
                answered(known.get(i), result);
            }
        }
        return all;
    }

    private void answered(Change change, ModelServer.Result result) {
        switch (change) {
            case Change.Create create -> {
                Entry node = result.node().orElseThrow();
                NodeId id = new NodeId(node.version());
                rename(create.id(), id);
                remote.put(id, node);
                synced.put(id, new Entry(node.place(), create.item(), node.version()));
            }
            case Change.Update update -> {
                Entry node = result.node().orElseThrow();
                remote.put(update.id(), node);
                Entry before = synced.get(update.id());
                if (before != null) {
                    synced.put(
                            update.id(),
                            new Entry(
                                    update.place().isPresent() ? node.place() : before.place(),
                                    update.item().orElse(before.item()),
                                    before.version()));
                    settle(update.id());
                }
            }
            case Change.Delete delete -> {
                remote.remove(delete.id());
                synced.remove(delete.id());
            }
            case Change.Check _ -> {}
        }
    }

    /** The synced node takes the remote version once nothing is left to agree on. */
    private void settle(NodeId id) {
        Entry there = remote.get(id);
        Entry before = synced.get(id);
        if (there != null && before != null && Agreement.same(there, before)) {
            synced.put(id, there);
        }
    }

    private boolean materialise(Step.Materialise step) {
        if (local.has(step.id()) || !local.takes(step.id(), step.place())) {
            return false;
        }
        local.put(step.id(), new Entry(step.place(), step.item(), 0));
        synced.put(step.id(), new Entry(step.place(), step.item(), 0));
        settle(step.id());
        return true;
    }

    private boolean replace(Step.Replace step) {
        Entry here = local.get(step.id());
        if (here == null || !here.item().equals(step.before())) {
            return false;
        }
        trash.add(here.item());
        local.put(step.id(), new Entry(here.place(), step.after(), 0));
        Entry before = synced.get(step.id());
        if (before != null) {
            synced.put(step.id(), new Entry(before.place(), step.agreed(), before.version()));
            settle(step.id());
        }
        return true;
    }

    private boolean move(Step.Move step) {
        Entry here = local.get(step.id());
        if (here == null
                || !here.place().equals(step.from())
                || !local.takes(step.id(), step.to())) {
            return false;
        }
        moved(step, here);
        return true;
    }

    private void moved(Step.Move step, Entry here) {
        local.put(step.id(), new Entry(step.to(), here.item(), 0));
        Entry before = synced.get(step.id());
        if (before != null) {
            synced.put(step.id(), new Entry(step.agreed(), before.item(), before.version()));
            settle(step.id());
        }
    }

    private boolean exchange(Step.Move first, Step.Move second) {
        Entry one = local.get(first.id());
        Entry other = local.get(second.id());
        if (one == null
                || other == null
                || !one.place().equals(first.from())
                || !other.place().equals(second.from())
                || local.isBelow(first.id(), second.id())
                || local.isBelow(second.id(), first.id())) {
            return false;
        }
        local.remove(first.id());
        moved(second, other);
        moved(first, one);
        return true;
    }

    private boolean trash(Step.Trash step) {
        Entry here = local.get(step.id());
        if (here == null
                || !here.place().equals(step.place())
                || !here.item().equals(step.seen())
                || !local.children(step.id()).isEmpty()) {
            return false;
        }
        trash.add(here.item());
        local.remove(step.id());
        synced.remove(step.id());
        return true;
    }

    private boolean setAside(Step.SetAside step) {
        Entry here = local.get(step.id());
        Place place = new Place(step.from().parent(), step.name());
        if (here == null || !here.place().equals(step.from()) || local.at(place) != null) {
            return false;
        }
        NodeId id = step.id().isLocalOnly() ? step.id() : newLocal();
        if (!id.equals(step.id()) && here.item().isDirectory()) {
            throw new AssertionError("a synced directory is never set aside: " + step);
        }
        local.remove(step.id());
        synced.remove(step.id());
        local.put(id, new Entry(place, here.item(), 0));
        return true;
    }

    private boolean agree(Step.Agree step) {
        Entry there = remote.get(step.id());
        if (there == null || there.version() != step.version()) {
            return false;
        }
        Agreement.of(
                        Optional.of(there),
                        Optional.ofNullable(synced.get(step.id())),
                        Optional.ofNullable(local.get(step.id())))
                .ifPresent(agreed -> synced.put(step.id(), agreed));
        return true;
    }

    private boolean forget(NodeId id) {
        synced.remove(id);
        return true;
    }

    private boolean adopt(Step.Adopt step) {
        if (!local.has(step.localOnly()) || local.has(step.remote())) {
            return false;
        }
        rename(step.localOnly(), step.remote());
        return true;
    }

    private boolean detach(NodeId id) {
        if (!local.has(id)) {
            return false;
        }
        NodeId fresh = newLocal();
        synced.remove(id);
        rename(id, fresh);
        origins.put(fresh, id);
        return true;
    }

    private void rename(NodeId from, NodeId to) {
        for (NodeId child : Set.copyOf(local.children(from))) {
            Entry before = synced.get(child);
            if (before != null && before.place().parent().equals(from)) {
                Place place = new Place(to, before.place().name());
                synced.put(child, new Entry(place, before.item(), before.version()));
            }
        }
        local.rename(from, to);
        origins.remove(from);
    }
}
