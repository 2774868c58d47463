package io.syncline.server.snapshot;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.snapshot.SnapshotHead;
import io.syncline.core.snapshot.SnapshotWriter;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Snapshot;
import io.syncline.storage.metadata.SnapshotId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one snapshot from one view of the database, which delays no write. Memory doesn't grow with
 * the number of files: a page of rows, a group of nodes, and the ids of directories not yet listed.
 *
 * <p>The file is durable before its row is written, so a crash leaves at most a file without a row.
 * What doesn't add up to the project's digest is never published.
 */
final class SnapshotBuilder {
    private static final Logger log = LoggerFactory.getLogger(SnapshotBuilder.class);

    /** Rows of a directory read at once. */
    private static final int PAGE = 1_000;

    private final MetadataStore store;
    private final BlockStore blocks;
    private final SnapshotFiles files;
    private final InstantSource clock;
    private final RandomGenerator random;

    SnapshotBuilder(
            MetadataStore store,
            BlockStore blocks,
            SnapshotFiles files,
            InstantSource clock,
            RandomGenerator random) {
        this.store = store;
        this.blocks = blocks;
        this.files = files;
        this.clock = clock;
        this.random = random;
    }

    /** Where a view of the database ended, and the head of what was written there. */
    private record Written(Project project, ByteBuffer head) {}

    /**
     * Makes a snapshot of the project as it is.
     *
     * @return absent where there is no such project, or it is too large for one
     * @throws SynclineException CORRUPT where the rows don't add up to the project's digest
     */
    Optional<Snapshot> build(ProjectId id) {
        SnapshotId name = new SnapshotId(RandomId.next(random));
        Optional<Project> found = store.read(read -> read.projects().find(id));
        if (found.isEmpty() || found.get().nodes() > SnapshotHead.NODES_MAX) {
            return Optional.empty();
        }
        try (SnapshotFiles.Draft draft = files.draft(id, name.value())) {
            Written written = store.read(read -> write(read, id, draft));
            Project project = written.project();
            Snapshot snapshot =
                    new Snapshot(
                            name,
                            new Cursor(project.epoch(), project.head()),
                            project.digest(),
                            project.nodes(),
                            draft.publish(written.head()),
                            clock.instant());
            store.writeBehind(write -> {
                write.snapshots(project.key()).add(snapshot);
                return snapshot;
            });
            log.atInfo()
                    .addKeyValue("project", id)
                    .addKeyValue("nodes", snapshot.nodes())
                    .addKeyValue("bytes", snapshot.sizeBytes())
                    .log("snapshot stored");
            return Optional.of(snapshot);
        }
    }

    private Written write(ReadTransaction read, ProjectId id, SnapshotFiles.Draft draft) {
        Project project = read.projects().find(id).orElseThrow();
        Nodes nodes = read.nodes(project.key());
        TreeDigest digest = TreeDigest.EMPTY;
        try (SnapshotWriter writer =
                        new SnapshotWriter(
                                id,
                                new Cursor(project.epoch(), project.head()),
                                project.digest(),
                                draft.tree(),
                                draft.contents());
                FrameDecoder frames = new FrameDecoder()) {
            long count = 0;
            Optional<NodeId> directory = writer.nextDirectory();
            while (directory.isPresent()) {
                Optional<Name> after = Optional.empty();
                List<Node> page;
                do {
                    page = nodes.childrenPage(directory.get(), after, PAGE);
                    Map<Hash, byte[]> targets = targets(read, project, page, frames);
                    for (Node node : page) {
                        writer.add(node, target(node, targets));
                        digest = digest.plus(node);
                        after = Optional.of(node.place().name());
                    }
                    count += page.size();
                } while (page.size() == PAGE);
                directory = writer.nextDirectory();
            }
            if (count != project.nodes() || !digest.equals(project.digest())) {
                throw SynclineException.corrupt(
                        "the " + count + " nodes of project " + id + " don't add up to its digest");
            }
            return new Written(project, writer.finish());
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "a snapshot can't be written", e);
        }
    }

    private static Optional<byte[]> target(Node node, Map<Hash, byte[]> targets) {
        return isLink(node)
                ? node.item()
                        .content()
                        .flatMap(content -> Optional.ofNullable(targets.get(content.hash())))
                : Optional.empty();
    }

    /** Whether it is a symlink whose target may be inline (R37). */
    private static boolean isLink(Node node) {
        Item item = node.item();
        return item.kind().equals(Kind.SYMLINK)
                && item.sizeBytes() > 0
                && item.sizeBytes() <= SnapshotHead.TARGET_BYTES_MAX;
    }

    /** The targets of a page's symlinks; those whose blocks can't be read are left out. */
    private Map<Hash, byte[]> targets(
            ReadTransaction read, Project project, List<Node> page, FrameDecoder frames) {
        Set<Hash> wanted = new HashSet<>();
        for (Node node : page) {
            if (isLink(node)) {
                wanted.add(node.item().content().orElseThrow().hash());
            }
        }
        Map<Hash, byte[]> targets = new HashMap<>();
        if (wanted.isEmpty()) {
            return targets;
        }
        List<BlockRow> rows = new ArrayList<>(read.blocks(project.key()).find(wanted).values());
        rows.removeIf(row -> row.level() != 0 || row.sizeBytes() > SnapshotHead.TARGET_BYTES_MAX);
        try {
            List<FrameRequest> requests =
                    rows.stream().map(row -> new FrameRequest(row.hash(), row.location())).toList();
            for (ByteBuffer frame : blocks.read(project.id(), requests)) {
                var block = frames.decode(frame);
                byte[] target = new byte[block.sizeBytes()];
                block.bytes().get(target);
                targets.put(block.hash(), target);
            }
        } catch (SynclineException e) {
            log.atWarn()
                    .addKeyValue("project", project.id())
                    .setCause(e)
                    .log("targets of symlinks can't be read and are left out of a snapshot");
        }
        return targets;
    }
}
