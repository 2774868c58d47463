package io.syncline.storage.metadata.memory;

import io.syncline.core.lineage.Ancestor;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Role;
import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.Answer;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Listing;
import io.syncline.storage.metadata.Packs;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Replica;
import io.syncline.storage.metadata.Snapshot;
import io.syncline.storage.metadata.SnapshotId;
import io.syncline.storage.metadata.UploadSession;
import io.syncline.storage.metadata.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One project's tables; a copy is a snapshot, because the maps are immutable. */
final class ProjectTables {
    /** A node's place in the feed of its own history. */
    record NodeSequence(NodeId id, long sequence) implements Comparable<NodeSequence> {
        @Override
        public int compareTo(NodeSequence other) {
            int byId = id.compareTo(other.id);
            return byId != 0 ? byId : Long.compare(sequence, other.sequence);
        }
    }

    /** A live node's comparison key with its id, since several may share one key. */
    record KeyEntry(NodeId parent, String key, NodeId id) {}

    Project project;
    long nextBlockNumber;
    Optional<Duration> retention = Optional.empty();

    /** The sequence up to which history was trimmed. */
    long trimmed;

    /** Content of the live nodes in bytes, as commits say. */
    long contentBytes;

    PersistentMap<Long, TreeDigest> digests = PersistentMap.empty();
    PersistentMap<AccountId, Role> members =
            PersistentMap.empty(Comparator.comparing(AccountId::value));

    /** The latest version of every node. */
    PersistentMap<NodeId, Version> nodes = PersistentMap.empty();

    PersistentMap<Long, NodeId> feed = PersistentMap.empty();

    /** Live nodes by place, in byte order of names. */
    PersistentMap<Place, NodeId> places =
            PersistentMap.empty(Comparator.comparing(Place::parent).thenComparing(Place::name));

    PersistentMap<KeyEntry, NodeId> keys =
            PersistentMap.empty(
                    Comparator.comparing(KeyEntry::parent)
                            .thenComparing(KeyEntry::key)
                            .thenComparing(KeyEntry::id));

    /** Versions and counts of the directories that have live children. */
    PersistentMap<NodeId, Listing> listings = PersistentMap.empty();

    /** How far the index of names has followed the feed. */
    long namesUpTo;

    PersistentMap<Long, Version> history = PersistentMap.empty();
    PersistentMap<NodeSequence, Long> nodeHistory = PersistentMap.empty();
    PersistentMap<CommitId, Answer> answers =
            PersistentMap.empty(Comparator.comparing(CommitId::value));
    PersistentMap<Hash, BlockRow> blocks = PersistentMap.empty();

    /** When the condemned blocks were condemned. */
    PersistentMap<Hash, Instant> condemned = PersistentMap.empty();

    PersistentMap<Hash, Instant> quarantine = PersistentMap.empty();
    PersistentMap<PackId, Packs.Pack> packs = PersistentMap.empty();
    long nextPackKey;
    @Nullable Instant collected;
    PersistentMap<ReplicaId, Replica> replicas =
            PersistentMap.empty(Comparator.comparing(ReplicaId::value));
    PersistentMap<Epoch, Ancestor> ancestors =
            PersistentMap.empty(Comparator.comparing(Epoch::value));
    PersistentMap<SnapshotId, Snapshot> snapshots =
            PersistentMap.empty(Comparator.comparing(SnapshotId::value));
    PersistentMap<DeviceId, UploadSession> uploads =
            PersistentMap.empty(Comparator.comparing(DeviceId::value));

    ProjectTables(Project project) {
        this.project = project;
    }

    ProjectTables(ProjectTables from) {
        project = from.project;
        nextBlockNumber = from.nextBlockNumber;
        retention = from.retention;
        trimmed = from.trimmed;
        contentBytes = from.contentBytes;
        digests = from.digests;
        members = from.members;
        nodes = from.nodes;
        feed = from.feed;
        places = from.places;
        keys = from.keys;
        listings = from.listings;
        namesUpTo = from.namesUpTo;
        history = from.history;
        nodeHistory = from.nodeHistory;
        answers = from.answers;
        blocks = from.blocks;
        condemned = from.condemned;
        quarantine = from.quarantine;
        packs = from.packs;
        nextPackKey = from.nextPackKey;
        collected = from.collected;
        replicas = from.replicas;
        ancestors = from.ancestors;
        snapshots = from.snapshots;
        uploads = from.uploads;
    }
}
