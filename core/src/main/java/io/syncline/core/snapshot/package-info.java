/**
 * Snapshots: a whole tree at one cursor as a small file. {@link
 * io.syncline.core.snapshot.SnapshotWriter} makes one in listing order with memory for one group of
 * nodes; {@link io.syncline.core.snapshot.SnapshotReader} hands the nodes out group by group;
 * {@link io.syncline.core.snapshot.SnapshotTree} holds all of them in arrays, to be asked. {@link
 * io.syncline.core.snapshot.SnapshotHead} says what is where. {@code docs/formats.md} specifies
 * every byte.
 *
 * <p>Readers trust nothing: bytes that can't be are CORRUPT, and memory is taken only for what the
 * checksummed head states and the caller allows. Bytes come from and go to ports that the caller
 * hands in; so do threads.
 */
@NullMarked
package io.syncline.core.snapshot;

import org.jspecify.annotations.NullMarked;
