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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

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
    static final String CHILDREN_PAGE =
            SELECT + " AND parent = ? AND deleted = 0 AND name > ? ORDER BY name LIMIT ?";
    static final String CHANGES = SELECT + " AND sequence > ? ORDER BY sequence LIMIT ?";
    // The plus keeps the planner from walking an index of live nodes and looking up each row.
    static final String LIVE = SELECT + " AND +deleted = 0 ORDER BY id";

    /** Frees the old name of a node that moves or dies, so that names may be swapped (R20). */
    private static final String PARK =
            "UPDATE node SET deleted = 1 WHERE project = ?1 AND id = ?2 AND deleted = 0"
                    + " AND (?3 OR parent <> ?4 OR name <> ?5)";

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
                    + ", action, origin, time, project, previous) VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
                    + " ?, ?, ?, ?, ?, ?, ?, ?16, coalesce(?17, (SELECT sequence FROM node WHERE"
                    + " project = ?16 AND id = ?18)))";
    static final String HISTORY_PAGE =
            NodeRow.SELECT_VERSION
                    + " FROM history WHERE project = ? AND sequence < ?"
                    + " ORDER BY sequence DESC LIMIT ?";
    // Without the hint the planner walks the whole project's history backwards.
    static final String NODE_HISTORY_PAGE =
            NodeRow.SELECT_VERSION
                    + " FROM history INDEXED BY history_node WHERE project = ? AND id = ? AND"
                    + " sequence < ? ORDER BY sequence DESC LIMIT ?";

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
        Set<NodeId> found = new HashSet<>();
        for (NodeId id : ids) {
            transaction
                    .sql()
                    .one(
                            _ -> id,
                            "SELECT 1 FROM node WHERE project = ? AND parent = ? AND deleted = 0"
                                    + " LIMIT 1",
                            project.value(),
                            id.value())
                    .ifPresent(found::add);
        }
        return found;
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
        return transaction
                .sql()
                .list(
                        new NodeRow()::version,
                        NODE_HISTORY_PAGE,
                        project.value(),
                        id.value(),
                        before,
                        limit);
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
        PreparedStatement history = sql.prepare(ADD_HISTORY);
        Map<NodeId, Version> latest = HashMap.newHashMap(versions.size());
        for (Version version : inOrder(versions)) {
            Version earlier = latest.put(version.node().id(), version);
            bindHistory(history, version);
            if (earlier != null) {
                history.setLong(17, earlier.node().sequence());
            } else {
                history.setNull(17, Types.INTEGER);
            }
            history.executeUpdate();
        }
        ListingChanges listings = new ListingChanges();
        for (Node before : find(idsOfOld(latest.values())).values()) {
            listings.left(
                    before, Objects.requireNonNull(latest.get(before.id())).node().sequence());
        }
        for (Version version : latest.values()) {
            park(sql, version.node());
            listings.joined(version.node());
        }
        PreparedStatement put = sql.prepare(PUT);
        for (Version version : versions) {
            // In the order given, which is that of ids for new nodes: the tree grows at its end.
            if (latest.remove(version.node().id(), version)) {
                bind(put, version.node());
                put.setString(13, version.nameKey().orElse(null));
                put.setLong(14, project.value());
                put.executeUpdate();
            }
        }
        listings.forEach(
                (directory, change) -> SqliteListings.changed(sql, project, directory, change));
    }

    private static List<NodeId> idsOfOld(Collection<Version> versions) {
        return versions.stream()
                .map(Version::node)
                .filter(node -> !isNew(node))
                .map(Node::id)
                .toList();
    }

    private static List<Version> inOrder(List<Version> versions) {
        return versions.stream()
                .sorted(Comparator.comparingLong(version -> version.node().sequence()))
                .toList();
    }

    private void bindHistory(PreparedStatement history, Version version) throws SQLException {
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
        if (isNew(node)) {
            history.setNull(18, Types.INTEGER);
        } else {
            history.setLong(18, node.id().value());
        }
    }

    private static boolean isNew(Node node) {
        return node.id().value() == node.sequence();
    }

    private void park(Sql sql, Node node) throws SQLException {
        if (isNew(node)) {
            return;
        }
        PreparedStatement park = sql.prepare(PARK);
        park.setLong(1, project.value());
        park.setLong(2, node.id().value());
        park.setInt(3, node.deleted() ? 1 : 0);
        park.setLong(4, node.place().parent().value());
        park.setString(5, node.place().name().value());
        park.executeUpdate();
    }

    /** Binds the first 12 parameters, those of {@link #COLUMNS}. */
    private static void bind(PreparedStatement statement, Node node) throws SQLException {
        Item item = node.item();
        statement.setLong(1, node.id().value());
        statement.setLong(2, node.place().parent().value());
        statement.setString(3, node.place().name().value());
        statement.setInt(4, item.kind().code());
        statement.setInt(5, item.executable() ? 1 : 0);
        statement.setLong(6, item.mtimeNanos());
        if (item.content().isPresent()) {
            Content content = item.content().get();
            statement.setInt(7, content.level());
            statement.setBytes(8, content.hash().toBytes());
            statement.setLong(9, content.sizeBytes());
        } else {
            statement.setNull(7, Types.INTEGER);
            statement.setNull(8, Types.BLOB);
            statement.setLong(9, 0);
        }
        statement.setLong(10, node.sequence());
        statement.setInt(11, node.deleted() ? 1 : 0);
        statement.setBytes(12, Values.id(node.device().value()));
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
