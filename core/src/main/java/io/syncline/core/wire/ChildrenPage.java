package io.syncline.core.wire;

import io.syncline.core.tree.Node;
import java.util.List;
import java.util.Optional;

/**
 * A keyset page of a directory's live children.
 *
 * @param after opaque: where the next page starts; absent on the last page
 */
public record ChildrenPage(List<Node> nodes, Optional<String> after) {
    public ChildrenPage {
        nodes = List.copyOf(nodes);
    }
}
