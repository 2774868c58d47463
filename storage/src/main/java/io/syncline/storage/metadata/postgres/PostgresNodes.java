package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Limits;
import io.syncline.storage.metadata.KeyPlace;
import io.syncline.storage.metadata.ListingChanges;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.column.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Nodes in PostgreSQL. A step's rows are written by one statement for each kind of change. */
final class PostgresNodes implements Nodes.Writable {
    /** Live nodes that are read at a time while all are handed over. */
    private static final int LIVE_PAGE = 1_000;

    private static final String SELECT = NodeRow.SELECT + " FROM node WHERE project = ?";
    private static final String BY_ID = SELECT + " AND id = ?";
    private static final String BY_PLACE = SELECT + " AND parent = ? AND name = ? AND NOT deleted";
    static final String BY_IDS = SELECT + " AND id = ANY (?)";
    static final String BY_PLACES =
            "SELECT "
                    + NodeRow.COLUMNS.replaceAll("(\\w+)", "n.$1")
                    + " FROM unnest(?::bigint[], ?::text[]) AS u (parent, name)"
                    + " JOIN node AS n ON n.project = ? AND n.parent = u.parent"
                    + " AND n.name = u.name AND NOT n.deleted";
    static final String BY_KEYS =
            "SELECT "
                    + NodeRow.COLUMNS.replaceAll("(\\w+)", "n.$1")
                    + ", u.at FROM unnest(?::bigint[], ?::text[]) WITH ORDINALITY"
                    + " AS u (parent, name_key, at) JOIN node AS n ON n.project = ?"
                    + " AND n.parent = u.parent AND n.name_key = u.name_key AND NOT n.deleted"
                    + " ORDER BY u.at, n.id";
    private static final String LISTED =
            "SELECT directory FROM listing WHERE project = ? AND directory = ANY (?)";
    static final String CHILDREN_PAGE =
            SELECT + " AND parent = ? AND NOT deleted AND name > ? ORDER BY name LIMIT ?";
    static final String CHANGES = SELECT + " AND sequence > ? ORDER BY sequence LIMIT ?";

    /** By pages, because for all at once the planner would rather sort them. */
    static final String LIVE =
            SELECT + " AND id > ? AND NOT deleted ORDER BY id LIMIT " + LIVE_PAGE;

    static final String HISTORY_PAGE =
            NodeRow.SELECT_VERSION
                    + " FROM history WHERE project = ? AND sequence < ?"
                    + " ORDER BY sequence DESC LIMIT ?";

    /** Frees the names of nodes that move, for others of the same step (R20). */
    private static final String PARK =
            "UPDATE node SET deleted = true WHERE project = ? AND id = ANY (?)";

    /** Columns of all nodes of a step, in the order of {@link NodeRow#COLUMNS}. */
    private static final String STEP =
            "unnest(?::bigint[], ?::bigint[], ?::text[], ?::integer[], ?::boolean[], ?::bigint[],"
                    + " ?::integer[], ?::bytea[], ?::bigint[], ?::bigint[], ?::boolean[],"
                    + " ?::bytea[], ";

    private static final String ADD =
            "INSERT INTO node ("
                    + NodeRow.COLUMNS
                    + ", name_key, project) SELECT u.*, ? FROM "
                    + STEP
                    + "?::text[]) AS u";

    private static final String CHANGE =
            "UPDATE node SET parent = u.parent, name = u.name, kind = u.kind,"
                    + " executable = u.executable, mtime_ns = u.mtime_ns, level = u.level,"
                    + " hash = u.hash, size = u.size, sequence = u.sequence, deleted = u.deleted,"
                    + " device = u.device, name_key = u.name_key FROM "
                    + STEP
                    + "?::text[]) AS u ("
                    + NodeRow.COLUMNS
                    + ", name_key) WHERE node.project = ? AND node.id = u.id";

