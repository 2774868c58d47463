/**
 * Very many devices that are connected at once: a cluster of real server processes, and processes
 * that each hold thousands of lean sockets. Start with {@link io.syncline.system.load.Load}, the
 * steps; {@link io.syncline.system.load.Sockets} is a device as far as a server sees one that has
 * nothing to do.
 */
@NullMarked
package io.syncline.system.load;

import org.jspecify.annotations.NullMarked;
