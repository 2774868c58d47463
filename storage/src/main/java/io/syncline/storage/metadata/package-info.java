/**
 * The metadata port: everything the server remembers apart from the blocks' bytes. Accounts,
 * devices, projects, nodes with their history, commits' answers, block rows, replicas, uploads.
 *
 * <p>Read {@link io.syncline.storage.metadata.MetadataStore} first (what a read and a write
 * guarantee), then {@link io.syncline.storage.metadata.Nodes}, the heart. Each feature is a small
 * interface for reading with a nested {@code Writable} that adds the mutations; {@link
 * io.syncline.storage.metadata.ReadTransaction} and {@link
 * io.syncline.storage.metadata.WriteTransaction} hand them out, so that a read can't write by type.
 *
 * <p>Nothing here decides: roles, cycles, versions and limits are the server's to check. The port
 * keeps rows, uniqueness and atomicity. An adapter names no other adapter.
 */
@NullMarked
package io.syncline.storage.metadata;

import org.jspecify.annotations.NullMarked;
