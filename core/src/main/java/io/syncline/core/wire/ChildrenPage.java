package io.syncline.core.wire;

import io.syncline.core.tree.Node;
import java.util.List;
import java.util.Optional;

/**
 * A keyset page of a directory's live children, in a {@link ListingOrder}.
 *
 * @param version of the listing at that moment: changes whenever a row is added, changed or taken
 *     away
 * @param total rows of the listing at that moment
 * @param before opaque: where the page before ends; absent where none can be
 * @param after opaque: where the next page starts; absent on the last page
 */
public record ChildrenPage(
        List<Node> nodes,
        long version,
        long total,
        Optional<String> before,
        Optional<String> after) {
    public ChildrenPage {
        nodes = List.copyOf(nodes);
    }

    /** A page of these rows. */
    public ChildrenPage(Head head, List<Node> nodes) {
        this(nodes, head.version, head.total, head.before, head.after);
    }

    /** All but its rows. */
    public Head head() {
        return new Head(version, total, before, after);
    }

    /** What a page says of itself and of its listing. */
    public record Head(long version, long total, Optional<String> before, Optional<String> after) {}
}
