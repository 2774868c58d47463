package io.syncline.core.wire;

import io.syncline.core.tree.Node;
import java.util.Optional;

/**
 * The live node at a path.
 *
 * @param node absent for the root directory, which has no row
 */
public record Resolved(Optional<Node> node) {}
