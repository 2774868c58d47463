/**
 * The floor below which tombstones are gone (R16): raised from the checkpoints of live replicas,
 * then what it passed is deleted. Start with {@link io.syncline.server.floor.FloorKeeper}.
 */
@NullMarked
package io.syncline.server.floor;

import org.jspecify.annotations.NullMarked;
