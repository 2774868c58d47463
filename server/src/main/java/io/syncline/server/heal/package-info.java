/**
 * Damaged blocks come back from devices that still have them (R25): {@link
 * io.syncline.server.heal.WantedFiles} finds the live files that hold one, {@link
 * io.syncline.server.heal.WantedRoutes} tells devices, which send them like any upload. What sets
 * blocks aside is in {@code server.block} and {@code server.verify}.
 */
@NullMarked
package io.syncline.server.heal;

import org.jspecify.annotations.NullMarked;
