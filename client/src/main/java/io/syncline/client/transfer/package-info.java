/**
 * Moves the bytes of files between a folder and the server's block store. Read {@link
 * io.syncline.client.transfer.Transfers} first.
 *
 * <p>A file that can't be read or fetched is a value and stops no other; a server that can't be
 * reached stops the transfer. Nothing here knows nodes, names or conflicts, changes a file of the
 * folder or commits: what is fetched ends as a temporary, what is sent as a {@code Content}.
 */
@NullMarked
package io.syncline.client.transfer;

import org.jspecify.annotations.NullMarked;
