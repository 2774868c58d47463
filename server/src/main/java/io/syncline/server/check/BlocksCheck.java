package io.syncline.server.check;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.check.Finding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** Tries stores of blocks and of snapshots, in a project of its own, which is deleted again. */
public final class BlocksCheck {
    private static final int BLOCK_BYTES = 200 << 10;
    private static final int BLOCKS = 10;

    private final BlockStore one;
    private final BlockStore other;
    private final SnapshotFiles files;
    private final SnapshotFiles otherFiles;
    private final ProjectId project;
    private final Random random;

    /** Two clients of each store, or one twice. */
    public BlocksCheck(
            BlockStore one,
            BlockStore other,
            SnapshotFiles files,
            SnapshotFiles otherFiles,
            RandomGenerator random) {
        this.one = one;
        this.other = other;
        this.files = files;
        this.otherFiles = otherFiles;
        this.project = new ProjectId(RandomId.next(random));
        this.random = new Random(random.nextLong());
    }

    /** Looks. */
    public List<Finding> run() {
        List<Finding> found = new ArrayList<>();
        try {
            found.add(
                    Finding.of(
                            "what is stored is read, by every client, whole and in parts",
                            "allow PutObject and GetObject below the prefix; all nodes must use"
                                    + " one bucket",
                            this::roundTrip));
            found.add(
                    Finding.of(
                            "what is stored is listed at once",
                            "allow ListBucket; listings must be consistent",
                            this::listing));
            found.add(
                    Finding.of(
                            "snapshots are stored, read and deleted",
                            "allow PutObject, GetObject and DeleteObject below the prefix",
                            this::snapshots));
            found.add(
                    Finding.of(
                            "it answers in good time",
                            "use a bucket in the same region, or a faster disk",
                            this::latency));
        } finally {
            found.add(
                    Finding.of(
                            "what is deleted is gone",
                            "allow DeleteObject, and delete packs/" + project,
                            this::deleting));
        }
        return found;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw SynclineException.invalid(otherwise);
        }
    }

    private Block block(int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return new Block(new BlockHasher().hash(0, content, 0, bytes), 0, ByteBuffer.wrap(content));
    }

    private List<FrameRequest> append(List<Block> blocks) {
        List<ByteBuffer> frames = new ArrayList<>();
        try (FrameEncoder encoder = new FrameEncoder()) {
            blocks.forEach(block -> frames.add(encoder.encode(block)));
        }
        List<FrameLocation> locations = one.append(project, frames);
        List<FrameRequest> requests = new ArrayList<>();
        for (int i = 0; i < locations.size(); i++) {
            requests.add(new FrameRequest(blocks.get(i).hash(), locations.get(i)));
        }
        return requests;
    }

    private String roundTrip() {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            blocks.add(block(BLOCK_BYTES));
        }
        List<FrameRequest> requests = append(blocks);
        Collections.shuffle(requests, random);
        // The store itself checks every block's hash.
        var _ = other.read(project, requests);
        for (FrameRequest request : requests) {
            var _ = other.read(project, List.of(request));
        }
        AtomicInteger scanned = new AtomicInteger();
        for (PackId pack : other.packs(project)) {
            other.scan(project, pack, _ -> scanned.incrementAndGet());
        }
        require(scanned.get() >= BLOCKS, "a pack held " + scanned.get() + " blocks");
        return BLOCKS + " blocks of " + (BLOCK_BYTES >> 10) + " KiB";
    }

    private String listing() {
        for (int i = 0; i < 5; i++) {
            PackId pack = append(List.of(block(1_000))).getFirst().location().pack();
            require(other.packs(project).contains(pack), "a new pack wasn't listed");
            require(other.kept(project, pack).isPresent(), "a new pack wasn't found");
        }
        require(other.projects().contains(project), "its project wasn't listed");
        return "5 packs";
    }

    private String snapshots() throws Exception {
        String name = RandomId.next(random);
        try (SnapshotFiles.Draft draft = files.draft(project, name)) {
            draft.tree().write(ByteBuffer.wrap(new byte[] {1, 2}));
            draft.contents().write(ByteBuffer.wrap(new byte[] {3}));
            var _ = draft.publish(ByteBuffer.wrap(new byte[] {0}));
        }
        try (SnapshotFiles.Reading reading = otherFiles.open(project, name).orElseThrow()) {
            require(
                    reading.read(0, 4).equals(ByteBuffer.wrap(new byte[] {0, 1, 2, 3})),
                    "other bytes came back");
        }
        require(otherFiles.list(project).size() == 1, "it wasn't listed");
        require(files.delete(project, name), "it couldn't be deleted");
        require(otherFiles.list(project).isEmpty(), "it is still listed");
        return "one";
    }

    private String latency() throws Exception {
        List<FrameRequest> stored = new ArrayList<>();
        double write =
                Medians.millis(
                        MetadataCheck.TIMES, () -> stored.addAll(append(List.of(block(4_096)))));
        var next = stored.iterator();
        double read =
                Medians.millis(
                        MetadataCheck.TIMES, () -> other.read(project, List.of(next.next())));
        String seen =
                Medians.text("4 KiB durable", write) + ", " + Medians.text("read again", read);
        require(write <= Medians.SLOW_MILLIS && read <= Medians.SLOW_MILLIS, seen);
        return seen;
    }

    private String deleting() {
        List<PackId> packs = one.packs(project);
        packs.forEach(pack -> one.delete(project, pack));
        require(other.packs(project).isEmpty(), "packs are still listed");
        return packs.size() + " packs";
    }
}
