package io.syncline.storage.block;

import io.syncline.core.tree.Hash;

/** A wish to read the block of this hash at the place where its row says that it is. */
public record FrameRequest(Hash hash, FrameLocation location) {}
