/**
 * Random clients at once against a real server, and what was recorded of them checked afterwards.
 * Start with {@link io.syncline.system.concurrency.ConcurrentClientsTest}; {@link
 * io.syncline.system.concurrency.Oracle} says what must hold. {@code docs/testing.md} describes it.
 */
@NullMarked
package io.syncline.system.concurrency;

import org.jspecify.annotations.NullMarked;
