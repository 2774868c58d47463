package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ListingOrder;
import io.syncline.storage.metadata.Listing;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.ProjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Sorts the whole directory for every question: plain, to compare others with. */
final class MemoryListings implements Listings {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryListings(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Listing of(NodeId directory) {
        return transaction.project(project).listings.get(directory).orElse(Listing.EMPTY);
    }

    @Override
    public List<Node> forward(
            NodeId directory, ListingOrder order, Optional<Bound> from, int limit) {
        return sorted(directory, order).stream()
                .filter(node -> from.isEmpty() || within(node, order, from.get(), 1))
                .limit(limit)
                .toList();
    }

    @Override
    public List<Node> backward(
            NodeId directory, ListingOrder order, Optional<Bound> until, int limit) {
        return sorted(directory, order).reversed().stream()
                .filter(node -> until.isEmpty() || within(node, order, until.get(), -1))
                .limit(limit)
                .toList()
                .reversed();
    }

    private static boolean within(Node node, ListingOrder order, Bound bound, int side) {
        int compared =
                ListingKey.comparator(order)
                        .compare(ListingKey.of(node, order.sort()), bound.key());
        return compared == 0 ? bound.inclusive() : Integer.signum(compared) == side;
    }

    @Override
    public List<ListingKey> pageStarts(NodeId directory, ListingOrder order, int size) {
        List<ListingKey> starts = new ArrayList<>();
        List<Node> all = sorted(directory, order);
        for (int i = 0; i < all.size(); i += size) {
            starts.add(ListingKey.of(all.get(i), order.sort()));
        }
        return starts;
    }

    @Override
    public long distance(NodeId directory, ListingOrder order, ListingKey from, ListingKey to) {
        return sorted(directory, order).stream()
                .filter(node ->
                        within(node, order, new Bound(from, true), 1)
                                && within(node, order, new Bound(to, false), -1))
                .count();
    }

    private List<Node> sorted(NodeId directory, ListingOrder order) {
        MemoryNodes nodes = new MemoryNodes(transaction, project);
        List<Node> all =
                new ArrayList<>(nodes.childrenPage(directory, Optional.empty(), Integer.MAX_VALUE));
        all.sort(
                Comparator.comparing(
                        node -> ListingKey.of(node, order.sort()), ListingKey.comparator(order)));
        return all;
    }
}
