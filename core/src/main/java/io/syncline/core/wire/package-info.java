/**
 * What client and server say to each other: messages, their limits and codecs. Start with {@link
 * io.syncline.core.wire.Commit} and {@link io.syncline.core.wire.ChangesPage}; {@code
 * docs/formats.md} specifies every byte.
 */
@NullMarked
package io.syncline.core.wire;

import org.jspecify.annotations.NullMarked;
