package io.syncline.server.commit;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.Limits;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Blocks;
import io.syncline.storage.metadata.KeyPlace;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Project;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Loads what {@link CommitCheck} looks at, in a handful of batches however many changes there are;
 * only a deleted directory that still has children costs one more look.
 */
final class CommitLoader {
    private final Set<NodeId> subjects = new HashSet<>();
    private final Set<NodeId> parents = new HashSet<>();
    private final Set<Place> places = new HashSet<>();
    private final Set<NodeId> deleted = new HashSet<>();
    private final Set<NodeId> origins = new HashSet<>();
    private final Set<Hash> tops = new HashSet<>();

    private CommitLoader(Commit commit) {
        commit.changes().forEach(this::collect);
    }

    /**
     * The part of a project that matters to this commit; the caller holds the project's lock.
     *
     * @param treeBytes what {@link TopTrees} found
     */
    static CommitState load(
            Commit commit, Project project, Nodes nodes, Blocks blocks, Map<Hash, Long> treeBytes) {
        return new CommitLoader(commit).load(project, nodes, blocks, treeBytes);
    }

    private void collect(Change change) {
        switch (change) {
            case Change.Create create -> {
                wants(create.place());
                holds(create.item());
                create.origin().filter(id -> id.value() > 0).ifPresent(origins::add);
            }
            case Change.Update update -> {
                subjects.add(update.id());
                update.place().ifPresent(this::wants);
                update.item().ifPresent(this::holds);
            }
            case Change.Delete delete -> {
                subjects.add(delete.id());
                deleted.add(delete.id());
            }
            case Change.Check check -> subjects.add(check.id());
        }
    }

    private void wants(Place place) {
        // Below a directory that the commit itself makes there is nothing to find.
        if (!place.parent().isLocalOnly()) {
            places.add(place);
            if (!place.parent().isRoot()) {
                parents.add(place.parent());
            }
        }
    }

    private void holds(Item item) {
        item.content()
                .filter(content -> !content.isEmpty())
                .map(Content::hash)
                .ifPresent(tops::add);
    }

    private CommitState load(
            Project project, Nodes nodes, Blocks blocks, Map<Hash, Long> treeBytes) {
        subjects.removeIf(id -> id.value() <= 0);
        deleted.removeIf(id -> id.value() <= 0);
        Map<NodeId, Node> known = new HashMap<>(nodes.find(subjects));
        known.putAll(origins(nodes));
        known.putAll(nodes.withAncestors(parents));
        Map<KeyPlace, List<Node>> keyHolders = Map.of();
        if (project.portableNames()) {
            Set<KeyPlace> keys = new HashSet<>();
            places.forEach(place -> keys.add(TreeOverlay.keyOf(place)));
            keyHolders = nodes.childrenByKey(keys);
        }
        return new CommitState(
                project.head(),
                project.digest(),
                project.nodes(),
                project.portableNames(),
                known,
                nodes.children(places),
                keyHolders,
                children(known, nodes),
                full(project, nodes),
                blocks(blocks, treeBytes));
    }

    /** What is re-created, also where the feed has forgotten its tombstone already. */
    private Map<NodeId, Node> origins(Nodes nodes) {
        Map<NodeId, Node> found = new HashMap<>(nodes.find(origins));
        for (NodeId origin : origins) {
            if (!found.containsKey(origin)) {
                nodes.history(origin, Long.MAX_VALUE, 1)
                        .forEach(version -> found.put(origin, version.node()));
            }
        }
        return found;
    }

    private Map<NodeId, List<Node>> children(Map<NodeId, Node> known, Nodes nodes) {
        Map<NodeId, Integer> takenAway = new HashMap<>();
        for (NodeId subject : subjects) {
            Node node = known.get(subject);
            if (node != null) {
                takenAway.merge(node.place().parent(), 1, Integer::sum);
            }
        }
        Map<NodeId, List<Node>> children = new HashMap<>();
        for (NodeId directory : nodes.withLiveChildren(deleted)) {
            int limit = takenAway.getOrDefault(directory, 0) + 1;
            children.put(directory, nodes.childrenPage(directory, Optional.empty(), limit));
        }
        return children;
    }

    /** Asked only where the whole project has enough nodes. */
    private Set<NodeId> full(Project project, Nodes nodes) {
        Set<NodeId> full = new HashSet<>();
        if (project.nodes() >= Limits.DIRECTORY_CHILDREN_MAX) {
            Set<NodeId> wanted = new HashSet<>();
            places.forEach(place -> wanted.add(place.parent()));
            for (NodeId parent : wanted) {
                if (nodes.countLiveChildren(parent) >= Limits.DIRECTORY_CHILDREN_MAX) {
                    full.add(parent);
                }
            }
        }
        return full;
    }

    private Map<Hash, CommitState.TopBlock> blocks(Blocks blocks, Map<Hash, Long> treeBytes) {
        Map<Hash, CommitState.TopBlock> found = new HashMap<>();
        for (BlockRow row : blocks.find(tops).values()) {
            if (!row.condemned()) {
                long bytes =
                        row.level() == 0
                                ? row.sizeBytes()
                                : treeBytes.getOrDefault(row.hash(), CommitState.UNSEEN);
                found.put(row.hash(), new CommitState.TopBlock(row.level(), bytes));
            }
        }
        return found;
    }
}
