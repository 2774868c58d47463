/**
 * What client and server say to each other: messages, their limits and codecs. Start with {@link
 * io.syncline.core.wire.Commit} and {@link io.syncline.core.wire.ChangesPage}, then {@link
 * io.syncline.core.wire.WireJson}, which lists every JSON message with its codec, and {@link
 * io.syncline.core.wire.Hashes} for the binary bodies. {@code docs/protocol.md} says which request
 * carries what. The only package that may use Jackson.
 */
@NullMarked
package io.syncline.core.wire;

import org.jspecify.annotations.NullMarked;
