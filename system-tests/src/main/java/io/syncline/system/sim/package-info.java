/**
 * The simulator: the client's engine and the server's code as they are, over a disk, a network, a
 * clock and randomness that come from one seed, on one thread. Start with {@link
 * io.syncline.system.sim.Kernel}, which runs concurrent code in a reproducible order, then {@link
 * io.syncline.system.sim.World}, which is one run. See docs/simulator.md.
 */
@NullMarked
package io.syncline.system.sim;

import org.jspecify.annotations.NullMarked;
