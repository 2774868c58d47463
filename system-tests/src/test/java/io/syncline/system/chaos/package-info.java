/**
 * A cluster whose nodes, database, bus and bucket fail one after another while people edit. Start
 * with {@link io.syncline.system.chaos.Disturbance}, what fails, then {@link
 * io.syncline.system.chaos.ChaosLoop}, which does it and looks at everything afterwards.
 */
@NullMarked
package io.syncline.system.chaos;

import org.jspecify.annotations.NullMarked;
