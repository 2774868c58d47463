package io.syncline.storage.metadata;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.FrameLocation;

/**
 * A block whose bytes are durable in a pack and that is to get its row.
 *
 * @param sizeBytes its plain size
 * @param level 0 for a data block, n for a tree block of level n
 */
public record NewBlock(Hash hash, FrameLocation location, int sizeBytes, int level) {}
