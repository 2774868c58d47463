package io.syncline.client.state;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.scan.KnownNode;
import io.syncline.client.scan.KnownTree;
import io.syncline.client.scan.ListingDigest;
import io.syncline.core.plan.Agreement;
import io.syncline.core.plan.Trees;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.TreeDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The rules over the rows: what each tree holds, and that an overlay holds a row exactly where its
 * side differs from what is agreed. Pending work is never stored; it <em>is</em> the overlays.
 *
 * <p>Writes happen inside {@link #write}, by the control thread alone; reads may come from others.
 */
public final class ReplicaState implements Trees, KnownTree {
    private static final int PAGE = 1_000;
    private static final String CURSOR = "cursor";
    private static final String EPOCH = "epoch";
    private static final String DIGEST = "digest";
    private static final String NEXT_LOCAL = "next-local";

    private final StateStore store;
    private final Predicate<NodeId> busy;
    private final AtomicLong nextLocal;
    private TreeDigest digest;

    /**
     * A view of these rows.
     *
     * @param busy the nodes that the engine itself holds: named by an unanswered commit, or with a
     *     running effect
     */
    public ReplicaState(StateStore store, Predicate<NodeId> busy) {
        this.store = store;
        this.busy = busy;
        this.digest = storedDigest();
        this.nextLocal = new AtomicLong(store.value(NEXT_LOCAL).map(Long::parseLong).orElse(-1L));
    }

    private TreeDigest storedDigest() {
        return store.value(DIGEST)
                .map(hex -> new TreeDigest(Hash.parse(hex)))
                .orElse(TreeDigest.EMPTY);
    }

    /** The rows themselves, for what has no rule here. */
    public StateStore store() {
        return store;
    }

    /** Runs these writes in one transaction; a throw takes all of them back. */
    public <T> T write(Durability durability, Supplier<T> writes) {
        store.begin(durability);
        boolean done = false;
        try {
            T result = writes.get();
            store.putValue(DIGEST, digest.value().toHex());
            store.putValue(NEXT_LOCAL, Long.toString(nextLocal.get()));
            store.commit();
            done = true;
            return result;
        } finally {
            if (!done) {
                store.rollback();
                digest = storedDigest();
            }
        }
    }

    /** As {@link #write(Durability, Supplier)} without a result. */
    public void write(Durability durability, Runnable writes) {
        write(
                durability,
                () -> {
                    writes.run();
                    return true;
                });
    }

    // Cursor and digest.

    /** How far the feed is read; empty before the first page. */
    public Optional<Cursor> cursor() {
        return store.value(EPOCH)
                .map(epoch ->
                        new Cursor(
                                new Epoch(epoch),
                                store.value(CURSOR).map(Long::parseLong).orElse(0L)));
    }

    /** Sets how far the feed is read, and drops the tombstones that this passes. */
    public void setCursor(Cursor cursor) {
        store.putValue(EPOCH, cursor.epoch().value());
        store.putValue(CURSOR, Long.toString(cursor.sequence()));
    }

    /** The digest over the remote tree as it is held here, own applied changes included. */
    public TreeDigest digest() {
        return digest;
    }

    // What each side holds.

    /** The server's state of a node, tombstones that are still remembered included. */
    public Optional<RemoteRow> remote(NodeId id) {
        if (id.value() <= 0) {
            return Optional.empty();
        }
        return store.remote(id).or(() -> store.agreed(id).map(ReplicaState::remoteOf));
    }

    private static RemoteRow remoteOf(Agreed row) {
        return new RemoteRow(row.id(), row.place(), row.item(), row.version(), false);
    }

    /** What the disk holds of a node; empty where it isn't on disk or not meant to be. */
    public Optional<LocalRow.Present> local(NodeId id) {
        Optional<LocalRow> row = store.local(id);
        if (row.isPresent()) {
            return row.get() instanceof LocalRow.Present present
                    ? Optional.of(present)
                    : Optional.empty();
        }
        return store.agreed(id).flatMap(ReplicaState::localOf);
    }

    private static Optional<LocalRow.Present> localOf(Agreed row) {
        return row.observed()
                .map(observed ->
                        new LocalRow.Present(
                                row.id(),
                                row.place(),
                                row.item().kind(),
                                Optional.of(row.item()),
                                observed,
                                Optional.empty()));
    }

    /** What was last agreed on. */
    public Optional<Agreed> agreed(NodeId id) {
        return store.agreed(id);
    }

    // Writes.

    /**
     * The server states this node; an older version than the one held changes nothing (R13).
     *
     * @return whether it was news
     */
    public boolean putRemote(RemoteRow row) {
        Optional<RemoteRow> before = remote(row.id());
        if (before.isPresent() && before.get().version() >= row.version()) {
            return false;
        }
        setRemote(before, Optional.of(row));
        return true;
    }

    /** Replaces what the server is held to say, whichever is newer, and keeps the digest true. */
    public void replaceRemote(NodeId id, Optional<RemoteRow> row) {
        setRemote(remote(id), row);
        if (row.isEmpty()) {
            store.removeRemote(id);
        }
    }

    private void setRemote(Optional<RemoteRow> before, Optional<RemoteRow> after) {
        if (before.isPresent() && !before.get().deleted()) {
            digest = digest.minus(before.get().node());
        }
        if (after.isPresent() && !after.get().deleted()) {
            digest = digest.plus(after.get().node());
        }
        after.ifPresent(this::storeRemote);
    }

    private void storeRemote(RemoteRow row) {
        Optional<Agreed> agreed = store.agreed(row.id());
        if (agreed.isPresent() && remoteOf(agreed.get()).equals(row)) {
            store.removeRemote(row.id());
        } else {
            store.putRemote(row);
        }
    }

    /** The disk holds this; the row disappears where that is what is agreed (R23). */
    public void putLocal(LocalRow.Present row) {
        Optional<Agreed> agreed = store.agreed(row.id());
        if (agreed.isPresent() && isAgreed(row, agreed.get())) {
            store.removeLocal(row.id());
            if (!agreed.get().observed().equals(Optional.of(row.observed()))) {
                store.putAgreed(withObserved(agreed.get(), Optional.of(row.observed())));
            }
        } else {
            store.putLocal(row);
        }
    }

    private static boolean isAgreed(LocalRow.Present row, Agreed agreed) {
        return agreed.isMaterialised()
                && row.place().equals(agreed.place())
                && row.item().isPresent()
                && row.item().get().sameAs(agreed.item());
    }

    private static Agreed withObserved(Agreed row, Optional<Observed> observed) {
        return new Agreed(row.id(), row.place(), row.item(), row.version(), observed);
    }

    /** The node isn't on disk; a local-only one is no more. */
    public void removeLocal(NodeId id) {
        Optional<Agreed> agreed = store.agreed(id);
        if (agreed.isPresent() && agreed.get().isMaterialised()) {
            store.putLocal(new LocalRow.Absent(id));
        } else {
            store.removeLocal(id);
        }
    }

    /** Sets or drops what is agreed, and leaves what the sides hold as it is. */
    public void putAgreed(NodeId id, Optional<Agreed> agreed) {
        Optional<RemoteRow> remote = remote(id);
        Optional<LocalRow.Present> local = local(id);
        boolean absent = local.isEmpty();
        agreed.ifPresentOrElse(store::putAgreed, () -> store.removeAgreed(id));
        remote.ifPresent(this::storeRemote);
        if (absent) {
            removeLocal(id);
        } else {
            local.ifPresent(this::putLocal);
        }
    }

    /**
     * Makes agreed what the sides are equal in ({@link Agreement#of}), or drops the row where both
     * lack the node. After any change of a side that was meant to bring them together.
     */
    public void agree(NodeId id) {
        Optional<LocalRow.Present> local = local(id);
        if (local.isPresent() && local.get().item().isEmpty()) {
            return;
        }
        Optional<Entry> synced = entry(Side.SYNCED, id);
        Optional<Entry> agreed =
                Agreement.of(entry(Side.REMOTE, id), synced, entry(Side.LOCAL, id));
        if (agreed.equals(synced)) {
            return;
        }
        putAgreed(
                id,
                agreed.map(row ->
                        new Agreed(
                                id,
                                row.place(),
                                row.item(),
                                row.version(),
                                observed(id, row.item(), local))));
    }

    /**
     * The disk as it is now; where the executable bit isn't agreed on, with the bit of then, or the
     * change of it would be taken for the disk's own habit (R23).
     */
    private Optional<Observed> observed(NodeId id, Item agreed, Optional<LocalRow.Present> local) {
        Optional<Observed> then = store.agreed(id).flatMap(Agreed::observed);
        if (local.isEmpty()) {
            return then;
        }
        Observed now = local.get().observed();
        boolean sameBit =
                local.get().item().filter(i -> i.executable() == agreed.executable()).isPresent();
        return Optional.of(
                sameBit || then.isEmpty() ? now : now.executable(then.get().stat().executable()));
    }

    /**
     * A new durable id for a node that only this device knows (R22): -1, -2, and so on. From any
     * thread; what is handed out is remembered by the transaction that first uses it.
     */
    @Override
    public NodeId newLocalId() {
        return new NodeId(nextLocal.getAndDecrement());
    }

    /**
     * Gives the local side of a node another id, in the node itself and as the parent of its local
     * children (R22); where a child's synced parent is the same as its local one, there too. A
     * child that is gone from here keeps its synced parent: under the new one, a move of it over
     * there could look like no change, and its deletion would remove what nobody saw (L5). The
     * synced rows of both ids stay as they are; nothing happens if the new id is on disk already.
     *
     * @param origin of the node under its new id
     */
    public void replaceId(NodeId from, NodeId to, Optional<NodeId> origin) {
        Optional<LocalRow.Present> row = local(from);
        if (row.isEmpty() || local(to).isPresent()) {
            return;
        }
        var below = new LinkedHashSet<NodeId>();
        if (row.get().kind().equals(Kind.DIRECTORY)) {
            children(Side.LOCAL, from).forEachRemaining(below::add);
        }
        for (NodeId child : below) {
            Optional<LocalRow.Present> here = local(child);
            Optional<Agreed> agreed = store.agreed(child);
            if (agreed.isPresent() && agreed.get().place().parent().equals(from)) {
                putAgreed(child, Optional.of(agreed.get().at(under(to, agreed.get().place()))));
            }
            here.ifPresent(moved -> putLocal(moved.at(under(to, moved.place()))));
        }
        removeLocal(from);
        putLocal(row.get().as(to, origin));
    }

    private static Place under(NodeId parent, Place place) {
        return new Place(parent, place.name());
    }

    /** Sets the digest over the remote tree, after that was fetched anew. */
    public void setDigest(TreeDigest fresh) {
        digest = fresh;
    }

    // What the scanner knows.

    @Override
    public List<KnownNode> children(NodeId directory) {
        var known = new ArrayList<KnownNode>();
        for (Agreed row : store.agreedSeenIn(directory)) {
            known.add(knownNode(localOf(row).orElseThrow()));
        }
        for (LocalRow.Present row : store.localIn(directory)) {
            known.add(knownNode(row));
        }
        return known;
    }

    private static KnownNode knownNode(LocalRow.Present row) {
        return new KnownNode(
                row.id(), row.place().parent(), row.observed().localName(), row.observed().stat());
    }

    @Override
    public List<Absent> absent(NodeId directory) {
        return store.agreedUnseenIn(directory).stream()
                .map(row ->
                        new Absent(row.id(), row.place().name().value(), row.item().isDirectory()))
                .toList();
    }

    @Override
    public List<KnownNode> directories(NodeId directory) {
        var known = new ArrayList<KnownNode>();
        for (Agreed row : store.agreedDirectoriesSeenIn(directory)) {
            known.add(knownNode(localOf(row).orElseThrow()));
        }
        for (LocalRow.Present row : store.localIn(directory)) {
            if (row.kind().equals(Kind.DIRECTORY)) {
                known.add(knownNode(row));
            }
        }
        return known;
    }

    @Override
    public Optional<KnownNode> child(NodeId directory, String localName) {
        // Nearly always the spelling is the name; else look at all of the directory's.
        if (Name.fault(localName).isEmpty()) {
            Optional<KnownNode> plain =
                    child(Side.LOCAL, directory, new Name(localName))
                            .flatMap(this::local)
                            .filter(row -> row.observed().localName().equals(localName))
                            .map(ReplicaState::knownNode);
            if (plain.isPresent()) {
                return plain;
            }
        }
        return children(directory).stream()
                .filter(node -> node.localName().equals(localName))
                .findFirst();
    }

    @Override
    public Optional<KnownNode> node(NodeId id) {
        return local(id).map(ReplicaState::knownNode);
    }

    @Override
    public List<KnownNode> withIdentity(FileIdentity identity) {
        var known = new ArrayList<KnownNode>();
        long device = identity.device();
        long inode = identity.inode();
        for (NodeId id : store.agreedWithInode(device, inode)) {
            if (store.local(id).isEmpty()) {
                local(id).map(ReplicaState::knownNode).ifPresent(known::add);
            }
        }
        for (NodeId id : store.localWithInode(device, inode)) {
            local(id).map(ReplicaState::knownNode).ifPresent(known::add);
        }
        return known;
    }

    @Override
    public Optional<ListingDigest> listing(NodeId directory) {
        return store.listing(directory);
    }

    // Trees.

    @Override
    public Optional<Entry> entry(Side side, NodeId id) {
        return switch (side) {
            case REMOTE ->
                    remote(id)
                            .filter(row -> !row.deleted())
                            .map(row -> new Entry(row.place(), row.item(), row.version()));
            case SYNCED ->
                    store.agreed(id).map(row -> new Entry(row.place(), row.item(), row.version()));
            case LOCAL -> localEntry(id);
        };
    }

    private Optional<Entry> localEntry(NodeId id) {
        Optional<LocalRow> row = store.local(id);
        Optional<Agreed> agreed = store.agreed(id);
        if (row.isEmpty()) {
            // Unmaterialised ones are shown as agreed (R44).
            return agreed.map(a -> new Entry(a.place(), a.item(), 0));
        }
        if (!(row.get() instanceof LocalRow.Present present)) {
            return Optional.empty();
        }
        Item item =
                present.item()
                        .or(() -> agreed.map(Agreed::item))
                        .orElseGet(() -> unread(present.kind()));
        return Optional.of(new Entry(present.place(), item, 0));
    }

    /** Stands for what hasn't been read; such a node is held, so nothing is concluded from it. */
    private static Item unread(Kind kind) {
        return new Item(kind, false, 0, Optional.of(Content.EMPTY));
    }

    @Override
    public Optional<NodeId> child(Side side, NodeId parent, Name name) {
        var place = new Place(parent, name);
        return switch (side) {
            case REMOTE ->
                    store.remoteAt(place).stream()
                            .findFirst()
                            .or(() -> agreedAt(place, id -> store.remote(id).isEmpty()));
            case SYNCED -> agreedAt(place, _ -> true);
            case LOCAL ->
                    store.localAt(place).stream()
                            .findFirst()
                            .or(() -> agreedAt(place, id -> store.local(id).isEmpty()));
        };
    }

    private Optional<NodeId> agreedAt(Place place, Predicate<NodeId> which) {
        return store.agreedAt(place).stream().filter(which).findFirst();
    }

    @Override
    public Iterator<NodeId> children(Side side, NodeId parent) {
        return switch (side) {
            case REMOTE ->
                    new Merged(
                            new Pages(
                                    after -> store.remoteChildren(parent, after, PAGE), _ -> true),
                            agreedChildren(parent, id -> store.remote(id).isEmpty()));
            case SYNCED -> agreedChildren(parent, _ -> true);
            case LOCAL ->
                    new Merged(
                            new Pages(after -> store.localChildren(parent, after, PAGE), _ -> true),
                            agreedChildren(parent, id -> store.local(id).isEmpty()));
        };
    }

    private Pages agreedChildren(NodeId parent, Predicate<NodeId> which) {
        return new Pages(after -> store.agreedChildren(parent, after, PAGE), which);
    }

    @Override
    public boolean held(NodeId id) {
        if (busy.test(id)) {
            return true;
        }
        return store.local(id)
                .filter(row -> row instanceof LocalRow.Present p && p.item().isEmpty())
                .isPresent();
    }

    @Override
    public Optional<NodeId> origin(NodeId id) {
        return store.local(id)
                .flatMap(row ->
                        row instanceof LocalRow.Present present
                                ? present.origin()
                                : Optional.empty());
    }

    /** Ids page by page, so that a directory of millions is never held whole. */
    private static final class Pages implements Iterator<NodeId> {
        private interface Source {
            List<NodeId> after(NodeId after);
        }

        private final Source source;
        private final Predicate<NodeId> which;
        private Iterator<NodeId> page = List.<NodeId>of().iterator();
        private NodeId last = StateStore.FIRST;
        private boolean ended;
        private Optional<NodeId> next = Optional.empty();

        private Pages(Source source, Predicate<NodeId> which) {
            this.source = source;
            this.which = which;
        }

        @Override
        public boolean hasNext() {
            while (next.isEmpty() && !ended) {
                if (!page.hasNext()) {
                    page = source.after(last).iterator();
                    if (!page.hasNext()) {
                        ended = true;
                        break;
                    }
                }
                last = page.next();
                next = Optional.of(last).filter(which);
            }
            return next.isPresent();
        }

        @Override
        public NodeId next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            NodeId id = next.orElseThrow();
            next = Optional.empty();
            return id;
        }
    }

    /** Two ascending, disjoint runs of ids as one. */
    private static final class Merged implements Iterator<NodeId> {
        private final Pages first;
        private final Pages second;

        private Merged(Pages first, Pages second) {
            this.first = first;
            this.second = second;
        }

        @Override
        public boolean hasNext() {
            return first.hasNext() || second.hasNext();
        }

        @Override
        public NodeId next() {
            if (!first.hasNext()) {
                return second.next();
            }
            if (!second.hasNext() || peek(first).compareTo(peek(second)) < 0) {
                return first.next();
            }
            return second.next();
        }

        private static NodeId peek(Pages pages) {
            return pages.next.orElseThrow();
        }
    }
}
