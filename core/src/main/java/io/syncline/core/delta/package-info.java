/**
 * Blocks told as copies of parts of blocks that the other side has, after the rsync algorithm: the
 * receiver hands out sums of the pieces of its blocks, the sender finds them anywhere in its own.
 *
 * <p>Source: A. Tridgell, P. Mackerras, <em>The rsync algorithm</em>, TR-CS-96-05, Australian
 * National University, 1996.
 */
@org.jspecify.annotations.NullMarked
package io.syncline.core.delta;