    private static final String ADD_HISTORY =
            "INSERT INTO history ("
                    + NodeRow.COLUMNS
                    + ", action, origin, time, previous, project) SELECT u.*, ? FROM "
                    + STEP
                    + "?::integer[], ?::bigint[], ?::bigint[], ?::bigint[]) AS u";

    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresNodes(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Node> find(NodeId id) {
        return transaction.one(new NodeRow(), BY_ID, project.value(), id.value());
    }

    @Override
    public Map<NodeId, Node> find(Collection<NodeId> ids) {
        List<Long> keys = ids.stream().map(NodeId::value).distinct().toList();
        Map<NodeId, Node> found = HashMap.newHashMap(keys.size());
        transaction
                .lookUp(new NodeRow(), BY_IDS, keys, project.value())
                .forEach(node -> found.put(node.id(), node));
        return found;
    }

    @Override
    public Map<NodeId, Node> withAncestors(Collection<NodeId> ids) {
        Map<NodeId, Node> found = new HashMap<>();
        Collection<NodeId> level = ids;
        for (int depth = 0; depth <= Limits.TREE_DEPTH_MAX && !level.isEmpty(); depth++) {
            Set<NodeId> parents = new HashSet<>();
            for (Node node : find(level).values()) {
                found.put(node.id(), node);
                if (!node.place().parent().isRoot()) {
                    parents.add(node.place().parent());
                }
            }
            parents.removeAll(found.keySet());
            level = parents;
        }
        return found;
    }

    @Override
    public Optional<Node> child(Place place) {
        return transaction.one(
                new NodeRow(),
                BY_PLACE,
                project.value(),
                place.parent().value(),
                place.name().value());
    }

    @Override
    public Map<Place, Node> children(Collection<Place> places) {
        Map<Place, Node> found = new HashMap<>();
        if (places.isEmpty()) {
            return found;
        }
        List<Place> asked = places.stream().distinct().toList();
        transaction
                .list(
                        new NodeRow(),
                        BY_PLACES,
                        asked.stream().mapToLong(place -> place.parent().value()).toArray(),
                        asked.stream().map(place -> place.name().value()).toArray(String[]::new),
                        project.value())
                .forEach(node -> found.put(node.place(), node));
        return found;
    }

    /** A node, and which of the places asked for it is at. */
    private record Found(Node node, int at) {}

    @Override
    public Map<KeyPlace, List<Node>> childrenByKey(Collection<KeyPlace> places) {
        Map<KeyPlace, List<Node>> found = new HashMap<>();
        if (places.isEmpty()) {
            return found;
        }
        List<KeyPlace> asked = places.stream().distinct().toList();
        NodeRow nodes = new NodeRow();
        transaction
                .list(
                        row -> new Found(nodes.read(row), row.getInt(13)),
                        BY_KEYS,
                        asked.stream().mapToLong(place -> place.parent().value()).toArray(),
                        asked.stream().map(KeyPlace::nameKey).toArray(String[]::new),
                        project.value())
                .forEach(one ->
                        found.computeIfAbsent(asked.get(one.at() - 1), _ -> new ArrayList<>())
                                .add(one.node()));
        return found;
    }

    @Override
    public Set<NodeId> withLiveChildren(Collection<NodeId> ids) {
        // A directory has a listing while it has live children.
        return Set.copyOf(
                transaction.lookUp(
                        row -> new NodeId(row.getLong(1)),
                        LISTED,
                        ids.stream().map(NodeId::value).distinct().toList(),
                        project.value()));
    }

    @Override
    public long countLiveChildren(NodeId parent) {
        return new PostgresListings(transaction, project).of(parent).total();
    }

    @Override
    public List<Node> childrenPage(NodeId parent, Optional<Name> after, int limit) {
        return transaction.list(
                new NodeRow(),
                CHILDREN_PAGE,
                project.value(),
                parent.value(),
                after.map(Name::value).orElse(""),
                limit);
    }

    @Override
    public List<Node> changes(long since, int limit) {
        return transaction.list(new NodeRow(), CHANGES, project.value(), since, limit);
    }

    @Override
    public void forEachLive(Consumer<Node> visitor) {
        NodeRow row = new NodeRow();
        long last = 0;
        List<Node> page;
        do {
            page = transaction.list(row, LIVE, project.value(), last);
            page.forEach(visitor);
            last = page.isEmpty() ? last : page.getLast().id().value();
        } while (page.size() == LIVE_PAGE);
    }

    @Override
    public List<Version> history(long before, int limit) {
        return transaction.list(
                new NodeRow()::version, HISTORY_PAGE, project.value(), before, limit);
    }

    @Override
    public List<Version> history(NodeId id, long before, int limit) {
        return new PostgresHistory(transaction, project).ofNode(id, before, limit);
    }

    @Override
    public void put(List<Version> versions) {
        if (versions.isEmpty()) {
            return;
        }
        Map<NodeId, Node> before = find(idsOfOld(versions));
        Map<NodeId, Version> latest = LinkedHashMap.newLinkedHashMap(versions.size());
        List<@Nullable Long> previous = new ArrayList<>();
        List<Version> ordered = inOrder(versions);
        for (Version version : ordered) {
            Version earlier = latest.put(version.node().id(), version);
            Node old = earlier == null ? before.get(version.node().id()) : earlier.node();
            previous.add(old == null ? null : old.sequence());
        }
        addHistory(ordered, previous);
        write(latest.values(), before);
        list(before, latest.values());
    }

    private void addHistory(List<Version> versions, List<@Nullable Long> previous) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(project.value());
        addColumns(values, versions);
        values.add(versions.stream().mapToInt(version -> Values.code(version.action())).toArray());
        values.add(
                versions.stream()
                        .map(version -> version.origin().map(NodeId::value).orElse(null))
                        .toArray(Long[]::new));
        values.add(versions.stream().mapToLong(one -> one.time().toEpochMilli()).toArray());
        values.add(previous.toArray(Long[]::new));
        transaction.update(ADD_HISTORY, values.toArray());
    }

