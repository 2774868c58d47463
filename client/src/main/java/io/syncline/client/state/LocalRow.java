package io.syncline.client.state;

import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.Objects;
import java.util.Optional;

/** What the disk was seen to hold for a node, where that differs from what is agreed. */
public sealed interface LocalRow {
    /** The node's id; negative for one that only this device knows (R22). */
    NodeId id();

    /** The node isn't on disk (any more). */
    record Absent(NodeId id) implements LocalRow {
        public Absent {
            if (id.value() <= 0) {
                throw new IllegalStateException("an absent local-only node has no row: " + id);
            }
        }
    }

    /**
     * The node is on disk.
     *
     * @param item what it holds; absent while the content hasn't been read since it last changed,
     *     and then nothing may be planned for it
     * @param observed the disk as {@code item} was read, or as it was last seen
     * @param origin for a local-only node: the deleted server node that it re-creates (R34)
     */
    record Present(
            NodeId id,
            Place place,
            Kind kind,
            Optional<Item> item,
            Observed observed,
            Optional<NodeId> origin)
            implements LocalRow {
        public Present {
            Objects.requireNonNull(place);
            Objects.requireNonNull(observed);
            if (item.isPresent() && !item.get().kind().equals(kind)) {
                throw new IllegalStateException("a row's kind is its item's: " + id);
            }
            if (item.isEmpty() && kind.equals(Kind.DIRECTORY)) {
                throw new IllegalStateException("a directory's item is always known: " + id);
            }
        }

        /** The same with another place. */
        public Present at(Place to) {
            return new Present(id, to, kind, item, observed, origin);
        }

        /** The same under another id. */
        public Present as(NodeId other, Optional<NodeId> otherOrigin) {
            return new Present(other, place, kind, item, observed, otherOrigin);
        }

        /** The same with its content read while the disk was as {@code seen}. */
        public Present holding(Item read, Observed seen) {
            return new Present(id, place, kind, Optional.of(read), seen, origin);
        }

        /** The same, of a file or link, with nothing known of its content. */
        public Present unread(Observed seen) {
            return new Present(id, place, kind, Optional.empty(), seen, origin);
        }
    }
}
