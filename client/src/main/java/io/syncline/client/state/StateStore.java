package io.syncline.client.state;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.scan.ListingDigest;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.List;
import java.util.Optional;

/**
 * The rows of one replica's state: the one synchronous port that the control thread may call (R36).
 *
 * <p>Guarantees: writes happen inside a transaction, which is all or nothing, also across a crash;
 * reads see the transaction's own writes. {@link Durability} says what a power cut may take back.
 * Methods may be called from any thread, but only one thread at a time may have a transaction open;
 * calls of other threads wait until it ends. Absence is an empty {@code Optional} or list. Lists
 * are in ascending order of the id's value, and pages of them are exclusive of {@code after}.
 * Failures are {@code SynclineException}s: {@code UNAVAILABLE} where the disk is full or broken,
 * {@code CORRUPT} where the rows can't be read.
 */
public interface StateStore extends AutoCloseable {
    /** Before the first id of any page. */
    NodeId FIRST = new NodeId(Long.MIN_VALUE);

    /** Opens a transaction; none may be open on this thread. */
    void begin(Durability durability);

    /** Ends the open transaction; its writes are kept. */
    void commit();

    /** Ends the open transaction; its writes never happened. */
    void rollback();

    // The agreed tree.

    Optional<Agreed> agreed(NodeId id);

    void putAgreed(Agreed row);

    void removeAgreed(NodeId id);

    /** Agreed nodes of that place; agreed names are unique but for a moment inside transactions. */
    List<NodeId> agreedAt(Place place);

    List<NodeId> agreedChildren(NodeId parent, NodeId after, int limit);

    List<Agreed> agreedAfter(NodeId after, int limit);

    /** All materialised agreed nodes with that parent from which the disk doesn't differ. */
    List<Agreed> agreedSeenIn(NodeId parent);

    /** All unmaterialised agreed nodes with that parent (R44). */
    List<Agreed> agreedUnseenIn(NodeId parent);

    /** The directories among {@link #agreedSeenIn}. */
    List<Agreed> agreedDirectoriesSeenIn(NodeId parent);

    /** Agreed nodes whose observed identity has this device and inode. */
    List<NodeId> agreedWithInode(long device, long inode);

    long agreedCount();

    // Where the server differs.

    Optional<RemoteRow> remote(NodeId id);

    void putRemote(RemoteRow row);

    void removeRemote(NodeId id);

    /** Live rows of that place. */
    List<NodeId> remoteAt(Place place);

    /** Live rows with that parent. */
    List<NodeId> remoteChildren(NodeId parent, NodeId after, int limit);

    List<RemoteRow> remoteAfter(NodeId after, int limit);

    long remoteCount();

    /** Drops tombstones up to that version for which nothing is agreed. */
    void dropTombstones(long upToSequence);

    /** How many agreed nodes the server says are deleted: incoming deletes (R28). */
    long remoteDeletedCount();

    // Where the disk differs.

    Optional<LocalRow> local(NodeId id);

    void putLocal(LocalRow row);

    void removeLocal(NodeId id);

    /** Present rows of that place. */
    List<NodeId> localAt(Place place);

    /** Present rows with that parent. */
    List<NodeId> localChildren(NodeId parent, NodeId after, int limit);

    List<LocalRow> localAfter(NodeId after, int limit);

    /** Present rows whose content isn't known. */
    List<LocalRow.Present> localUnknown(NodeId after, int limit);

    /** Rows of the server's nodes whose content is known, absent ones included. */
    List<NodeId> localKnown(NodeId after, int limit);

    /** Rows of local-only nodes whose content is known, the oldest first: -1, -2, and so on. */
    List<NodeId> localOnlyKnown(NodeId after, int limit);

    /** All present rows with that parent. */
    List<LocalRow.Present> localIn(NodeId parent);

    List<NodeId> localWithInode(long device, long inode);

    long localCount();

    /** How many agreed nodes the disk lacks: local deletes (R28). */
    long localAbsentCount();

    // What a whole directory was seen to hold.

    /**
     * The sum over all that is seen in a directory. Forgotten by any write of an agreed or local
     * row that was or is in there; so what is remembered is true.
     */
    Optional<ListingDigest> listing(NodeId directory);

    void putListing(NodeId directory, ListingDigest digest);

    // The tree that is being fetched anew after RESYNC.

    void putStaged(RemoteRow row);

    Optional<RemoteRow> staged(NodeId id);

    List<RemoteRow> stagedAfter(NodeId after, int limit);

    void clearStaged();

    /**
     * Makes the staged rows the rows where the server differs, in one step. Only where there are
     * none, and nothing is agreed.
     */
    void takeStaged();

    // What a power cut may have damaged (R31).

    Optional<Suspect> suspect(NodeId id);

    /** A suspect that was deleted here and was this file. */
    Optional<Suspect> deletedSuspect(FileIdentity then);

    void putSuspect(Suspect row);

    void removeSuspect(NodeId id);

    void clearSuspects();

    Optional<Damaged> damaged(NodeId id);

    void putDamaged(Damaged row);

    void removeDamaged(NodeId id);

    List<Damaged> damagedAfter(NodeId after, int limit);

    long damagedCount();

    // What must survive a crash.

    void putJournal(Journalled entry);

    void removeJournal(CommitId id);

    /** All unanswered commits, oldest first. */
    List<Journalled> journal();

    void putIntent(Intent intent);

    void removeIntent(long id);

    /** All open intents, in order of id. */
    List<Intent> intents();

    /** A named single value. */
    Optional<String> value(String key);

    void putValue(String key, String value);

    void removeValue(String key);

    @Override
    void close();
}
