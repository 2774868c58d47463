package io.syncline.storage.block;

import io.syncline.core.tree.Hash;

/**
 * A frame found and verified by a scan.
 *
 * @param sizeBytes the block's plain size
 * @param level 0 for a data block, n for a tree block of level n
 */
public record ScannedFrame(Hash hash, FrameLocation location, int sizeBytes, int level) {}
