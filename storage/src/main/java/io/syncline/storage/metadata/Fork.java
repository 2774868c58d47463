package io.syncline.storage.metadata;

import io.syncline.core.tree.Epoch;
import java.util.Optional;

/**
 * Where a lineage began (R3).
 *
 * @param parent the lineage that it was forked from; absent for the first one
 * @param sequence the last sequence that it shares with its parent; 0 for the first one
 */
public record Fork(Optional<Epoch> parent, long sequence) {
    /** The fork of a project's first lineage: none. */
    public static final Fork NONE = new Fork(Optional.empty(), 0);
}
