/**
 * Blocks as they travel and are stored. A {@linkplain io.syncline.core.frame.FrameHeader frame} is
 * one block, compressed where that helps; a chunk ({@link io.syncline.core.frame.ChunkEncoder},
 * {@link io.syncline.core.frame.ChunkDecoder}) is what one request carries; a pack ({@link
 * io.syncline.core.frame.PackHeader}, {@link io.syncline.core.frame.PackScanner}) is what the block
 * store keeps. Start with the chunk encoder. {@code docs/formats.md} specifies every byte.
 *
 * <p>Decoders trust nothing: lengths are checked before memory is taken, compressed sizes before
 * anything is decompressed, every block's name afterwards. Bytes that fail are CORRUPT; whoever got
 * them from outside says INVALID to the sender instead. The only package that may use zstd.
 * Encoders and decoders hold native memory: close them.
 */
@NullMarked
package io.syncline.core.frame;

import org.jspecify.annotations.NullMarked;
