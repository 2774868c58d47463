/**
 * Which history a reader has read, and whether it is the server's: {@link
 * io.syncline.core.lineage.Proof} is what a reader shows, {@link io.syncline.core.lineage.ProofKey}
 * signs it, and {@link io.syncline.core.lineage.Lineage} judges it (R2, R3, R4).
 *
 * <p>Pure: the judge is handed what the server knows and says what follows; it changes nothing.
 */
@NullMarked
package io.syncline.core.lineage;

import org.jspecify.annotations.NullMarked;
