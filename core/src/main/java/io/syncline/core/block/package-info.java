/**
 * How content becomes blocks and is found again: {@link io.syncline.core.block.Cutter} cuts a
 * file's bytes into data blocks, {@link io.syncline.core.block.ContentBuilder} describes many of
 * them by tree blocks, {@link io.syncline.core.block.ContentWalk} lists them again. Start with the
 * cutter. {@code docs/formats.md} specifies every byte, with test vectors.
 *
 * <p>Bytes that break the format or don't have their hash are CORRUPT; whoever got them from
 * outside says INVALID to the sender instead.
 */
@NullMarked
package io.syncline.core.block;

import org.jspecify.annotations.NullMarked;
