/**
 * A server of several nodes with everything it stands on, as processes of this machine, and the
 * links between them, which can fail. Start with {@link io.syncline.system.cluster.Cluster}.
 */
@NullMarked
package io.syncline.system.cluster;

import org.jspecify.annotations.NullMarked;
