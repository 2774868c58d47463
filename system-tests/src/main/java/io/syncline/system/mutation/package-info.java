/**
 * Shows that the simulator notices when a protection is removed. {@link
 * io.syncline.system.mutation.Mutants} lists the protections and how each is removed: in the bytes
 * of one class, while a loader of its own loads the whole product and the simulator anew. The
 * product has no switch for any of it. {@code docs/mutations.md} has what came of it.
 */
@NullMarked
package io.syncline.system.mutation;

import org.jspecify.annotations.NullMarked;
