package io.syncline.core.tree;

import java.util.Objects;

/**
 * Where a node is: its parent directory and its name there. A path is derived from places, never
 * stored.
 */
public record Place(NodeId parent, Name name) {
    public Place {
        Objects.requireNonNull(parent);
        Objects.requireNonNull(name);
    }
}
