/**
 * Decides what one folder does next. Start with {@link io.syncline.client.engine.Engine}: {@code
 * handle(events) → effects}, a deterministic state machine without clock, randomness, threads or
 * I/O but the state store (R36). {@link io.syncline.client.engine.EffectRunner} carries the effects
 * out on virtual threads and answers with events; {@link io.syncline.client.engine.FolderLoop} is
 * the one control thread between the two.
 */
@NullMarked
package io.syncline.client.engine;

import org.jspecify.annotations.NullMarked;
