package io.syncline.server.listing;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ListingOrder;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Version;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A part of a listing: all rows from one position to another one.
 *
 * @param first empty: from the listing's beginning
 * @param last empty: to its end
 */
record Stretch(
        NodeId directory,
        ListingOrder order,
        Optional<ListingKey> first,
        Optional<ListingKey> last) {
    /** More changes aren't looked at: then the rows themselves are read for less. */
    static final int CHANGES_MAX = 64;

    /**
     * Whether the same rows are in it as when the project had that head. False also where that
     * can't be told cheaply: after many changes, or where what a node was is forgotten.
     */
    boolean isUnchangedSince(long head, ReadTransaction read, Project project) {
        if (head < project.floor()) {
            // What was deleted since may have no tombstone any more (R16).
            return false;
        }
        List<Node> changes = read.nodes(project.key()).changes(head, CHANGES_MAX + 1);
        if (changes.size() > CHANGES_MAX) {
            return false;
        }
        History history = read.history(project.key());
        for (Node now : changes) {
            if (holds(now)) {
                return false;
            }
            if (now.id().value() <= head) {
                Optional<Version> then = history.below(now.id(), head + 1);
                if (then.isEmpty() || holds(then.get().node())) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean holds(Node node) {
        if (node.deleted() || !node.place().parent().equals(directory)) {
            return false;
        }
        ListingKey key = ListingKey.of(node, order.sort());
        Comparator<ListingKey> comparator = ListingKey.comparator(order);
        return first.filter(start -> comparator.compare(key, start) < 0).isEmpty()
                && last.filter(end -> comparator.compare(key, end) > 0).isEmpty();
    }
}
