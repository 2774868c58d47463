package io.syncline.core.tree;

import io.syncline.core.error.SynclineException;
import java.util.Objects;

/**
 * How far a reader has read a project's history.
 *
 * @param sequence 0 (nothing) .. 2^53
 */
public record Cursor(Epoch epoch, long sequence) {
    public Cursor {
        Objects.requireNonNull(epoch);
        if (sequence < 0 || sequence > Node.MAX_SEQUENCE) {
            throw SynclineException.invalid("a sequence is 0..2^53, not " + sequence);
        }
    }
}
