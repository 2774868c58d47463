/**
 * The port to the file system: everything that Syncline does to a folder on disk goes through
 * {@link io.syncline.client.disk.Disk}. Read that first, then {@link
 * io.syncline.client.disk.Outcome}.
 *
 * <p>Paths are relative to one root that is opened once; no operation follows a symbolic link or
 * leaves the root. Whatever replaces or removes looks first and keeps what it displaced (L4). The
 * adapters are {@code LinuxDisk}, on system calls, and {@code PortableDisk}, on {@code
 * java.nio.file}; both pass {@code DiskContract}. This package knows nothing of nodes, plans or the
 * server.
 */
@NullMarked
package io.syncline.client.disk;

import org.jspecify.annotations.NullMarked;
