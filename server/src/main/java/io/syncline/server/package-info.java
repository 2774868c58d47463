/**
 * The server: one package per feature (accounts, projects, listing, changes, uploads, snapshots,
 * events, checkpoints), the HTTP and WebSocket edge, and the wiring in {@code Server}.
 *
 * <p>A server node holds no state that matters: it may be killed at any time.
 */
@NullMarked
package io.syncline.server;

import org.jspecify.annotations.NullMarked;
