/**
 * What an operator does: verifying, backing up, statistics, quotas. {@link
 * io.syncline.server.admin.AdminTasks} does it, on the stores of a running server or of a stopped
 * one; {@link io.syncline.server.admin.AdminServer} and {@link
 * io.syncline.server.admin.AdminClient} are the two ends of the way to a running one, which whoever
 * can read its data folder may use.
 */
@NullMarked
package io.syncline.server.admin;

import org.jspecify.annotations.NullMarked;
