/**
 * Blocks on the wire: which are missing, chunks in, frames out. {@link
 * io.syncline.server.block.BlockRoutes} has the addresses, {@link
 * io.syncline.server.block.ChunkIntake} keeps the order that crashes can't hurt: bytes, then rows.
 * {@link io.syncline.server.block.BlockReader} serves other features, too.
 *
 * <p>All of it happens within one project (L7).
 */
@NullMarked
package io.syncline.server.block;

import org.jspecify.annotations.NullMarked;
