package io.syncline.storage.metadata;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.FrameLocation;
import java.time.Instant;

/**
 * A block that a project has.
 *
 * @param location where its frame is
 * @param sizeBytes its plain size
 * @param level 0 for a data block, n for a tree block of level n
 * @param number dense per project, for bitmaps (R47); a new one whenever the block is stored anew
 * @param arrived when it was stored, or last revived
 * @param condemned whether it counts as missing and waits for deletion (R10)
 */
public record BlockRow(
        Hash hash,
        FrameLocation location,
        int sizeBytes,
        int level,
        long number,
        Instant arrived,
        boolean condemned) {
    public BlockRow {
        arrived = Millis.of(arrived);
    }
}
