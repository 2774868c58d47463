package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.Collecting;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What the collector looks at in PostgreSQL; its lock is an advisory one. */
final class PostgresCollecting implements Collecting.Writable {
    static final String LIVE =
            "SELECT id, level, hash FROM node WHERE project = ? AND id > ? AND NOT deleted"
                    + " AND size > 0 ORDER BY id LIMIT ?";
    static final String HISTORY =
            "SELECT sequence, level, hash FROM history WHERE project = ? AND sequence > ?"
                    + " AND size > 0 ORDER BY sequence LIMIT ?";
    static final String CHANGED =
            "SELECT sequence, level, hash FROM node WHERE project = ? AND sequence > ?"
                    + " AND NOT deleted AND size > 0 ORDER BY sequence LIMIT ?";
    static final String MARKS =
            "SELECT hash, number, level, condemned FROM block WHERE project = ? AND hash = ANY (?)";
    private static final String STATE =
            "SELECT hash, number, level, pack, length, size, arrived, condemned FROM block"
                    + " WHERE project = ?";
    static final String TREES = STATE + " AND level > 0 AND number >= ? ORDER BY number LIMIT ?";
    static final String PAGE = STATE + " AND hash > ? ORDER BY hash LIMIT ?";

    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresCollecting(PostgresTransaction transaction, ProjectKey project) {
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
                .one(
                        row -> new Position(row.getLong(1), row.getLong(2)),
                        "SELECT p.head, t.next_block FROM project AS p JOIN block_total AS t"
                                + " ON t.project = p.key WHERE p.key = ?",
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
        return transaction.list(PostgresCollecting::root, query, project.value(), after, limit);
    }

    @Override
    public List<Mark> marks(Collection<Hash> hashes) {
        return transaction.lookUp(
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
        return transaction.list(PostgresCollecting::state, TREES, project.value(), number, limit);
    }

    @Override
    public List<State> page(Optional<Hash> after, int limit) {
        return transaction.list(
                PostgresCollecting::state,
                PAGE,
                project.value(),
                after.map(Hash::toBytes).orElse(new byte[0]),
                limit);
    }

    @Override
    public Optional<Instant> finished() {
        return transaction.one(
                row -> Values.time(row, 1),
                "SELECT finished FROM collector WHERE project = ?",
                project.value());
    }

    private Lock lock() {
        return new Lock(Lock.Kind.COLLECTOR, project.value());
    }

    @Override
    public void share() {
        transaction.share(lock());
    }

    @Override
    public void exclude() {
        transaction.lock(lock());
    }

    @Override
    public int condemn(Collection<State> blocks, Instant now) {
        List<State> ordered = blocks.stream().sorted(Comparator.comparing(State::hash)).toList();
        new PostgresBlocks(transaction, project).lock();
        return transaction.update(
                "UPDATE block AS b SET condemned = ? FROM unnest(?::bytea[], ?::bigint[])"
                        + " AS u (hash, number) WHERE b.project = ? AND b.hash = u.hash"
                        + " AND b.number = u.number AND b.condemned = 0",
                condemnedAt(now),
                ordered.stream().map(block -> block.hash().toBytes()).toArray(byte[][]::new),
                ordered.stream().mapToLong(State::number).toArray(),
                project.value());
    }

    /** Never 0, which means that it isn't. */
    static long condemnedAt(Instant now) {
        return Math.max(1, now.toEpochMilli());
    }

    @Override
    public int revive(Collection<Hash> hashes) {
        if (hashes.isEmpty()) {
            return 0;
        }
        new PostgresBlocks(transaction, project).lock();
        return transaction.update(
                "UPDATE block AS b SET condemned = 0 WHERE b.project = ? AND b.hash = ANY (?)"
                        + " AND b.condemned <> 0 AND NOT EXISTS (SELECT 1 FROM quarantine AS q"
                        + " WHERE q.project = b.project AND q.hash = b.hash)",
                project.value(),
                SqlArray.of(Values.sorted(hashes)));
    }

    @Override
    public List<Hash> delete(Collection<Hash> hashes, Instant condemnedUntil) {
        if (hashes.isEmpty()) {
            return List.of();
        }
        new PostgresBlocks(transaction, project).lock();
        PostgresQuarantine quarantine = new PostgresQuarantine(transaction, project);
        List<Hash> deleted =
                transaction.list(
                        row -> Values.hash(row, 1),
                        "DELETE FROM block WHERE project = ? AND hash = ANY (?)"
                                + " AND condemned <> 0 AND condemned <= ? RETURNING hash",
                        project.value(),
                        SqlArray.of(Values.sorted(hashes)),
                        condemnedUntil.toEpochMilli());
        quarantine.heal(deleted);
        return deleted.stream().sorted().toList();
    }

    @Override
    public void finish(Instant now) {
        transaction.update(
                "INSERT INTO collector (project, finished) VALUES (?, ?)"
                        + " ON CONFLICT (project) DO UPDATE SET finished = excluded.finished",
                project.value(),
                now.toEpochMilli());
    }
}
