/**
 * The change feed: the latest state of every node that changed after a cursor, in order of
 * sequence. Start with {@link io.syncline.server.change.Changes}.
 */
@NullMarked
package io.syncline.server.change;

import org.jspecify.annotations.NullMarked;
