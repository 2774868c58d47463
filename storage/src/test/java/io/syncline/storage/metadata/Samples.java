package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
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
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.Version.Action;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Values for tests, all different and all from one seed. */
public final class Samples {
    public static final Instant T0 = Instant.parse("2026-01-02T03:04:05.678Z");
    public static final DeviceId DEVICE = new DeviceId("d".repeat(32));

    private final Random random;

    public Samples(long seed) {
        random = new Random(seed);
    }

    public String id() {
        return RandomId.next(random);
    }

    public Hash hash() {
        return new Hash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    public Epoch epoch() {
        return new Epoch(id());
    }

    public CommitId commitId() {
        return new CommitId(id());
    }

    public ReplicaId replicaId() {
        return new ReplicaId(id());
    }

    public SnapshotId snapshotId() {
        return new SnapshotId(id());
    }

    public DeviceId deviceId() {
        return new DeviceId(id());
    }

    public NewProject newProject() {
        return new NewProject(new ProjectId(id()), "project " + id(), 1, false, epoch(), T0);
    }

    public Account account(String name) {
        return new Account(new AccountId(id()), name, Optional.of("hash of " + name), T0);
    }

    public Device device(Account account) {
        return new Device(deviceId(), account.id(), "laptop", hash(), T0, T0, Optional.empty());
    }

    public NewBlock block() {
        return block(new PackId(id()));
    }

    public NewBlock block(PackId pack) {
        return new NewBlock(
                hash(),
                new FrameLocation(pack, random.nextInt(1 << 26), 1 + random.nextInt(1 << 18)),
                1 + random.nextInt(1 << 18),
                random.nextInt(3));
    }

    public static Content content(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Content(0, Hash.sha256(bytes), bytes.length);
    }

    public static Node file(long id, long parent, String name) {
        return node(id, parent, name, id, Item.file(content("content of " + id), false, id));
    }

    public static Node directory(long id, long parent, String name) {
        return node(id, parent, name, id, Item.DIRECTORY);
    }

    public static Node node(long id, long parent, String name, long sequence, Item item) {
        return new Node(
                new NodeId(id),
                new Place(new NodeId(parent), new Name(name)),
                item,
                sequence,
                false,
                DEVICE);
    }

    public static Node moved(Node node, long parent, String name, long sequence) {
        return new Node(
                node.id(),
                new Place(new NodeId(parent), new Name(name)),
                node.item(),
                sequence,
                false,
                node.device());
    }

    public static Node deleted(Node node, long sequence) {
        return new Node(node.id(), node.place(), node.item(), sequence, true, node.device());
    }

    public static Version created(Node node) {
        return new Version(node, Action.CREATE, T0);
    }

    public static Version changed(Node node, Action action) {
        return new Version(node, action, T0);
    }

    /**
     * Commits to a project as the server would: locks, puts, advances head and digest; returns the
     * head.
     */
    public static long commit(MetadataStore store, ProjectId project, List<Version> versions) {
        return store.write(transaction -> commit(transaction, project, versions));
    }

    /** As above, within a transaction. */
    public static long commit(WriteTransaction transaction, ProjectId id, List<Version> versions) {
        Project project = transaction.projects().lock(id).orElseThrow();
        Nodes.Writable nodes = transaction.nodes(project.key());
        TreeDigest digest = project.digest();
        long live = project.nodes();
        long head = project.head();
        for (Version version : versions) {
            Node after = version.node();
            Optional<Node> before = nodes.find(after.id());
            if (before.isPresent()) {
                digest = digest.replace(before.get(), after);
            } else if (!after.deleted()) {
                digest = digest.plus(after);
            }
            boolean wasLive = before.isPresent() && !before.get().deleted();
            live += (after.deleted() ? 0 : 1) - (wasLive ? 1 : 0);
            head = Math.max(head, after.sequence());
        }
        nodes.put(versions);
        transaction.projects().advance(project.key(), head, digest, live, T0);
        return head;
    }

    /** Adds {@code count} files below the root at the next sequences; returns the head. */
    public static long commitFiles(MetadataStore store, ProjectId id, int count, String prefix) {
        return store.write(transaction -> {
            long head = transaction.projects().lock(id).orElseThrow().head();
            List<Version> versions = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                versions.add(created(file(head + i, 0, prefix + (head + i))));
            }
            return commit(transaction, id, versions);
        });
    }
}