    /** Makes these the rows of their nodes. */
    private void write(Collection<Version> versions, Map<NodeId, Node> before) {
        List<Version> goes = new ArrayList<>();
        List<Version> comes = new ArrayList<>();
        List<Version> stays = new ArrayList<>();
        Set<Place> wanted = new HashSet<>();
        for (Version version : versions) {
            if (!version.node().deleted()) {
                wanted.add(version.node().place());
            }
            if (!before.containsKey(version.node().id())) {
                comes.add(version);
            } else {
                (version.node().deleted() ? goes : stays).add(version);
            }
        }
        List<Long> parked = new ArrayList<>();
        for (Version version : stays) {
            Node old = before.get(version.node().id());
            if (old != null
                    && !old.deleted()
                    && !old.place().equals(version.node().place())
                    && wanted.contains(old.place())) {
                parked.add(old.id().value());
            }
        }
        change(goes);
        if (!parked.isEmpty()) {
            transaction.update(PARK, project.value(), SqlArray.of(parked));
        }
        change(stays);
        if (!comes.isEmpty()) {
            List<@Nullable Object> values = new ArrayList<>();
            values.add(project.value());
            addColumns(values, comes);
            addNameKeys(values, comes);
            transaction.update(ADD, values.toArray());
        }
    }

    private void change(List<Version> versions) {
        if (!versions.isEmpty()) {
            List<@Nullable Object> values = new ArrayList<>();
            addColumns(values, versions);
            addNameKeys(values, versions);
            values.add(project.value());
            transaction.update(CHANGE, values.toArray());
        }
    }

    /** What {@link #STEP} asks for. */
    private static void addColumns(List<@Nullable Object> values, List<Version> versions) {
        int count = versions.size();
        long[] ids = new long[count];
        long[] parents = new long[count];
        String[] names = new String[count];
        int[] kinds = new int[count];
        boolean[] executables = new boolean[count];
        long[] times = new long[count];
        @Nullable Integer[] levels = new Integer[count];
        byte[] @Nullable [] hashes = new byte[count][];
        long[] sizes = new long[count];
        long[] sequences = new long[count];
        boolean[] deleted = new boolean[count];
        byte[][] devices = new byte[count][];
        for (int i = 0; i < count; i++) {
            Node node = versions.get(i).node();
            ids[i] = node.id().value();
            parents[i] = node.place().parent().value();
            names[i] = node.place().name().value();
            kinds[i] = node.item().kind().code();
            executables[i] = node.item().executable();
            times[i] = node.item().mtimeNanos();
            if (node.item().content().isPresent()) {
                Content content = node.item().content().get();
                levels[i] = content.level();
                hashes[i] = content.hash().toBytes();
                sizes[i] = content.sizeBytes();
            }
            sequences[i] = node.sequence();
            deleted[i] = node.deleted();
            devices[i] = Values.id(node.device().value());
        }
        values.addAll(
                List.of(
                        ids,
                        parents,
                        names,
                        kinds,
                        executables,
                        times,
                        levels,
                        hashes,
                        sizes,
                        sequences,
                        deleted,
                        devices));
    }

    private static void addNameKeys(List<@Nullable Object> values, List<Version> versions) {
        values.add(
                versions.stream()
                        .map(version -> version.nameKey().orElse(null))
                        .toArray(String[]::new));
    }

    /** Tells the listings that the nodes were in and are in. */
    private void list(Map<NodeId, Node> before, Collection<Version> latest) {
        ListingChanges listings = new ListingChanges();
        for (Version version : latest) {
            Node node = version.node();
            Node old = before.get(node.id());
            if (old != null) {
                listings.left(old, node.sequence());
            }
            listings.joined(node);
        }
        PostgresListings.change(transaction, project, listings);
    }

    private static Set<NodeId> idsOfOld(Collection<Version> versions) {
        return versions.stream()
                .map(Version::node)
                .filter(node -> node.id().value() != node.sequence())
                .map(Node::id)
                .collect(Collectors.toSet());
    }

    private static List<Version> inOrder(List<Version> versions) {
        return versions.stream()
                .sorted(Comparator.comparingLong(version -> version.node().sequence()))
                .toList();
    }

    @Override
    public int deleteTombstones(long floor, int limit) {
        return transaction.update(
                "DELETE FROM node WHERE project = ? AND id IN (SELECT id FROM node"
                        + " WHERE project = ? AND sequence <= ? AND deleted"
                        + " ORDER BY sequence LIMIT ?)",
                project.value(),
                project.value(),
                floor,
                limit);
    }

    @Override
    public int deleteDigests(long below, int limit) {
        return transaction.update(
                "DELETE FROM commit_digest WHERE project = ? AND sequence IN"
                        + " (SELECT sequence FROM commit_digest WHERE project = ?"
                        + " AND sequence < ? LIMIT ?)",
                project.value(),
                project.value(),
                below,
                limit);
    }
}
