package io.syncline.client.state.sqlite;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.scan.ListingDigest;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Damaged;
import io.syncline.client.state.Durability;
import io.syncline.client.state.Intent;
import io.syncline.client.state.Journalled;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.Suspect;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A replica's state in one SQLite file: one connection under one lock, WAL. A durable commit syncs
 * the log; an eventual one doesn't, and a later durable one syncs it too, because the log is one
 * sequence.
 *
 * <p>The tables are classes of their own; what is here is how they go together.
 */
public final class SqliteStateStore implements StateStore {
    private final Session session;
    private final ListingCache listings;
    private final AgreedTable agreed;
    private final RemoteTable remote;
    private final LocalTable local;
    private final DoubtTables doubts;
    private final Promises promises;

    private SqliteStateStore(Session session) {
        this.session = session;
        this.listings = new ListingCache(session.statements());
        this.agreed = new AgreedTable(session, listings);
        this.remote = new RemoteTable(session, agreed);
        this.local = new LocalTable(session, agreed, listings);
        this.doubts = new DoubtTables(session);
        this.promises = new Promises(session);
    }

    /** Opens the file, which is made where it doesn't exist, and brings it to the newest form. */
    public static SqliteStateStore open(Path file) {
        return new SqliteStateStore(new Session(StateFile.open(file)));
    }

    @Override
    public void begin(Durability durability) {
        session.begin(durability);
    }

    @Override
    public void commit() {
        session.commit();
    }

    @Override
    public void rollback() {
        session.checkOpen();
        agreed.forget();
        remote.forget();
        local.forget();
        listings.clear();
        doubts.forget();
        promises.forget();
        session.rollback();
    }

    @Override
    public void close() {
        session.close();
    }

    // The agreed tree.

    @Override
    public Optional<Agreed> agreed(NodeId id) {
        return agreed.get(id);
    }

    @Override
    public void putAgreed(Agreed row) {
        session.checkOpen();
        if (agreed.get(row.id()).isEmpty()) {
            remote.agreedChanges(row.id(), true);
        }
        agreed.put(row);
    }

    @Override
    public void removeAgreed(NodeId id) {
        session.checkOpen();
        if (agreed.get(id).isPresent()) {
            remote.agreedChanges(id, false);
        }
        agreed.remove(id);
    }

    @Override
    public List<NodeId> agreedAt(Place place) {
        return agreed.at(place);
    }

    @Override
    public List<NodeId> agreedChildren(NodeId parent, NodeId after, int limit) {
        return agreed.children(parent, after, limit);
    }

    @Override
    public List<Agreed> agreedAfter(NodeId after, int limit) {
        return agreed.after(after, limit);
    }

    @Override
    public List<Agreed> agreedUnseenIn(NodeId parent) {
        return agreed.unseenIn(parent);
    }

    @Override
    public List<Agreed> agreedSeenIn(NodeId parent) {
        return agreed.seenIn(parent);
    }

    @Override
    public List<Agreed> agreedDirectoriesSeenIn(NodeId parent) {
        return agreed.directoriesSeenIn(parent);
    }

    @Override
    public List<NodeId> agreedWithInode(long device, long inode) {
        return agreed.withInode(device, inode);
    }

    @Override
    public long agreedCount() {
        return agreed.count();
    }

    // Where the server differs.

    @Override
    public Optional<RemoteRow> remote(NodeId id) {
        return remote.get(id);
    }

    @Override
    public void putRemote(RemoteRow row) {
        remote.put(row);
    }

    @Override
    public void removeRemote(NodeId id) {
        remote.remove(id);
    }

    @Override
    public List<NodeId> remoteAt(Place place) {
        return remote.at(place);
    }

    @Override
    public List<NodeId> remoteChildren(NodeId parent, NodeId after, int limit) {
        return remote.children(parent, after, limit);
    }

    @Override
    public List<RemoteRow> remoteAfter(NodeId after, int limit) {
        return remote.after(after, limit);
    }

    @Override
    public long remoteCount() {
        return remote.count();
    }

    @Override
    public void dropTombstones(long upToSequence) {
        remote.dropTombstones(upToSequence);
    }

    @Override
    public long remoteDeletedCount() {
        return remote.deletedCount();
    }

