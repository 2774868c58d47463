/**
 * Snapshots of whole trees: {@link io.syncline.server.snapshot.SnapshotKeeper} makes them in the
 * background when enough has changed and deletes old ones, {@link
 * io.syncline.server.snapshot.SnapshotBuilder} makes one from one view of the database, {@link
 * io.syncline.server.snapshot.SnapshotRoutes} serves them. Nothing here walks a tree while somebody
 * waits for an answer. The bytes are {@code core.snapshot}'s, the files the block port's.
 */
@NullMarked
package io.syncline.server.snapshot;

import org.jspecify.annotations.NullMarked;
