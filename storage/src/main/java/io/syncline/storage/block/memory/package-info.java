/**
 * Packs in memory, for tests and the simulator. Start with {@link
 * io.syncline.storage.block.memory.MemoryBlockStore}.
 */
@NullMarked
package io.syncline.storage.block.memory;

import org.jspecify.annotations.NullMarked;