    // Where the disk differs.

    @Override
    public Optional<LocalRow> local(NodeId id) {
        return local.get(id);
    }

    @Override
    public void putLocal(LocalRow row) {
        local.put(row);
    }

    @Override
    public void removeLocal(NodeId id) {
        local.remove(id);
    }

    @Override
    public List<NodeId> localAt(Place place) {
        return local.at(place);
    }

    @Override
    public List<NodeId> localChildren(NodeId parent, NodeId after, int limit) {
        return local.children(parent, after, limit);
    }

    @Override
    public List<LocalRow> localAfter(NodeId after, int limit) {
        return local.after(after, limit);
    }

    @Override
    public List<LocalRow.Present> localUnknown(NodeId after, int limit) {
        return local.unknown(after, limit);
    }

    @Override
    public List<NodeId> localKnown(NodeId after, int limit) {
        return local.known(after, limit);
    }

    @Override
    public List<NodeId> localOnlyKnown(NodeId after, int limit) {
        return local.localOnlyKnown(after, limit);
    }

    @Override
    public List<LocalRow.Present> localIn(NodeId parent) {
        return local.in(parent);
    }

    @Override
    public List<NodeId> localWithInode(long device, long inode) {
        return local.withInode(device, inode);
    }

    @Override
    public long localCount() {
        return local.count();
    }

    @Override
    public long localAbsentCount() {
        return local.absentCount();
    }

    // What a whole directory was seen to hold.

    @Override
    public Optional<ListingDigest> listing(NodeId directory) {
        return session.read(() -> listings.get(directory));
    }

    @Override
    public void putListing(NodeId directory, ListingDigest digest) {
        session.checkOpen();
        listings.put(directory, digest);
    }

    // The tree that is being fetched anew.

    @Override
    public void putStaged(RemoteRow row) {
        remote.putStaged(row);
    }

    @Override
    public Optional<RemoteRow> staged(NodeId id) {
        return remote.staged(id);
    }

    @Override
    public List<RemoteRow> stagedAfter(NodeId after, int limit) {
        return remote.stagedAfter(after, limit);
    }

    @Override
    public void clearStaged() {
        remote.clearStaged();
    }

    @Override
    public void takeStaged() {
        remote.takeStaged();
    }

    // What a power cut may have damaged.

    @Override
    public Optional<Suspect> suspect(NodeId id) {
        return doubts.suspect(id);
    }

    @Override
    public Optional<Suspect> deletedSuspect(FileIdentity then) {
        return doubts.deletedSuspect(then);
    }

    @Override
    public void putSuspect(Suspect row) {
        doubts.putSuspect(row);
    }

    @Override
    public void removeSuspect(NodeId id) {
        doubts.removeSuspect(id);
    }

    @Override
    public void clearSuspects() {
        doubts.clearSuspects();
    }

    @Override
    public Optional<Damaged> damaged(NodeId id) {
        return doubts.damaged(id);
    }

    @Override
    public void putDamaged(Damaged row) {
        doubts.putDamaged(row);
    }

    @Override
    public void removeDamaged(NodeId id) {
        doubts.removeDamaged(id);
    }

    @Override
    public List<Damaged> damagedAfter(NodeId after, int limit) {
        return doubts.damagedAfter(after, limit);
    }

    @Override
    public long damagedCount() {
        return doubts.damagedCount();
    }

    // What must survive a crash.

    @Override
    public void putJournal(Journalled entry) {
        promises.putJournal(entry);
    }

    @Override
    public void removeJournal(CommitId id) {
        promises.removeJournal(id);
    }

    @Override
    public List<Journalled> journal() {
        return promises.journal();
    }

    @Override
    public void putIntent(Intent intent) {
        promises.putIntent(intent);
    }

    @Override
    public void removeIntent(long id) {
        promises.removeIntent(id);
    }

    @Override
    public List<Intent> intents() {
        return promises.intents();
    }

    @Override
    public Optional<String> value(String key) {
        return promises.value(key);
    }

    @Override
    public void putValue(String key, String value) {
        promises.putValue(key, value);
    }

    @Override
    public void removeValue(String key) {
        promises.removeValue(key);
    }
}
