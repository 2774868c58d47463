/**
 * What is below {@code /v1/admin/}: figures, accounts, quotas, settings and the audit log, for
 * accounts that are operators. {@link io.syncline.server.operator.OperatorRoutes} has the
 * addresses; {@link io.syncline.server.operator.Measurements} counts in the background what would
 * take too long while somebody waits.
 */
@NullMarked
package io.syncline.server.operator;

import org.jspecify.annotations.NullMarked;
