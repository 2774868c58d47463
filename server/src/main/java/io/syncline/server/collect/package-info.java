/**
 * Finds blocks that nothing needs any more, condemns them, deletes them after the backup horizon,
 * and rewrites packs that hold little (R5, R10, R26, R47). Start with {@link
 * io.syncline.server.collect.Collector}, then {@code Marker}, which decides what is needed, {@code
 * Sweep}, which condemns and deletes what isn't, and {@code Compaction}, which frees its bytes.
 *
 * <p>Whatever is uncertain is kept: any error ends a run before anything is condemned (L2).
 */
@NullMarked
package io.syncline.server.collect;

import org.jspecify.annotations.NullMarked;
