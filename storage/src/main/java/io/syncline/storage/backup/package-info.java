/**
 * Backups of a server that keeps metadata and packs in files: begin with {@link
 * io.syncline.storage.backup.BackupFolder}. A backup is a copy of the metadata and, shared by all
 * backups in one folder, the packs that it needs; {@code docs/formats.md} describes the folder.
 *
 * <p>The order is what makes a copy of a running server whole: the metadata of one moment first,
 * the packs, to which bytes are only ever added, afterwards (R5).
 */
@NullMarked
package io.syncline.storage.backup;

import org.jspecify.annotations.NullMarked;
