/**
 * How fast a device may use the network: a {@link io.syncline.client.bandwidth.Bandwidth} is shared
 * by all that one process transfers. Knows bytes and time, nothing of files, requests or servers.
 */
@NullMarked
package io.syncline.client.bandwidth;

import org.jspecify.annotations.NullMarked;
