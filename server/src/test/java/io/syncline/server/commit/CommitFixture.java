package io.syncline.server.commit;

import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Commit;
import io.syncline.server.quota.Room;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A project in memory, and commits on it without any network. */
final class CommitFixture {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final DeviceId DEVICE = new DeviceId("0".repeat(31) + "d");

    final Random random = new Random(1);
    final MemoryMetadataStore store = new MemoryMetadataStore();
    final ProjectId id = new ProjectId("0".repeat(31) + "1");
    final Epoch epoch = new Epoch("0".repeat(31) + "e");
    final ProjectKey key;

    CommitFixture(boolean portableNames) {
        AccountId account = new AccountId("0".repeat(31) + "a");
        key =
                store.write(write -> {
                    write.accounts().add(new Account(account, "a", Optional.empty(), NOW));
                    write.devices()
                            .add(
                                    new Device(
                                            DEVICE,
                                            account,
                                            "d",
                                            Hash.EMPTY,
                                            NOW,
                                            NOW,
                                            Optional.empty()));
                    return write.projects()
                            .add(new NewProject(id, "p", 1, portableNames, epoch, NOW))
                            .key();
                });
    }

    Project project() {
        return store.read(read -> read.projects().find(id)).orElseThrow();
    }

    Optional<Node> node(long node) {
        return store.read(read -> read.nodes(key).find(new NodeId(node)));
    }

    CommitOutcome commit(boolean atomic, Change... changes) {
        return commit(of(atomic, List.of(changes)));
    }

    Commit of(boolean atomic, List<Change> changes) {
        return new Commit(
                new CommitId(RandomId.next(random)),
                new ReplicaId("0".repeat(32)),
                new Proof(new Cursor(epoch, project().head()), TreeDigest.EMPTY, "0".repeat(32)),
                atomic,
                changes);
    }

    /** What {@link Commits} does, apart from the answer. */
    CommitOutcome commit(Commit commit) {
        return store.write(write -> {
            Project project = write.projects().lock(id).orElseThrow();
            CommitState state =
                    CommitLoader.load(
                            commit, project, write.nodes(key), write.blocks(key), Map.of());
            CommitOutcome outcome =
                    CommitCheck.check(commit, state, Room.of(write.quotas(), project), DEVICE, NOW);
            if (!outcome.versions().isEmpty()) {
                write.nodes(key).put(outcome.versions());
                write.quotas().addContent(key, outcome.addedBytes());
                write.projects()
                        .advance(key, outcome.head(), outcome.digest(), outcome.nodes(), NOW);
            }
            return outcome;
        });
    }

    /** What these changes come to where these directories are full; nothing is written. */
    CommitOutcome judge(Set<NodeId> full, Change... changes) {
        Commit commit = of(false, List.of(changes));
        return store.read(read -> {
            CommitState state =
                    CommitLoader.load(
                            commit, project(), read.nodes(key), read.blocks(key), Map.of());
            CommitState crowded =
                    new CommitState(
                            state.head(),
                            state.digest(),
                            state.nodes(),
                            state.portableNames(),
                            state.known(),
                            state.holders(),
                            state.keyHolders(),
                            state.children(),
                            full,
                            state.blocks());
            return CommitCheck.check(commit, crowded, Room.UNLIMITED, DEVICE, NOW);
        });
    }

    /** Says that a block is stored. */
    Content store(String text) {
        Content content = content(text);
        store.write(write ->
                write.blocks(key)
                        .insert(
                                List.of(
                                        new NewBlock(
                                                content.hash(),
                                                new FrameLocation(
                                                        new PackId("0".repeat(32)), 0, 99),
                                                (int) content.sizeBytes(),
                                                0)),
                                NOW));
        return content;
    }

    /** Says that a tree block of level 1 is stored, which nobody looked into. */
    Content storeTree(long sizeBytes) {
        Content content = new Content(1, Hash.sha256(new byte[] {(byte) sizeBytes}), sizeBytes);
        store.write(write ->
                write.blocks(key)
                        .insert(
                                List.of(
                                        new NewBlock(
                                                content.hash(),
                                                new FrameLocation(
                                                        new PackId("0".repeat(32)), 0, 99),
                                                99,
                                                1)),
                                NOW));
        return content;
    }

    static Content content(String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return new Content(0, Hash.sha256(bytes), bytes.length);
    }

    static Place at(long parent, String name) {
        return new Place(new NodeId(parent), new Name(name));
    }

    static Change creation(long id, long parent, String name, Item item) {
        return new Change.Create(new NodeId(id), at(parent, name), item, Optional.empty());
    }

    static Change directory(long id, long parent, String name) {
        return creation(id, parent, name, Item.DIRECTORY);
    }

    static Change empty(long id, long parent, String name) {
        return creation(id, parent, name, Item.file(Content.EMPTY, false, 0));
    }

    static Change move(long id, long expected, long parent, String name) {
        return new Change.Update(
                new NodeId(id), expected, Optional.of(at(parent, name)), Optional.empty());
    }

    static Change edit(long id, long expected, Item item) {
        return new Change.Update(new NodeId(id), expected, Optional.empty(), Optional.of(item));
    }

    static Change delete(long id, long expected) {
        return new Change.Delete(new NodeId(id), expected);
    }

    static Change check(long id, long expected) {
        return new Change.Check(new NodeId(id), expected);
    }
}
