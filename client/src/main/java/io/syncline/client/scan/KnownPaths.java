package io.syncline.client.scan;

import io.syncline.client.disk.LocalPath;
import java.util.ArrayDeque;
import java.util.Optional;

/** Where nodes were on disk, as far as is known. */
record KnownPaths(KnownTree known) {
    /**
     * The path at which a node was last seen; empty if a directory above it isn't known (any more).
     */
    Optional<LocalPath> path(KnownNode node) {
        var names = new ArrayDeque<String>();
        KnownNode at = node;
        while (true) {
            names.addFirst(at.localName());
            if (at.parent().isRoot()) {
                return Optional.of(LocalPath.of(names.toArray(String[]::new)));
            }
            Optional<KnownNode> parent = known.node(at.parent());
            if (parent.isEmpty()) {
                return Optional.empty();
            }
            at = parent.get();
        }
    }
}
