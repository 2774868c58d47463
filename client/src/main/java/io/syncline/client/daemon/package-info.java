/**
 * One device's process: its home directory, the folders that it keeps in sync, and the endpoint on
 * loopback by which the command line asks and steers it. Start with {@link
 * io.syncline.client.daemon.Daemon}. Knows a folder only as {@link
 * io.syncline.client.daemon.SyncedFolder}; what makes one out of concrete adapters is handed in.
 */
@NullMarked
package io.syncline.client.daemon;

import org.jspecify.annotations.NullMarked;
