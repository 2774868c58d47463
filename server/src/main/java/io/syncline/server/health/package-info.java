/**
 * What balancers and supervisors ask a server node: whether it lives, and whether requests may be
 * sent to it. Read {@link io.syncline.server.health.Health}.
 */
@NullMarked
package io.syncline.server.health;

import org.jspecify.annotations.NullMarked;
