/**
 * Until when a caller waits: the one thing that a request tells the stores below it without a
 * parameter. Adapters ask {@link io.syncline.storage.deadline.Deadline} wherever they wait.
 */
@NullMarked
package io.syncline.storage.deadline;

import org.jspecify.annotations.NullMarked;
