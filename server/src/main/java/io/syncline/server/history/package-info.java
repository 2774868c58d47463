/**
 * What a project was, and putting it back. {@link io.syncline.server.history.HistoryRoutes} lists
 * versions and deletions; {@link io.syncline.server.history.Restores} puts things back: {@code
 * RestorePlan} works out the changes that do so, from one snapshot of the database, and a commit
 * like any other applies them. {@link io.syncline.server.history.HistoryTrimmer} forgets what has
 * been over for longer than a project wants to remember.
 */
@NullMarked
package io.syncline.server.history;

import org.jspecify.annotations.NullMarked;
