package io.syncline.server.snapshot;

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
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.Version.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A project whose tree changes at random, by rows. */
public final class GrowingProject {
    private static final Instant T0 = Instant.parse("2026-01-02T03:04:05Z");
    private static final DeviceId DEVICE = new DeviceId("d".repeat(32));

    private final MetadataStore store;
    private final Random random;
    private final List<Node> live = new ArrayList<>();
    private final List<NodeId> directories = new ArrayList<>(List.of(NodeId.ROOT));
    private final ProjectId id;

    /** A new project. */
    public GrowingProject(MetadataStore store, long seed) {
        this(
                store,
                seed,
                store.write(write ->
                                write.projects()
                                        .add(
                                                new NewProject(
                                                        new ProjectId("%032x".formatted(seed)),
                                                        "p",
                                                        1,
                                                        false,
                                                        new Epoch("e".repeat(32)),
                                                        T0)))
                        .id());
    }

    /** A project that is there, and empty. */
    public GrowingProject(MetadataStore store, long seed, ProjectId id) {
        this.store = store;
        this.random = new Random(seed);
        this.id = id;
    }

    ProjectId id() {
        return id;
    }

    Project project() {
        return store.read(read -> read.projects().find(id)).orElseThrow();
    }

    /** Commits so many new files and directories, in one transaction. */
    public void grow(int count) {
        long head = project().head();
        List<Version> versions = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            boolean directory = random.nextInt(20) == 0;
            Content content = new Content(0, new Hash(head, i, 3, 4), 1 + i % 1_000);
            Node node =
                    node(
                            head + i,
                            head + i,
                            directories.get(random.nextInt(directories.size())),
                            directory ? Item.DIRECTORY : Item.file(content, false, head + i));
            live.add(node);
            versions.add(new Version(node, Action.CREATE, T0));
            if (directory) {
                directories.add(node.id());
            }
        }
        commit(versions);
    }

    /** Commits one edit, move or deletion of a file. */
    void change() {
        int at = random.nextInt(live.size());
        Node old = live.get(at);
        if (old.item().isDirectory()) {
            return;
        }
        long next = project().head() + 1;
        switch (random.nextInt(3)) {
            case 0 -> {
                live.remove(at);
                Node dead = new Node(old.id(), old.place(), old.item(), next, true, old.device());
                commit(List.of(new Version(dead, Action.DELETE, T0)));
            }
            case 1 -> {
                NodeId to = directories.get(random.nextInt(directories.size()));
                Node moved = node(old.id().value(), next, to, old.item());
                live.set(at, moved);
                commit(List.of(new Version(moved, Action.MOVE, T0)));
            }
            default -> {
                Item item = Item.file(Content.EMPTY, true, next);
                Node edited = node(old.id().value(), next, old.place().parent(), item);
                live.set(at, edited);
                commit(List.of(new Version(edited, Action.UPDATE, T0)));
            }
        }
    }

    void add(Node node) {
        live.add(node);
        commit(List.of(new Version(node, Action.CREATE, T0)));
    }

    static Node node(long id, long sequence, NodeId parent, Item item) {
        Place place = new Place(parent, new Name("node " + id));
        return new Node(new NodeId(id), place, item, sequence, false, DEVICE);
    }

    private void commit(List<Version> versions) {
        store.write(write -> {
            Project project = write.projects().lock(id).orElseThrow();
            var nodes = write.nodes(project.key());
            TreeDigest digest = project.digest();
            long count = project.nodes();
            for (Version version : versions) {
                Node node = version.node();
                var before = nodes.find(node.id());
                if (before.isPresent()) {
                    digest = digest.replace(before.get(), node);
                } else {
                    digest = digest.plus(node);
                    count++;
                }
                count -= node.deleted() ? 1 : 0;
            }
            nodes.put(versions);
            long head = versions.getLast().node().sequence();
            write.projects().advance(project.key(), head, digest, count, T0);
            return head;
        });
    }
}
