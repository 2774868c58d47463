/**
 * The event socket: hints that heads rose, to whoever watches. Start with {@link
 * io.syncline.server.event.EventHub}. Nothing here is needed for correctness: truth is the change
 * feed.
 */
@NullMarked
package io.syncline.server.event;

import org.jspecify.annotations.NullMarked;
