/**
 * Packs as files on disk: {@code packs/PROJECT/PACK.pack}, append-only, 16..64 MiB, in the format
 * of {@code docs/formats.md}.
 *
 * <p>{@link io.syncline.storage.block.pack.PackBlockStore} is the port; {@code OpenPack} the one
 * file per project that is being filled, {@code PackFolder} names and repairs files, {@code Disk}
 * the seam at which tests make disks fail. Nothing here knows which blocks are wanted.
 */
@NullMarked
package io.syncline.storage.block.pack;

import org.jspecify.annotations.NullMarked;
