package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Nodes in SQLite. */
final class SqliteNodes implements Nodes.Writable {
    private static final String COLUMNS =
            "id, parent, name, kind, executable, mtime_ns, level, hash, size, sequence, deleted,"
                    + " device";
    private static final String SELECT = NodeRow.SELECT + " FROM node WHERE project = ?";
    private static final String BY_ID = SELECT + " AND id = ?";
    private static final String BY_PLACE = SELECT + " AND parent = ? AND name = ? AND deleted = 0";
    private static final String BY_IDS = SELECT + " AND id IN " + Sql.IN_CHUNK;
    // Without the hint the planner walks the whole project by id.
    static final String BY_NAMES =
            NodeRow.SELECT
                    + " FROM node INDEXED BY node_child"
                    + " WHERE project = ? AND parent = ? AND deleted = 0 AND name IN "
                    + Sql.IN_CHUNK;
    private static final String BY_KEY =
            SELECT + " AND parent = ? AND name_key = ? AND deleted = 0 ORDER BY id";
    private static final String LISTED =
            "SELECT directory FROM listing WHERE project = ? AND directory IN " + Sql.IN_CHUNK;
    static final String CHILDREN_PAGE =
            SELECT + " AND parent = ? AND deleted = 0 AND name > ? ORDER BY name LIMIT ?";
    static final String CHANGES = SELECT + " AND sequence > ? ORDER BY sequence LIMIT ?";
    // The plus keeps the planner from walking an index of live nodes and looking up each row.
    static final String LIVE = SELECT + " AND +deleted = 0 ORDER BY id";

    /** Frees the name of a node that moves, for another one of the same step (R20). */
    private static final String PARK = "UPDATE node SET deleted = 1 WHERE project = ? AND id = ?";

    /**
     * What stays at its place. Names no column of an index but that of the feed: SQLite writes each
     * index that a named column is in, whether or not its value changes.
     */
    private static final String UPDATE =
            "UPDATE node SET executable = ?, mtime_ns = ?, level = ?, hash = ?, size = ?,"
                    + " sequence = ?, device = ? WHERE project = ? AND id = ? AND name_key IS ?";

    private static final String PUT =
            "INSERT INTO node ("
                    + COLUMNS
                    + ", name_key, project) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (project, id) DO UPDATE SET parent = excluded.parent,"
                    + " name = excluded.name, name_key = excluded.name_key, kind = excluded.kind,"
                    + " executable = excluded.executable, mtime_ns = excluded.mtime_ns,"
                    + " level = excluded.level, hash = excluded.hash, size = excluded.size,"
                    + " sequence = excluded.sequence, deleted = excluded.deleted,"
                    + " device = excluded.device";

    private static final String ADD_HISTORY =
            "INSERT INTO history ("
                    + COLUMNS
                    + ", action, origin, time, project, previous)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    static final String HISTORY_PAGE =
            NodeRow.SELECT_VERSION
                    + " FROM history WHERE project = ? AND sequence < ?"
                    + " ORDER BY sequence DESC LIMIT ?";

    private final SqliteTransaction transaction;
    private final ProjectKey project;

