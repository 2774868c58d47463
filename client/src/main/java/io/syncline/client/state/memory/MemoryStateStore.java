package io.syncline.client.state.memory;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.scan.ListingDigest;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Damaged;
import io.syncline.client.state.Durability;
import io.syncline.client.state.Intent;
import io.syncline.client.state.Journalled;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.Observed;
import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.Suspect;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A state store in memory with the full contract, and {@link #crash()}. Everything is guarded by
 * one lock, which a transaction holds from begin to end.
 */
public final class MemoryStateStore implements StateStore {
    private record Identity(long device, long inode) {}

    private volatile ReentrantLock lock = new ReentrantLock();
    private boolean open;
    private Durability durability = Durability.EVENTUAL;

    /** Inverses of what the open transaction wrote, newest first. */
    private final Deque<Runnable> undo = Table.newUndo();

    /** Inverses of what was committed and a power cut may take back, newest first. */
    private final Deque<Runnable> eventual = Table.newUndo();

    private final Table<NodeId, Agreed> agreed = new Table<>(undo);
    private final Table<NodeId, Agreed>.Index<Place> agreedPlaces =
            agreed.index(row -> Optional.of(row.place()));
    private final Table<NodeId, Agreed>.Index<NodeId> agreedParents =
            agreed.index(row -> Optional.of(row.place().parent()));
    private final Table<NodeId, Agreed>.Index<Identity> agreedIdentities =
            agreed.index(row -> row.observed().map(MemoryStateStore::identity));

    private final Table<NodeId, RemoteRow> remote = new Table<>(undo);
    private final Table<NodeId, RemoteRow>.Index<Place> remotePlaces =
            remote.index(row -> Optional.of(row.place()).filter(_ -> !row.deleted()));
    private final Table<NodeId, RemoteRow>.Index<NodeId> remoteParents =
            remote.index(row -> Optional.of(row.place().parent()).filter(_ -> !row.deleted()));

    private final Table<NodeId, LocalRow> local = new Table<>(undo);
    private final Table<NodeId, LocalRow>.Index<Place> localPlaces =
            local.index(row -> present(row).map(LocalRow.Present::place));
    private final Table<NodeId, LocalRow>.Index<NodeId> localParents =
            local.index(row -> present(row).map(p -> p.place().parent()));
    private final Table<NodeId, LocalRow>.Index<Identity> localIdentities =
            local.index(row -> present(row).map(p -> identity(p.observed())));
    private final Table<NodeId, LocalRow>.Index<Boolean> localAbsent =
            local.index(row -> Optional.of(row instanceof LocalRow.Absent));

    private final Table<NodeId, ListingDigest> listings = new Table<>(undo);
    private final Table<NodeId, RemoteRow> staged = new Table<>(undo);
    private final Table<NodeId, Suspect> suspects = new Table<>(undo);
    private final Table<NodeId, Suspect>.Index<FileIdentity> deletedSuspects =
            suspects.index(row -> Optional.of(row.then()).filter(_ -> row.deleted()));
    private final Table<NodeId, Damaged> damaged = new Table<>(undo);
    private final Table<String, Journalled> journal = new Table<>(undo);
    private final Table<Long, Intent> intents = new Table<>(undo);
    private final Table<String, String> values = new Table<>(undo);

    private static Identity identity(Observed observed) {
        FileIdentity identity = observed.stat().identity();
        return new Identity(identity.device(), identity.inode());
    }

    private static Optional<LocalRow.Present> present(LocalRow row) {
        return row instanceof LocalRow.Present present ? Optional.of(present) : Optional.empty();
    }

    /** Another store with the same rows, all of them durable; as a backup of the database. */
    public MemoryStateStore copy() {
        if (open) {
            throw new IllegalStateException("a transaction is open");
        }
        var copy = new MemoryStateStore();
        copy.agreed.putAll(agreed);
        copy.remote.putAll(remote);
        copy.local.putAll(local);
        copy.listings.putAll(listings);
        copy.staged.putAll(staged);
        copy.suspects.putAll(suspects);
        copy.damaged.putAll(damaged);
        copy.journal.putAll(journal);
        copy.intents.putAll(intents);
        copy.values.putAll(values);
        copy.undo.clear();
        return copy;
    }

    /**
     * A power cut: an open transaction never happened, and neither did those after the last durable
     * one.
     */
    public void crash() {
        kill();
        takeBack(eventual);
    }

    /**
     * The process that used it was killed: an open transaction never happened. Whoever held or
     * awaited its lock is gone.
     */
    public void kill() {
        lock = new ReentrantLock();
        takeBack(undo);
        open = false;
    }

    private void takeBack(Deque<Runnable> log) {
        List<Runnable> inverses = List.copyOf(log);
        log.clear();
        inverses.forEach(Runnable::run);
    }

    @Override
    public void begin(Durability wanted) {
        lock.lock();
        if (open) {
            lock.unlock();
            throw new IllegalStateException("a transaction is open already");
        }
        open = true;
        durability = wanted;
    }

    @Override
    public void commit() {
        checkOpen();
        if (durability == Durability.DURABLE) {
            eventual.clear();
        } else {
            undo.descendingIterator().forEachRemaining(eventual::push);
        }
        undo.clear();
        open = false;
        lock.unlock();
    }

    @Override
    public void rollback() {
        checkOpen();
        takeBack(undo);
        open = false;
        lock.unlock();
    }

    private void checkOpen() {
        if (!lock.isHeldByCurrentThread() || !open) {
            throw new IllegalStateException("no transaction is open on this thread");
        }
    }

    private interface Read<T> {
        T get();
    }

    private <T> T read(Read<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Agreed> agreed(NodeId id) {
        return read(() -> agreed.get(id));
    }

    @Override
    public void putAgreed(Agreed row) {
        checkOpen();
        seenChanged(row.id());
        agreed.put(row.id(), row);
        seenChanged(row.id());
    }

    @Override
    public void removeAgreed(NodeId id) {
        checkOpen();
        seenChanged(id);
        agreed.remove(id);
    }

    @Override
    public List<NodeId> agreedAt(Place place) {
        return read(() -> agreedPlaces.keys(place, FIRST, Integer.MAX_VALUE));
    }

    @Override
    public List<NodeId> agreedChildren(NodeId parent, NodeId after, int limit) {
        return read(() -> agreedParents.keys(parent, after, limit));
    }

    @Override
    public List<Agreed> agreedAfter(NodeId after, int limit) {
        return read(() -> agreed.after(after, limit));
    }

    @Override
    public List<NodeId> agreedWithInode(long device, long inode) {
        return read(
                () -> agreedIdentities.keys(new Identity(device, inode), FIRST, Integer.MAX_VALUE));
    }

    @Override
    public long agreedCount() {
        return read(() -> (long) agreed.size());
    }

    @Override
    public Optional<RemoteRow> remote(NodeId id) {
        return read(() -> remote.get(id));
    }

    @Override
    public void putRemote(RemoteRow row) {
        checkOpen();
        remote.put(row.id(), row);
    }

    @Override
    public void removeRemote(NodeId id) {
        checkOpen();
        remote.remove(id);
    }

    @Override
    public List<NodeId> remoteAt(Place place) {
        return read(() -> remotePlaces.keys(place, FIRST, Integer.MAX_VALUE));
    }

    @Override
    public List<NodeId> remoteChildren(NodeId parent, NodeId after, int limit) {
        return read(() -> remoteParents.keys(parent, after, limit));
    }

    @Override
    public List<RemoteRow> remoteAfter(NodeId after, int limit) {
        return read(() -> remote.after(after, limit));
    }

    @Override
    public long remoteCount() {
        return read(() -> (long) remote.size());
    }

    @Override
    public long remoteDeletedCount() {
        return read(() ->
                remote.all().stream()
                        .filter(r -> r.deleted() && agreed.get(r.id()).isPresent())
                        .count());
    }

    @Override
    public Optional<LocalRow> local(NodeId id) {
        return read(() -> local.get(id));
    }

    @Override
    public void putLocal(LocalRow row) {
        checkOpen();
        seenChanged(row.id());
        local.put(row.id(), row);
        seenChanged(row.id());
    }

    @Override
    public void removeLocal(NodeId id) {
        checkOpen();
        seenChanged(id);
        local.remove(id);
    }

    @Override
    public List<NodeId> localAt(Place place) {
        return read(() -> localPlaces.keys(place, FIRST, Integer.MAX_VALUE));
    }

    @Override
    public List<NodeId> localChildren(NodeId parent, NodeId after, int limit) {
        return read(() -> localParents.keys(parent, after, limit));
    }

    @Override
    public List<LocalRow> localAfter(NodeId after, int limit) {
        return read(() -> local.after(after, limit));
    }

    @Override
    public List<LocalRow.Present> localUnknown(NodeId after, int limit) {
        return read(() ->
                local.after(after, limit, row -> !known(row)).stream()
                        .map(LocalRow.Present.class::cast)
                        .toList());
    }

    @Override
    public List<NodeId> localKnown(NodeId after, int limit) {
        NodeId from = after.compareTo(NodeId.ROOT) < 0 ? NodeId.ROOT : after;
        return read(() ->
                local.after(from, limit, MemoryStateStore::known).stream()
                        .map(LocalRow::id)
                        .toList());
    }

    @Override
    public List<NodeId> localOnlyKnown(NodeId after, int limit) {
        return read(() ->
                local.all().stream()
                        .filter(MemoryStateStore::known)
                        .map(LocalRow::id)
                        .filter(id -> id.isLocalOnly() && id.compareTo(after) < 0)
                        .sorted(Comparator.reverseOrder())
                        .limit(limit)
                        .toList());
    }

    @Override
    public List<Agreed> agreedSeenIn(NodeId parent) {
        return read(() ->
                agreedParents.keys(parent, FIRST, Integer.MAX_VALUE).stream()
                        .filter(id -> local.get(id).isEmpty())
                        .flatMap(id -> agreed.get(id).stream())
                        .filter(Agreed::isMaterialised)
                        .toList());
    }

    @Override
    public List<Agreed> agreedUnseenIn(NodeId parent) {
        return read(() ->
                agreedParents.keys(parent, FIRST, Integer.MAX_VALUE).stream()
                        .flatMap(id -> agreed.get(id).stream())
                        .filter(row -> !row.isMaterialised())
                        .toList());
    }

    @Override
    public List<Agreed> agreedDirectoriesSeenIn(NodeId parent) {
        return agreedSeenIn(parent).stream()
                .filter(row -> row.item().kind().equals(Kind.DIRECTORY))
                .toList();
    }

    @Override
    public Optional<ListingDigest> listing(NodeId directory) {
        return read(() -> listings.get(directory));
    }

    @Override
    public void putListing(NodeId directory, ListingDigest digest) {
        checkOpen();
        listings.put(directory, digest);
    }

    private void seenChanged(NodeId id) {
        agreed.get(id).ifPresent(row -> listings.remove(row.place().parent()));
        local.get(id)
                .flatMap(MemoryStateStore::present)
                .ifPresent(row -> listings.remove(row.place().parent()));
    }

    @Override
    public List<LocalRow.Present> localIn(NodeId parent) {
        return read(() ->
                localParents.keys(parent, FIRST, Integer.MAX_VALUE).stream()
                        .flatMap(id -> local.get(id).stream())
                        .map(LocalRow.Present.class::cast)
                        .toList());
    }

    @Override
    public void dropTombstones(long upToSequence) {
        checkOpen();
        remote.all().stream()
                .filter(row ->
                        row.deleted()
                                && row.version() <= upToSequence
                                && agreed.get(row.id()).isEmpty())
                .map(RemoteRow::id)
                .toList()
                .forEach(remote::remove);
    }

    private static boolean known(LocalRow row) {
        return switch (row) {
            case LocalRow.Absent _ -> true;
            case LocalRow.Present present -> present.item().isPresent();
        };
    }

    @Override
    public List<NodeId> localWithInode(long device, long inode) {
        return read(
                () -> localIdentities.keys(new Identity(device, inode), FIRST, Integer.MAX_VALUE));
    }

    @Override
    public long localCount() {
        return read(() -> (long) local.size());
    }

    @Override
    public long localAbsentCount() {
        return read(() -> (long) localAbsent.count(true));
    }

    @Override
    public void putStaged(RemoteRow row) {
        checkOpen();
        staged.put(row.id(), row);
    }

    @Override
    public Optional<RemoteRow> staged(NodeId id) {
        return read(() -> staged.get(id));
    }

    @Override
    public List<RemoteRow> stagedAfter(NodeId after, int limit) {
        return read(() -> staged.after(after, limit));
    }

    @Override
    public void clearStaged() {
        checkOpen();
        staged.clear();
    }

    @Override
    public void takeStaged() {
        checkOpen();
        staged.after(FIRST, Integer.MAX_VALUE).forEach(this::putRemote);
        staged.clear();
    }

    @Override
    public Optional<Suspect> suspect(NodeId id) {
        return read(() -> suspects.get(id));
    }

    @Override
    public Optional<Suspect> deletedSuspect(FileIdentity then) {
        return read(() ->
                deletedSuspects.keys(then, FIRST, 1).stream().findFirst().flatMap(suspects::get));
    }

    @Override
    public void putSuspect(Suspect row) {
        checkOpen();
        suspects.put(row.id(), row);
    }

    @Override
    public void removeSuspect(NodeId id) {
        checkOpen();
        suspects.remove(id);
    }

    @Override
    public void clearSuspects() {
        checkOpen();
        suspects.clear();
    }

    /** How many suspects of a power cut there are. */
    public int suspectCount() {
        return read(suspects::size);
    }

    @Override
    public Optional<Damaged> damaged(NodeId id) {
        return read(() -> damaged.get(id));
    }

    @Override
    public void putDamaged(Damaged row) {
        checkOpen();
        damaged.put(row.id(), row);
    }

    @Override
    public void removeDamaged(NodeId id) {
        checkOpen();
        damaged.remove(id);
    }

    @Override
    public List<Damaged> damagedAfter(NodeId after, int limit) {
        return read(() -> damaged.after(after, limit));
    }

    @Override
    public long damagedCount() {
        return read(() -> (long) damaged.size());
    }

    @Override
    public void putJournal(Journalled entry) {
        checkOpen();
        journal.put(entry.id().value(), entry);
    }

    @Override
    public void removeJournal(CommitId id) {
        checkOpen();
        journal.remove(id.value());
    }

    @Override
    public List<Journalled> journal() {
        return read(() ->
                journal.all().stream()
                        .sorted(
                                Comparator.comparingLong(Journalled::createdMillis)
                                        .thenComparing(entry -> entry.id().value()))
                        .toList());
    }

    @Override
    public void putIntent(Intent intent) {
        checkOpen();
        intents.put(intent.id(), intent);
    }

    @Override
    public void removeIntent(long id) {
        checkOpen();
        intents.remove(id);
    }

    @Override
    public List<Intent> intents() {
        return read(() -> List.copyOf(intents.all()));
    }

    @Override
    public Optional<String> value(String key) {
        return read(() -> values.get(key));
    }

    @Override
    public void putValue(String key, String value) {
        checkOpen();
        values.put(key, value);
    }

    @Override
    public void removeValue(String key) {
        checkOpen();
        values.remove(key);
    }

    @Override
    public void close() {
        // The rows stay, so that a test can open them again as after a restart.
    }
}
