/**
 * The port to the file system: everything that Syncline does to a folder on disk goes through
 * {@link io.syncline.client.disk.Disk}. Read that first, then {@link
 * io.syncline.client.disk.Outcome}.
 *
 * <p>Paths are relative to one root that is opened once; no operation follows a symbolic link or
 * leaves the root. Whatever replaces or removes looks first and keeps what it displaced (L4). The
 * careful operations are one class over {@link io.syncline.client.disk.Calls}, the bare ones of a
 * system: {@code LinuxCalls}, by system calls, {@code PortableCalls}, by {@code java.nio.file}, and
 * in {@code client.disk.memory} a simulated twin with a page cache and power cuts. All pass {@code
 * DiskContract}. This package knows nothing of nodes, plans or the server.
 */
@NullMarked
package io.syncline.client.disk;

import org.jspecify.annotations.NullMarked;
