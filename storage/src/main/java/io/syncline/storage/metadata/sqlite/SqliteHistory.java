package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.column.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** History in SQLite. */
final class SqliteHistory implements History.Writable {
    private static final String SELECT = NodeRow.SELECT_VERSION + " FROM history ";
    private static final String OF_PROJECT = SELECT + "WHERE project = ?";
    private static final String AT = OF_PROJECT + " AND sequence IN " + Sql.IN_CHUNK;
    static final String SLICE = OF_PROJECT + " AND sequence < ? AND sequence >= ?";
    static final String SLICE_END =
            "SELECT min(sequence), count(*) FROM (SELECT sequence FROM history WHERE project = ?"
                    + " AND sequence < ? AND sequence >= ? ORDER BY sequence DESC LIMIT ?)";
    static final String OLDER =
            "SELECT previous FROM history WHERE project = ?1 AND sequence = ?3 AND id = ?2";
    static final String NEWEST =
            "SELECT coalesce((SELECT sequence FROM node WHERE project = ?1 AND id = ?2),"
                    + " (SELECT max(sequence) FROM history INDEXED BY history_gone"
                    + " WHERE project = ?1 AND id = ?2 AND deleted = 1))";

    /** From one version on to those that it and its predecessors replaced, one by one. */
    private static final String CHAIN =
            "WITH RECURSIVE chain (version) AS (SELECT ?2 UNION ALL"
                    + " SELECT newer.previous FROM chain CROSS JOIN history AS newer"
                    + " ON newer.project = ?1 AND newer.sequence = chain.version"
                    + " WHERE newer.previous IS NOT NULL) "
                    + NodeRow.SELECT_VERSION
                    + " FROM chain CROSS JOIN history"
                    + " ON project = ?1 AND sequence = chain.version WHERE sequence < ?3";

    static final String BELOW = CHAIN + " LIMIT ?4";
    static final String BELOW_OTHERS = CHAIN + " AND (device <> ?4 OR sequence < ?5) LIMIT 1";
    // Without the hints the planner walks the whole project.
    static final String RECREATED =
            "SELECT origin, max(id) FROM history INDEXED BY history_origin WHERE project = ?"
                    + " AND origin IN "
                    + Sql.IN_CHUNK
                    + " GROUP BY origin";
    static final String DELETED =
            SELECT
                    + "INDEXED BY history_deleted WHERE project = ? AND deleted = 1"
                    + " AND sequence < ? ORDER BY sequence DESC LIMIT ?";
    private static final String IN_DIRECTORY =
            SELECT
                    + "INDEXED BY history_deleted_in WHERE project = ? AND deleted = 1 AND parent ="
                    + " ?";
    static final String DELETED_IN =
            IN_DIRECTORY + " AND name > ? ORDER BY name, sequence DESC LIMIT ?";
    static final String DELETED_AT =
            IN_DIRECTORY + " AND name = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?";
    static final String ENDS =
            "SELECT sequence, previous, deleted, time FROM history WHERE project = ?"
                    + " AND sequence > ? ORDER BY sequence LIMIT ?";

    private final SqliteTransaction transaction;
    private final ProjectKey project;

