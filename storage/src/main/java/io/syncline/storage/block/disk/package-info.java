/**
 * Snapshots' files in a folder. {@link io.syncline.storage.block.disk.DiskSnapshotFiles} is the
 * only public class.
 */
@NullMarked
package io.syncline.storage.block.disk;

import org.jspecify.annotations.NullMarked;
