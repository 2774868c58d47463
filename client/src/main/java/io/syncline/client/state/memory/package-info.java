/**
 * The in-memory twin of the state store, for tests and the simulator: it can crash. Start with
 * {@link io.syncline.client.state.memory.MemoryStateStore}.
 */
@NullMarked
package io.syncline.client.state.memory;

import org.jspecify.annotations.NullMarked;
