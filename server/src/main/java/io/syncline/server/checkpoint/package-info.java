/**
 * What replicas claim to have received and agreed on, judged by the digest of the very sequence.
 * Start with {@link io.syncline.server.checkpoint.Checkpoints}.
 */
@NullMarked
package io.syncline.server.checkpoint;

import org.jspecify.annotations.NullMarked;
