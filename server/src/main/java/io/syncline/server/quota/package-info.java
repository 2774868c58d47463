/**
 * What projects and accounts may hold: {@link io.syncline.server.quota.Room} is what a commit may
 * add, {@link io.syncline.server.quota.Stored} bounds what may be uploaded without ever being
 * committed, {@link io.syncline.server.quota.QuotaRoutes} tells members how much there is.
 */
@NullMarked
package io.syncline.server.quota;

import org.jspecify.annotations.NullMarked;
