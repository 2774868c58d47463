/**
 * The event bus within one process: the embedded default. Start with {@link
 * io.syncline.storage.event.memory.MemoryEventBus}.
 */
@NullMarked
package io.syncline.storage.event.memory;

import org.jspecify.annotations.NullMarked;