    SqliteHistory(SqliteTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Duration> ownRetention() {
        return transaction
                .sql()
                .one(
                        row -> row.getLong(1),
                        "SELECT millis FROM retention WHERE project = ? AND millis IS NOT NULL",
                        project.value())
                .map(Duration::ofMillis);
    }

    @Override
    public long trimmed() {
        return transaction
                .sql()
                .one(
                        row -> row.getLong(1),
                        "SELECT trimmed FROM retention WHERE project = ?",
                        project.value())
                .orElse(0L);
    }

    @Override
    public Optional<Version> at(long sequence) {
        return transaction
                .sql()
                .one(
                        new NodeRow()::version,
                        OF_PROJECT + " AND sequence = ?",
                        project.value(),
                        sequence);
    }

    @Override
    public Map<Long, Version> at(Collection<Long> sequences) {
        Map<Long, Version> found = new HashMap<>();
        transaction
                .sql()
                .lookUp(new NodeRow()::version, AT, List.copyOf(sequences), project.value())
                .forEach(version -> found.put(version.node().sequence(), version));
        return found;
    }

    @Override
    public OptionalLong since(Instant time) {
        long low = 0;
        long high = Node.MAX_SEQUENCE + 1;
        // The answer, if any, is in [low, high): the first version at or above it isn't too old.
        while (low < high) {
            long middle = low + (high - low) / 2;
            boolean late = first(middle).map(entry -> !entry.time().isBefore(time)).orElse(true);
            if (late) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return first(low)
                .map(entry -> OptionalLong.of(entry.sequence()))
                .orElse(OptionalLong.empty());
    }

    private record Entry(long sequence, Instant time) {}

    private Optional<Entry> first(long from) {
        return transaction
                .sql()
                .one(
                        row -> new Entry(row.getLong(1), Values.time(row, 2)),
                        "SELECT sequence, time FROM history WHERE project = ? AND sequence >= ?"
                                + " ORDER BY sequence LIMIT 1",
                        project.value(),
                        from);
    }

    @Override
    public Slice slice(long before, long from, Optional<DeviceId> device, int limit, int scan) {
        if (device.isEmpty()) {
            List<Version> found =
                    transaction
                            .sql()
                            .list(
                                    new NodeRow()::version,
                                    SLICE + " ORDER BY sequence DESC LIMIT ?",
                                    project.value(),
                                    before,
                                    from,
                                    limit);
            return slice(found, limit, OptionalLong.empty());
        }
        // First where the scan ends, by the key alone; then what the device did above that.
        long[] end =
                transaction
                        .sql()
                        .one(
                                row -> new long[] {row.getLong(1), row.getLong(2)},
                                SLICE_END,
                                project.value(),
                                before,
                                from,
                                scan)
                        .orElseThrow();
        if (end[1] == 0) {
            return new Slice(List.of(), OptionalLong.empty());
        }
        List<Version> found =
                transaction
                        .sql()
                        .list(
                                new NodeRow()::version,
                                SLICE + " AND device = ? ORDER BY sequence DESC LIMIT ?",
                                project.value(),
                                before,
                                end[0],
                                Values.id(device.get().value()),
                                limit);
        return slice(found, limit, end[1] == scan ? OptionalLong.of(end[0]) : OptionalLong.empty());
    }

    private static Slice slice(List<Version> found, int limit, OptionalLong end) {
        boolean full = !found.isEmpty() && found.size() == limit;
        return new Slice(found, full ? OptionalLong.of(found.getLast().node().sequence()) : end);
    }

    @Override
    public Optional<Version> below(NodeId id, long sequence) {
        return ofNode(id, sequence, 1).stream().findFirst();
    }

    /** One node's versions below a sequence, newest first. */
    List<Version> ofNode(NodeId id, long below, int limit) {
        OptionalLong start = start(id, below);
        return start.isEmpty()
                ? List.of()
                : transaction
                        .sql()
                        .list(
                                new NodeRow()::version,
                                BELOW,
                                project.value(),
                                start.getAsLong(),
                                below,
                                limit);
    }

    /** The version from which all of a node's versions below a sequence are reached. */
    private OptionalLong start(NodeId id, long below) {
        Optional<OptionalLong> older = sequence(OLDER, id, below);
        return older.isPresent() ? older.get() : sequence(NEWEST, id).orElseThrow();
    }

    private Optional<OptionalLong> sequence(String query, NodeId id, Object... values) {
        List<Object> all = new ArrayList<>(List.of(project.value(), id.value()));
        all.addAll(List.of(values));
        return transaction
                .sql()
                .one(
                        row -> {
                            long found = row.getLong(1);
                            return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(found);
                        },
                        query,
                        all.toArray());
    }

    @Override
    public Optional<Version> belowOthers(NodeId id, long sequence, DeviceId device, long since) {
        OptionalLong start = start(id, sequence);
        return start.isEmpty()
                ? Optional.empty()
                : transaction
                        .sql()
                        .one(
                                new NodeRow()::version,
                                BELOW_OTHERS,
                                project.value(),
                                start.getAsLong(),
                                sequence,
                                Values.id(device.value()),
                                since);
    }

    @Override
    public Map<NodeId, NodeId> recreated(Collection<NodeId> ids) {
        Map<NodeId, NodeId> found = new HashMap<>();
        transaction
                .sql()
                .lookUp(
                        row ->
                                new NodeId[] {
                                    new NodeId(row.getLong(1)), new NodeId(row.getLong(2))
                                },
                        RECREATED,
                        ids.stream().map(NodeId::value).distinct().toList(),
                        project.value())
                .forEach(pair -> found.put(pair[0], pair[1]));
        return found;
    }

    @Override
    public List<Version> deleted(long before, int limit) {
        return transaction
                .sql()
                .list(new NodeRow()::version, DELETED, project.value(), before, limit);
    }

    @Override
    public List<Version> deletedIn(NodeId parent, Optional<Deleted> after, int limit) {
        List<Version> page = new ArrayList<>();
        after.ifPresent(last ->
                page.addAll(
                        transaction
                                .sql()
                                .list(
                                        new NodeRow()::version,
                                        DELETED_AT,
                                        project.value(),
                                        parent.value(),
                                        last.name().value(),
                                        last.sequence(),
                                        limit)));
        if (page.size() < limit) {
            page.addAll(
                    transaction
                            .sql()
                            .list(
                                    new NodeRow()::version,
                                    DELETED_IN,
                                    project.value(),
                                    parent.value(),
                                    after.map(last -> last.name().value()).orElse(""),
                                    limit - page.size()));
        }
        return page;
    }

    @Override
    public List<Version> deletedAt(Place place, int limit) {
        return transaction
                .sql()
                .list(
                        new NodeRow()::version,
                        DELETED_AT,
                        project.value(),
                        place.parent().value(),
                        place.name().value(),
                        Long.MAX_VALUE,
                        limit);
    }

    @Override
    public void retain(Duration retention) {
        transaction.update(
                "INSERT INTO retention (project, millis, trimmed) VALUES (?, ?, 0)"
                        + " ON CONFLICT (project) DO UPDATE SET millis = excluded.millis",
                project.value(),
                retention.toMillis());
    }

    /** One version's end: its successor, or its own deletion. */
    private record End(long sequence, Optional<Long> previous, boolean deleted, Instant time) {}

    @Override
    public int trim(Instant before, int limit) {
        long trimmed = trimmed();
        List<End> ends =
                transaction
                        .sql()
                        .list(
                                row -> {
                                    long previous = row.getLong(2);
                                    return new End(
                                            row.getLong(1),
                                            previous == 0
                                                    ? Optional.empty()
                                                    : Optional.of(previous),
                                            row.getInt(3) != 0,
                                            Values.time(row, 4));
                                },
                                ENDS,
                                project.value(),
                                trimmed,
                                limit);
        int passed = 0;
        for (End end : ends) {
            if (!end.time().isBefore(before)) {
                break;
            }
            end.previous().ifPresent(this::forget);
            if (end.deleted()) {
                forget(end.sequence());
            }
            trimmed = end.sequence();
            passed++;
        }
        if (passed > 0) {
            transaction.update(
                    "INSERT INTO retention (project, trimmed) VALUES (?, ?)"
                            + " ON CONFLICT (project) DO UPDATE SET trimmed = excluded.trimmed",
                    project.value(),
                    trimmed);
        }
        return passed;
    }

    private void forget(long sequence) {
        transaction.update(
                "DELETE FROM history WHERE project = ? AND sequence = ?",
                project.value(),
                sequence);
    }
}
