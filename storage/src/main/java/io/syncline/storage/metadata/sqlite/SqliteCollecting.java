package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.Collecting;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The one writer is the lock: sharing and excluding is what every write does (R10). */
final class SqliteCollecting implements Collecting.Writable {
    // The plus keeps the planner from walking an index of live nodes and looking up each row.
    static final String LIVE =
            "SELECT id, level, hash FROM node WHERE project = ? AND id > ? AND +deleted = 0"
                    + " AND size > 0 ORDER BY id LIMIT ?";
    static final String HISTORY =
            "SELECT sequence, level, hash FROM history WHERE project = ? AND sequence > ?"
                    + " AND size > 0 ORDER BY sequence LIMIT ?";
    static final String CHANGED =
            "SELECT sequence, level, hash FROM node WHERE project = ? AND sequence > ?"
                    + " AND +deleted = 0 AND size > 0 ORDER BY sequence LIMIT ?";
    static final String MARKS =
            "SELECT hash, number, level, condemned FROM block WHERE project = ? AND hash IN "
                    + Sql.IN_CHUNK;
    private static final String STATE =
            "SELECT hash, number, level, pack, length, size, arrived, condemned FROM block"
                    + " WHERE project = ?";
    static final String TREES = STATE + " AND level > 0 AND number >= ? ORDER BY number LIMIT ?";
    static final String PAGE = STATE + " AND hash > ? ORDER BY hash LIMIT ?";

    private final SqliteTransaction transaction;
    private final ProjectKey project;

    SqliteCollecting(SqliteTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private static Root root(ResultSet row) throws SQLException {
        return new Root(row.getLong(1), row.getInt(2), Values.hash(row, 3));
    }

    private static State state(ResultSet row) throws SQLException {
        long condemned = row.getLong(8);
        return new State(
                Values.hash(row, 1),
                row.getLong(2),
                row.getInt(3),
                row.getLong(4),
                row.getInt(5),
                row.getInt(6),
                Values.time(row, 7),
                condemned == 0 ? Optional.empty() : Optional.of(Values.time(row, 8)));
    }

    @Override
    public Position position() {
        return transaction
                .sql()
                .one(
                        row -> new Position(row.getLong(1), row.getLong(2)),
                        "SELECT head, next_block FROM project WHERE key = ?",
                        project.value())
                .orElseThrow(() -> new IllegalStateException("there is no project " + project));
    }

    @Override
    public List<Root> liveContents(long after, int limit) {
        return roots(LIVE, after, limit);
    }

    @Override
    public List<Root> historyContents(long after, int limit) {
        return roots(HISTORY, after, limit);
    }

    @Override
    public List<Root> changedContents(long after, int limit) {
        return roots(CHANGED, after, limit);
    }

    private List<Root> roots(String query, long after, int limit) {
        return transaction.sql().list(SqliteCollecting::root, query, project.value(), after, limit);
    }

    @Override
    public List<Mark> marks(Collection<Hash> hashes) {
        return transaction
                .sql()
                .lookUp(
                        row ->
                                new Mark(
                                        Values.hash(row, 1),
                                        row.getLong(2),
                                        row.getInt(3),
                                        row.getLong(4) != 0),
                        MARKS,
                        Values.sorted(hashes),
                        project.value());
    }

    @Override
    public List<State> trees(long number, int limit) {
        return transaction
                .sql()
                .list(SqliteCollecting::state, TREES, project.value(), number, limit);
    }

    @Override
    public List<State> page(Optional<Hash> after, int limit) {
        return transaction
                .sql()
                .list(
                        SqliteCollecting::state,
                        PAGE,
                        project.value(),
                        after.map(Hash::toBytes).orElse(new byte[0]),
                        limit);
    }

    @Override
    public Optional<Instant> finished() {
        return transaction
                .sql()
                .one(
                        row -> Values.time(row, 1),
                        "SELECT finished FROM collector WHERE project = ?",
                        project.value());
    }

    @Override
    public void share() {
        transaction.sql();
    }

    @Override
    public void exclude() {
        transaction.sql();
    }

    @Override
    public int condemn(Collection<State> blocks, Instant now) {
        int condemned = 0;
        for (State block : ordered(blocks)) {
            condemned +=
                    transaction.update(
                            "UPDATE block SET condemned = ? WHERE project = ? AND hash = ?"
                                    + " AND number = ? AND condemned = 0",
                            condemnedAt(now),
                            project.value(),
                            block.hash().toBytes(),
                            block.number());
        }
        return condemned;
    }

    private static List<State> ordered(Collection<State> blocks) {
        return blocks.stream().sorted((a, b) -> a.hash().compareTo(b.hash())).toList();
    }

    /** Never 0, which means that it isn't. */
    static long condemnedAt(Instant now) {
        return Math.max(1, now.toEpochMilli());
    }

    @Override
    public int revive(Collection<Hash> hashes) {
        int revived = 0;
        for (byte[] hash : Values.sorted(hashes)) {
            revived +=
                    transaction.update(
                            "UPDATE block SET condemned = 0 WHERE project = ?1 AND hash = ?2"
                                    + " AND condemned <> 0 AND NOT EXISTS (SELECT 1 FROM quarantine"
                                    + " WHERE project = ?1 AND hash = ?2)",
                            project.value(),
                            hash);
        }
        return revived;
    }

    @Override
    public List<Hash> delete(Collection<Hash> hashes, Instant condemnedUntil) {
        List<Hash> deleted = new ArrayList<>();
        boolean quarantined = new SqliteQuarantine(transaction, project).any();
        for (byte[] hash : Values.sorted(hashes)) {
            int gone =
                    transaction.update(
                            "DELETE FROM block WHERE project = ? AND hash = ? AND condemned <> 0"
                                    + " AND condemned <= ?",
                            project.value(),
                            hash,
                            condemnedUntil.toEpochMilli());
            if (gone > 0) {
                deleted.add(Hash.of(hash));
            }
        }
        if (quarantined) {
            for (Hash hash : deleted) {
                transaction.update(
                        "DELETE FROM quarantine WHERE project = ? AND hash = ?",
                        project.value(),
                        hash.toBytes());
            }
        }
        return deleted;
    }

    @Override
    public void finish(Instant now) {
        transaction.update(
                "INSERT OR REPLACE INTO collector (project, finished) VALUES (?, ?)",
                project.value(),
                now.toEpochMilli());
    }
}
