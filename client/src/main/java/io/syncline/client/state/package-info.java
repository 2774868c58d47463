/**
 * What a replica remembers: three trees kept as one agreed table and two overlays, the cursor, and
 * the few things that must survive a crash (journal, intents).
 *
 * <p>Start with {@link io.syncline.client.state.ReplicaState}, which holds the rules; {@link
 * io.syncline.client.state.StateStore} is the port that holds the rows. Nothing here reads the disk
 * or the network.
 */
@NullMarked
package io.syncline.client.state;

import org.jspecify.annotations.NullMarked;
