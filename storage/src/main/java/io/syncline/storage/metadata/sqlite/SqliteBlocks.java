package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Blocks;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.column.Values;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

final class SqliteBlocks implements Blocks.Writable {
    private static final String COLUMNS =
            "SELECT b.hash, p.id, b.offset, b.length, b.size, b.level, b.number, b.arrived,"
                    + " b.condemned FROM block b JOIN pack p ON p.key = b.pack WHERE b.project = ?";

    static final String FIND = COLUMNS + " AND b.hash IN " + Sql.IN_CHUNK;

    static final String PRESENT =
            "SELECT hash FROM block WHERE project = ? AND condemned = 0 AND hash IN "
                    + Sql.IN_CHUNK;

    private static final String INSERT =
            "INSERT INTO block (project, hash, pack, offset, length, size, level, number, arrived,"
                    + " condemned) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
                    + " ON CONFLICT (project, hash) DO UPDATE SET pack = excluded.pack,"
                    + " offset = excluded.offset, length = excluded.length, size = excluded.size,"
                    + " level = excluded.level, number = excluded.number,"
                    + " arrived = excluded.arrived, condemned = 0 WHERE condemned <> 0";

    private final SqliteTransaction transaction;
    private final ProjectKey project;

    SqliteBlocks(SqliteTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private static BlockRow read(ResultSet row) throws SQLException {
        return new BlockRow(
                Values.hash(row, 1),
                new FrameLocation(new PackId(Values.id(row, 2)), row.getLong(3), row.getInt(4)),
                row.getInt(5),
                row.getInt(6),
                row.getLong(7),
                Values.time(row, 8),
                row.getLong(9) != 0);
    }

    @Override
    public Set<Hash> present(Collection<Hash> hashes) {
        return new HashSet<>(
                transaction
                        .sql()
                        .lookUp(
                                row -> Values.hash(row, 1),
                                PRESENT,
                                Values.sorted(hashes),
                                project.value()));
    }

    @Override
    public Map<Hash, BlockRow> find(Collection<Hash> hashes) {
        Map<Hash, BlockRow> found = HashMap.newHashMap(hashes.size());
        transaction
                .sql()
                .lookUp(SqliteBlocks::read, FIND, Values.sorted(hashes), project.value())
                .forEach(row -> found.put(row.hash(), row));
        return found;
    }

    @Override
    public List<BlockRow> page(Optional<Hash> after, int limit) {
        return transaction
                .sql()
                .list(
                        SqliteBlocks::read,
                        COLUMNS + " AND b.hash > ? ORDER BY b.hash LIMIT ?",
                        project.value(),
                        after.map(Hash::toBytes).orElse(new byte[0]),
                        limit);
    }

    @Override
    public long count() {
        return transaction
                .sql()
                .one(
                        row -> row.getLong(1),
                        "SELECT count(*) FROM block WHERE project = ?",
                        project.value())
                .orElse(0L);
    }

    @Override
    public int insert(Collection<NewBlock> blocks, Instant now) {
        Sql sql = transaction.sql();
        return transaction.mutate(() -> {
            try {
                return insert(sql, blocks, now);
            } catch (SQLException e) {
                throw Failures.translate(e);
            }
        });
    }

    private int insert(Sql sql, Collection<NewBlock> blocks, Instant now) throws SQLException {
        long first =
                sql.one(
                                row -> row.getLong(1),
                                "SELECT next_block FROM project WHERE key = ?",
                                project.value())
                        .orElseThrow(
                                () -> new IllegalStateException("there is no project " + project));
        long number = first;
        Map<PackId, Long> packs = new HashMap<>();
        List<NewBlock> ordered =
                blocks.stream().sorted(Comparator.comparing(NewBlock::hash)).toList();
        for (NewBlock block : ordered) {
            long pack = packs.computeIfAbsent(block.location().pack(), id -> packKey(sql, id));
            PreparedStatement insert = sql.prepare(INSERT);
            insert.setLong(1, project.value());
            insert.setBytes(2, block.hash().toBytes());
            insert.setLong(3, pack);
            insert.setLong(4, block.location().offsetBytes());
            insert.setInt(5, block.location().lengthBytes());
            insert.setInt(6, block.sizeBytes());
            insert.setInt(7, block.level());
            insert.setLong(8, number);
            insert.setLong(9, now.toEpochMilli());
            number += insert.executeUpdate();
        }
        if (number > first) {
            SqliteQuarantine.heal(sql, project, ordered);
            sql.update("UPDATE project SET next_block = ? WHERE key = ?", number, project.value());
        }
        return (int) (number - first);
    }

    long packKey(Sql sql, PackId id) {
        byte[] bytes = Values.id(id.value());
        sql.update(
                "INSERT INTO pack (project, id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                project.value(),
                bytes);
        return sql.one(
                        row -> row.getLong(1),
                        "SELECT key FROM pack WHERE project = ? AND id = ?",
                        project.value(),
                        bytes)
                .orElseThrow();
    }

    @Override
    public void clear() {
        transaction.update("DELETE FROM block WHERE project = ?", project.value());
        transaction.update("DELETE FROM pack WHERE project = ?", project.value());
        transaction.update("DELETE FROM quarantine WHERE project = ?", project.value());
        transaction.update("UPDATE project SET next_block = 0 WHERE key = ?", project.value());
    }

    @Override
    public int clear(int limit) {
        int cleared =
                transaction.update(
                        "DELETE FROM block WHERE (project, hash) IN (SELECT project, hash FROM"
                                + " block WHERE project = ? LIMIT ?)",
                        project.value(),
                        limit);
        if (cleared == 0) {
            clear();
        }
        return cleared;
    }
}
