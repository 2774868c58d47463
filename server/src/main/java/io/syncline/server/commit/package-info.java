/**
 * Commits: what is applied, what is refused, and why. {@link io.syncline.server.commit.CommitCheck}
 * decides and is pure; {@code CommitState} is what it looks at; {@link
 * io.syncline.server.commit.Commits} loads that under the project's lock, writes the outcome and
 * keeps the answer.
 *
 * <p>Blocks' bytes are not looked at here: one row per file says that all of it is stored (L3).
 */
@NullMarked
package io.syncline.server.commit;

import org.jspecify.annotations.NullMarked;
