package io.syncline.storage.rebuild;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.metadata.Blocks;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rebuilds the rows of a project's blocks from its packs. */
public final class BlockRows {
    /** Rows that are inserted together. */
    private static final int BATCH = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(BlockRows.class);

    private BlockRows() {}

    /**
     * What a rebuild found.
     *
     * @param packs that were read
     * @param rows that the project has now
     * @param damage what couldn't be used of the packs, summed up
     */
    public record Result(int packs, long rows, ScanResult damage) {}

    /** Told how far a rebuild is. What it throws stops it. */
    @FunctionalInterface
    public interface Listener {
        /** So many packs are done. */
        void packs(long done, long total);
    }

    /**
     * As {@link #rebuild(MetadataStore, BlockStore, ProjectId, Instant)}, for projects of any size:
     * in many transactions, so that when it is stopped the project has only some of its rows, and
     * mustn't be served before it was run again to its end.
     */
    public static Result rebuild(
            MetadataStore metadata,
            BlockStore blocks,
            ProjectId project,
            Instant now,
            Listener listener) {
        ProjectKey key =
                metadata.<Optional<Project>>read(read -> read.projects().find(project))
                        .orElseThrow(() ->
                                new SynclineException(ErrorCode.NOT_FOUND, "no project " + project))
                        .key();
        int cleared;
        do {
            cleared = metadata.write(write -> write.blocks(key).clear(BATCH));
        } while (cleared > 0);
        List<PackId> packs = blocks.packs(project);
        List<NewBlock> batch = new ArrayList<>();
        long frames = 0;
        long corrupt = 0;
        long unreadable = 0;
        int done = 0;
        for (PackId pack : packs) {
            ScanResult found;
            try {
                found =
                        blocks.scan(
                                project,
                                pack,
                                frame -> {
                                    batch.add(
                                            new NewBlock(
                                                    frame.hash(),
                                                    frame.location(),
                                                    frame.sizeBytes(),
                                                    frame.level()));
                                    if (batch.size() == BATCH) {
                                        insert(metadata, key, batch, now);
                                    }
                                });
            } catch (SynclineException e) {
                if (e.code() != ErrorCode.CORRUPT) {
                    throw e;
                }
                // Without a right header nothing in it can be told to be this project's.
                LOG.atError().setCause(e).addKeyValue("pack", pack).log("a pack can't be read");
                found = new ScanResult(0, 1, 0);
            }
            frames += found.frames();
            corrupt += found.corruptFrames();
            unreadable += found.unreadableBytes();
            listener.packs(++done, packs.size());
        }
        insert(metadata, key, batch, now);
        long rows = metadata.read(read -> read.blocks(key).count());
        return new Result(packs.size(), rows, new ScanResult(frames, corrupt, unreadable));
    }

    private static void insert(
            MetadataStore metadata, ProjectKey project, List<NewBlock> batch, Instant now) {
        List<NewBlock> rows = List.copyOf(batch);
        metadata.write(write -> write.blocks(project).insert(rows, now));
        batch.clear();
    }

    /**
     * Replaces all rows of a project's blocks by those that its packs prove: each frame is read and
     * its block's name computed. One transaction: until it ends, and if it fails, the old rows
     * hold. It keeps other writers waiting for as long as reading all packs takes, so it is for a
     * server that isn't serving. All blocks count as arrived now, so that none is collected too
     * soon, and condemned ones are revived.
     */
    public static Result rebuild(
            MetadataStore metadata, BlockStore blocks, ProjectId project, Instant now) {
        List<PackId> packs = blocks.packs(project);
        return metadata.write(transaction -> {
            Blocks.Writable rows =
                    transaction.blocks(
                            transaction
                                    .projects()
                                    .lock(project)
                                    .orElseThrow(() ->
                                            new SynclineException(
                                                    ErrorCode.NOT_FOUND, "no project " + project))
                                    .key());
            rows.clear();
            List<NewBlock> batch = new ArrayList<>();
            long frames = 0;
            long corrupt = 0;
            long unreadable = 0;
            for (PackId pack : packs) {
                ScanResult found =
                        blocks.scan(
                                project,
                                pack,
                                frame -> {
                                    batch.add(
                                            new NewBlock(
                                                    frame.hash(),
                                                    frame.location(),
                                                    frame.sizeBytes(),
                                                    frame.level()));
                                    if (batch.size() == BATCH) {
                                        rows.insert(batch, now);
                                        batch.clear();
                                    }
                                });
                frames += found.frames();
                corrupt += found.corruptFrames();
                unreadable += found.unreadableBytes();
            }
            rows.insert(batch, now);
            return new Result(
                    packs.size(), rows.count(), new ScanResult(frames, corrupt, unreadable));
        });
    }
}