    SqliteNodes(SqliteTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Node> find(NodeId id) {
        return transaction.sql().one(new NodeRow(), BY_ID, project.value(), id.value());
    }

    @Override
    public Map<NodeId, Node> find(Collection<NodeId> ids) {
        List<Long> keys = ids.stream().map(NodeId::value).distinct().toList();
        Map<NodeId, Node> found = HashMap.newHashMap(keys.size());
        transaction
                .sql()
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
        return transaction
                .sql()
                .one(
                        new NodeRow(),
                        BY_PLACE,
                        project.value(),
                        place.parent().value(),
                        place.name().value());
    }

    @Override
    public Map<Place, Node> children(Collection<Place> places) {
        Map<NodeId, Set<String>> names = new HashMap<>();
        for (Place place : places) {
            names.computeIfAbsent(place.parent(), _ -> new LinkedHashSet<>())
                    .add(place.name().value());
        }
        Map<Place, Node> found = new HashMap<>();
        names.forEach((parent, of) ->
                transaction
                        .sql()
                        .lookUp(
                                new NodeRow(),
                                BY_NAMES,
                                List.copyOf(of),
                                project.value(),
                                parent.value())
                        .forEach(node -> found.put(node.place(), node)));
        return found;
    }

    @Override
    public Map<KeyPlace, List<Node>> childrenByKey(Collection<KeyPlace> places) {
        Map<KeyPlace, List<Node>> found = new HashMap<>();
        for (KeyPlace place : places) {
            List<Node> nodes =
                    transaction
                            .sql()
                            .list(
                                    new NodeRow(),
                                    BY_KEY,
                                    project.value(),
                                    place.parent().value(),
                                    place.nameKey());
            if (!nodes.isEmpty()) {
                found.put(place, nodes);
            }
        }
        return found;
    }

    @Override
    public Set<NodeId> withLiveChildren(Collection<NodeId> ids) {
        // A directory has a listing while it has live children.
        return Set.copyOf(
                transaction
                        .sql()
                        .lookUp(
                                row -> new NodeId(row.getLong(1)),
                                LISTED,
                                ids.stream().map(NodeId::value).distinct().toList(),
                                project.value()));
    }

    @Override
    public long countLiveChildren(NodeId parent) {
        return new SqliteListings(transaction, project).of(parent).total();
    }

    @Override
    public List<Node> childrenPage(NodeId parent, Optional<Name> after, int limit) {
        return transaction
                .sql()
                .list(
                        new NodeRow(),
                        CHILDREN_PAGE,
                        project.value(),
                        parent.value(),
                        after.map(Name::value).orElse(""),
                        limit);
    }

    @Override
    public List<Node> changes(long since, int limit) {
        return transaction.sql().list(new NodeRow(), CHANGES, project.value(), since, limit);
    }

    @Override
    public void forEachLive(Consumer<Node> visitor) {
        try {
            PreparedStatement statement = transaction.sql().prepare(LIVE);
            statement.setLong(1, project.value());
            try (ResultSet rows = statement.executeQuery()) {
                NodeRow row = new NodeRow();
                while (rows.next()) {
                    visitor.accept(row.read(rows));
                }
            }
        } catch (SQLException e) {
            throw Failures.translate(e);
        }
    }

    @Override
    public List<Version> history(long before, int limit) {
        return transaction
                .sql()
                .list(new NodeRow()::version, HISTORY_PAGE, project.value(), before, limit);
    }

    @Override
    public List<Version> history(NodeId id, long before, int limit) {
        return new SqliteHistory(transaction, project).ofNode(id, before, limit);
    }

    @Override
    public void put(List<Version> versions) {
        Sql sql = transaction.sql();
        transaction.mutate(() -> {
            try {
                put(sql, versions);
                return true;
            } catch (SQLException e) {
                throw Failures.translate(e);
            }
        });
    }

    private void put(Sql sql, List<Version> versions) throws SQLException {
        Map<NodeId, Node> before = find(idsOfOld(versions));
        Map<NodeId, Version> latest = HashMap.newHashMap(versions.size());
        PreparedStatement history = sql.prepare(ADD_HISTORY);
        for (Version version : inOrder(versions)) {
            Version earlier = latest.put(version.node().id(), version);
            Node old = before.get(version.node().id());
            if (earlier != null) {
                old = earlier.node();
            }
            bindHistory(history, version, old);
            history.executeUpdate();
        }
        write(sql, versions.stream().filter(v -> v.equals(latest.get(v.node().id()))), before);
        list(sql, before, latest.values());
    }

    /** Makes these the rows of their nodes, each node's only once. */
    private void write(Sql sql, Stream<Version> versions, Map<NodeId, Node> before)
            throws SQLException {
        // In the order given, which is that of ids for new nodes: the tree grows at its end.
        List<Version> comes = new ArrayList<>();
        List<Version> goes = new ArrayList<>();
        Set<Place> wanted = new HashSet<>();
        versions.forEach(version -> {
            (version.node().deleted() ? goes : comes).add(version);
            if (!version.node().deleted()) {
                wanted.add(version.node().place());
            }
        });
        for (Version version : goes) {
            replace(sql, version);
        }
        for (Version version : comes) {
            Node old = before.get(version.node().id());
            if (old != null
                    && !old.deleted()
                    && !old.place().equals(version.node().place())
                    && wanted.contains(old.place())) {
                sql.update(PARK, project.value(), old.id().value());
            }
        }
        for (Version version : comes) {
            Node old = before.get(version.node().id());
            boolean stays =
                    old != null
                            && !old.deleted()
                            && old.place().equals(version.node().place())
                            && old.item().kind().equals(version.node().item().kind());
            if (!stays || !update(sql, version)) {
                replace(sql, version);
            }
        }
    }

    /** False where the name has another key than before. */
    private boolean update(Sql sql, Version version) throws SQLException {
        Node node = version.node();
        PreparedStatement update = sql.prepare(UPDATE);
        bind(update, 1, node.item());
        update.setLong(6, node.sequence());
        update.setBytes(7, Values.id(node.device().value()));
        update.setLong(8, project.value());
        update.setLong(9, node.id().value());
        update.setString(10, version.nameKey().orElse(null));
        return update.executeUpdate() == 1;
    }

    private void replace(Sql sql, Version version) throws SQLException {
        PreparedStatement put = sql.prepare(PUT);
        bind(put, version.node());
        put.setString(13, version.nameKey().orElse(null));
        put.setLong(14, project.value());
        put.executeUpdate();
    }

    /** Tells the listings that the nodes were in and are in. */
    private void list(Sql sql, Map<NodeId, Node> before, Collection<Version> latest) {
        ListingChanges listings = new ListingChanges();
        List<Node> left = new ArrayList<>();
        List<Node> joined = new ArrayList<>();
        for (Version version : latest) {
            Node node = version.node();
            Node old = before.get(node.id());
            if (old != null) {
                listings.left(old, node.sequence());
                left.add(old);
            }
            listings.joined(node);
            joined.add(node);
        }
        new SqliteListingRows(sql, project)
                .changed(left, joined, SqliteListings.change(sql, project, listings));
    }

    private static Set<NodeId> idsOfOld(Collection<Version> versions) {
        return versions.stream()
                .map(Version::node)
                .filter(node -> !isNew(node))
                .map(Node::id)
                .collect(Collectors.toSet());
    }

    private static List<Version> inOrder(List<Version> versions) {
        return versions.stream()
                .sorted(Comparator.comparingLong(version -> version.node().sequence()))
                .toList();
    }

    private void bindHistory(PreparedStatement history, Version version, @Nullable Node old)
            throws SQLException {
        Node node = version.node();
        bind(history, node);
        history.setInt(13, Values.code(version.action()));
        if (version.origin().isPresent()) {
            history.setLong(14, version.origin().get().value());
        } else {
            history.setNull(14, Types.INTEGER);
        }
        history.setLong(15, version.time().toEpochMilli());
        history.setLong(16, project.value());
        if (old == null) {
            history.setNull(17, Types.INTEGER);
        } else {
            history.setLong(17, old.sequence());
        }
    }

    private static boolean isNew(Node node) {
        return node.id().value() == node.sequence();
    }

    /** Binds the first 12 parameters, those of {@link #COLUMNS}. */
    private static void bind(PreparedStatement statement, Node node) throws SQLException {
        statement.setLong(1, node.id().value());
        statement.setLong(2, node.place().parent().value());
        statement.setString(3, node.place().name().value());
        statement.setInt(4, node.item().kind().code());
        bind(statement, 5, node.item());
        statement.setLong(10, node.sequence());
        statement.setInt(11, node.deleted() ? 1 : 0);
        statement.setBytes(12, Values.id(node.device().value()));
    }

    /** Binds five parameters: executable, mtime_ns, level, hash, size. */
    private static void bind(PreparedStatement statement, int first, Item item)
            throws SQLException {
        statement.setInt(first, item.executable() ? 1 : 0);
        statement.setLong(first + 1, item.mtimeNanos());
        if (item.content().isPresent()) {
            Content content = item.content().get();
            statement.setInt(first + 2, content.level());
            statement.setBytes(first + 3, content.hash().toBytes());
            statement.setLong(first + 4, content.sizeBytes());
        } else {
            statement.setNull(first + 2, Types.INTEGER);
            statement.setNull(first + 3, Types.BLOB);
            statement.setLong(first + 4, 0);
        }
    }

    @Override
    public int deleteTombstones(long floor, int limit) {
        return transaction.update(
                "DELETE FROM node WHERE (project, id) IN (SELECT project, id FROM node"
                        + " INDEXED BY node_tombstone"
                        + " WHERE project = ? AND sequence <= ? AND deleted = 1"
                        + " ORDER BY sequence LIMIT ?)",
                project.value(),
                floor,
                limit);
    }

    @Override
    public int deleteDigests(long below, int limit) {
        return transaction.update(
                "DELETE FROM commit_digest WHERE project = ?1 AND sequence IN"
                        + " (SELECT sequence FROM commit_digest WHERE project = ?1"
                        + " AND sequence < ?2 LIMIT ?3)",
                project.value(),
                below,
                limit);
    }
}
