/**
 * The event port: hints that a project's head rose, between the nodes of one server. Truth is the
 * change feed.
 *
 * <p>Read {@link io.syncline.storage.event.EventBus}. Nothing here may be needed for correctness: a
 * bus that loses everything only makes things slower.
 */
@NullMarked
package io.syncline.storage.event;

import org.jspecify.annotations.NullMarked;
