/**
 * Metadata in memory, for tests and the simulator: immutable sorted maps, so that a snapshot costs
 * nothing and a failed write is simply dropped. Nothing survives the process.
 *
 * <p>Start with {@link io.syncline.storage.metadata.memory.MemoryMetadataStore}.
 */
@NullMarked
package io.syncline.storage.metadata.memory;

import org.jspecify.annotations.NullMarked;
