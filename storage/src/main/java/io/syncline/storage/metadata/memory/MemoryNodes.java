package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Limits;
import io.syncline.storage.metadata.KeyPlace;
import io.syncline.storage.metadata.Listing;
import io.syncline.storage.metadata.ListingChanges;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.memory.ProjectTables.KeyEntry;
import io.syncline.storage.metadata.memory.ProjectTables.NodeSequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

final class MemoryNodes implements Nodes.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryNodes(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private ProjectTables tables() {
        return transaction.project(project);
    }

    @Override
    public Optional<Node> find(NodeId id) {
        return tables().nodes.get(id).map(Version::node);
    }

    @Override
    public Map<NodeId, Node> find(Collection<NodeId> ids) {
        Map<NodeId, Node> found = new HashMap<>();
        ids.forEach(id -> find(id).ifPresent(node -> found.put(id, node)));
        return found;
    }

    @Override
    public Map<NodeId, Node> withAncestors(Collection<NodeId> ids) {
        Map<NodeId, Node> found = new HashMap<>();
        Collection<NodeId> level = ids;
        for (int depth = 0; depth <= Limits.TREE_DEPTH_MAX && !level.isEmpty(); depth++) {
            Set<NodeId> parents = new HashSet<>();
            find(level)
                    .forEach((id, node) -> {
                        found.put(id, node);
                        parents.add(node.place().parent());
                    });
            parents.removeAll(found.keySet());
            level = parents;
        }
        return found;
    }

    @Override
    public Optional<Node> child(Place place) {
        return tables().places.get(place).flatMap(this::find);
    }

    @Override
    public Map<Place, Node> children(Collection<Place> places) {
        Map<Place, Node> found = new HashMap<>();
        places.forEach(place -> child(place).ifPresent(node -> found.put(place, node)));
        return found;
    }

    @Override
    public Map<KeyPlace, List<Node>> childrenByKey(Collection<KeyPlace> places) {
        Map<KeyPlace, List<Node>> found = new HashMap<>();
        for (KeyPlace place : Set.copyOf(places)) {
            KeyEntry start =
                    new KeyEntry(place.parent(), place.nameKey(), new NodeId(Long.MIN_VALUE));
            tables().keys
                    .above(
                            start,
                            (entry, id) -> {
                                boolean same =
                                        entry.parent().equals(place.parent())
                                                && entry.key().equals(place.nameKey());
                                if (same) {
                                    found.computeIfAbsent(place, _ -> new ArrayList<>())
                                            .add(find(id).orElseThrow());
                                }
                                return same;
                            });
        }
        return found;
    }

    @Override
    public Set<NodeId> withLiveChildren(Collection<NodeId> ids) {
        Set<NodeId> found = new HashSet<>();
        for (NodeId id : ids) {
            if (!childrenPage(id, Optional.empty(), 1).isEmpty()) {
                found.add(id);
            }
        }
        return found;
    }

    @Override
    public long countLiveChildren(NodeId parent) {
        return tables().listings.get(parent).orElse(Listing.EMPTY).total();
    }

    @Override
    public List<Node> childrenPage(NodeId parent, Optional<Name> after, int limit) {
        List<Node> page = new ArrayList<>();
        BiPredicate<Place, NodeId> visitor =
                (place, id) -> {
                    if (!place.parent().equals(parent) || page.size() >= limit) {
                        return false;
                    }
                    page.add(find(id).orElseThrow());
                    return true;
                };
        // NUL is in no name, so U+0001 is the lowest one; its own node is looked up first.
        Place start = new Place(parent, after.orElse(LOWEST));
        if (after.isEmpty() && limit > 0) {
            child(start).ifPresent(page::add);
        }
        tables().places.above(start, visitor);
        return page;
    }

    private static final Name LOWEST = new Name("\u0001");

    @Override
    public List<Node> changes(long since, int limit) {
        List<Node> page = new ArrayList<>();
        tables().feed
                .above(
                        since,
                        (_, id) -> {
                            if (page.size() >= limit) {
                                return false;
                            }
                            page.add(find(id).orElseThrow());
                            return true;
                        });
        return page;
    }

    @Override
    public void forEachLive(Consumer<Node> visitor) {
        tables().nodes
                .all((_, version) -> {
                    if (!version.node().deleted()) {
                        visitor.accept(version.node());
                    }
                    return true;
                });
    }

    @Override
    public List<Version> history(long before, int limit) {
        List<Version> page = new ArrayList<>();
        tables().history
                .below(
                        before,
                        (_, version) -> {
                            if (page.size() >= limit) {
                                return false;
                            }
                            page.add(version);
                            return true;
                        });
        return page;
    }

    @Override
    public List<Version> history(NodeId id, long before, int limit) {
        List<Version> page = new ArrayList<>();
        ProjectTables tables = tables();
        tables.nodeHistory.below(
                new NodeSequence(id, before),
                (entry, sequence) -> {
                    if (!entry.id().equals(id) || page.size() >= limit) {
                        return false;
                    }
                    page.add(tables.history.get(sequence).orElseThrow());
                    return true;
                });
        return page;
    }

    @Override
    public void put(List<Version> versions) {
        ProjectTables tables = tables();
        Map<NodeId, Version> latest = new HashMap<>();
        for (Version version : versions) {
            Node node = version.node();
            if (tables.history.has(node.sequence())) {
                throw transaction.taken("sequence " + node.sequence());
            }
            tables.history = tables.history.put(node.sequence(), withoutKey(version));
            tables.nodeHistory =
                    tables.nodeHistory.put(
                            new NodeSequence(node.id(), node.sequence()), node.sequence());
            latest.merge(
                    node.id(),
                    version,
                    (a, b) -> a.node().sequence() > b.node().sequence() ? a : b);
        }
        // First all old rows leave the indices, then the new ones enter: names may be swapped.
        ListingChanges listings = new ListingChanges();
        latest.forEach((id, version) ->
                tables.nodes
                        .get(id)
                        .ifPresent(old -> {
                            unindex(tables, old);
                            listings.left(old.node(), version.node().sequence());
                        }));
        for (Version version : latest.values()) {
            index(tables, version);
            tables.nodes = tables.nodes.put(version.node().id(), version);
            listings.joined(version.node());
        }
        listings.forEach((directory, change) -> changeListing(tables, directory, change));
    }

    private static void changeListing(
            ProjectTables tables, NodeId directory, ListingChanges.Change change) {
        Listing old = tables.listings.get(directory).orElse(Listing.EMPTY);
        Listing now =
                new Listing(
                        Math.max(old.version(), change.version()),
                        old.directories() + change.directories(),
                        old.others() + change.others());
        tables.listings =
                now.total() == 0
                        ? tables.listings.remove(directory)
                        : tables.listings.put(directory, now);
    }

    private static Version withoutKey(Version version) {
        return new Version(
                version.node(),
                version.action(),
                version.origin(),
                Optional.empty(),
                version.time());
    }

    private static void unindex(ProjectTables tables, Version version) {
        Node node = version.node();
        tables.feed = tables.feed.remove(node.sequence());
        if (!node.deleted()) {
            tables.places = tables.places.remove(node.place());
            version.nameKey().ifPresent(key -> tables.keys = tables.keys.remove(entry(node, key)));
        }
    }

    private void index(ProjectTables tables, Version version) {
        Node node = version.node();
        if (tables.feed.has(node.sequence())) {
            throw transaction.taken("sequence " + node.sequence());
        }
        tables.feed = tables.feed.put(node.sequence(), node.id());
        if (!node.deleted()) {
            if (tables.places.has(node.place())) {
                throw transaction.taken("the name of node " + node.id());
            }
            tables.places = tables.places.put(node.place(), node.id());
            version.nameKey()
                    .ifPresent(key -> tables.keys = tables.keys.put(entry(node, key), node.id()));
        }
    }

    private static KeyEntry entry(Node node, String key) {
        return new KeyEntry(node.place().parent(), key, node.id());
    }

    @Override
    public int deleteTombstones(long floor, int limit) {
        List<Node> found = new ArrayList<>();
        ProjectTables tables = tables();
        tables.feed.all((sequence, id) -> {
            if (sequence > floor || found.size() >= limit) {
                return false;
            }
            find(id).filter(Node::deleted).ifPresent(found::add);
            return true;
        });
        for (Node node : found) {
            tables.feed = tables.feed.remove(node.sequence());
            tables.nodes = tables.nodes.remove(node.id());
        }
        return found.size();
    }

    @Override
    public int deleteDigests(long below, int limit) {
        List<Long> found = new ArrayList<>();
        ProjectTables tables = tables();
        tables.digests.below(
                below,
                (sequence, _) -> {
                    if (found.size() >= limit) {
                        return false;
                    }
                    found.add(sequence);
                    return true;
                });
        found.forEach(sequence -> tables.digests = tables.digests.remove(sequence));
        return found.size();
    }
}
