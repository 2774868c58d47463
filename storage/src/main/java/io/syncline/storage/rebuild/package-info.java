/**
 * Makes the rows of blocks anew from packs, when the metadata was lost or restored from a backup
 * (R5). The one place that uses both ports; start with {@link
 * io.syncline.storage.rebuild.BlockRows}.
 */
@NullMarked
package io.syncline.storage.rebuild;

import org.jspecify.annotations.NullMarked;
