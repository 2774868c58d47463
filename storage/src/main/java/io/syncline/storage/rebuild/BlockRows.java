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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Rebuilds the rows of a project's blocks from its packs. */
public final class BlockRows {
    /** Rows that are inserted together. */
    private static final int BATCH = 10_000;

    private BlockRows() {}

    /**
     * What a rebuild found.
     *
     * @param packs that were read
     * @param rows that the project has now
     * @param damage what couldn't be used of the packs, summed up
     */
    public record Result(int packs, long rows, ScanResult damage) {}

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
