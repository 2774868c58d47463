/**
 * The block port: durable bytes of blocks in packs, and nothing else. Which blocks a project has is
 * the metadata port's to know (R33).
 *
 * <p>Read {@link io.syncline.storage.block.BlockStore} first. {@link
 * io.syncline.storage.block.SnapshotFiles} keeps the other kind of large bytes. Nothing here may
 * look at metadata.
 */
@NullMarked
package io.syncline.storage.block;

import org.jspecify.annotations.NullMarked;
