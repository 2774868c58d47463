/**
 * Checks at rest: that what the stores hold keeps every law that can be looked at without a client.
 * {@link io.syncline.server.verify.Verifier} runs the checks, {@link
 * io.syncline.server.verify.Finding} says what they can find, and what to do about it.
 */
@NullMarked
package io.syncline.server.verify;

import org.jspecify.annotations.NullMarked;
