package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.Packs;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class SqlitePacks implements Packs.Writable {
    private static final String SELECT = "SELECT key, id, superseded FROM pack WHERE project = ?";
    static final String PAGE = SELECT + " AND key > ? ORDER BY key LIMIT ?";
    static final String SUPERSEDED =
            SELECT + " AND superseded IS NOT NULL ORDER BY superseded LIMIT ?";

    private final SqliteTransaction transaction;
    private final ProjectKey project;

    SqlitePacks(SqliteTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private static Pack read(ResultSet row) throws SQLException {
        return new Pack(row.getLong(1), new PackId(Values.id(row, 2)), Values.optionalTime(row, 3));
    }

    @Override
    public List<Pack> page(long after, int limit) {
        return transaction.sql().list(SqlitePacks::read, PAGE, project.value(), after, limit);
    }

    @Override
    public List<Pack> superseded(int limit) {
        return transaction.sql().list(SqlitePacks::read, SUPERSEDED, project.value(), limit);
    }

    @Override
    public int move(Collection<Move> moves) {
        SqliteBlocks blocks = new SqliteBlocks(transaction, project);
        Map<PackId, Long> keys = new HashMap<>();
        int moved = 0;
        for (Move move : moves.stream().sorted(Comparator.comparing(Move::hash)).toList()) {
            FrameLocation from = move.from();
            FrameLocation to = move.to();
            moved +=
                    transaction.update(
                            "UPDATE block SET pack = ?, offset = ?, length = ? WHERE project = ?"
                                    + " AND hash = ? AND pack = ? AND offset = ?",
                            key(blocks, keys, to.pack()),
                            to.offsetBytes(),
                            to.lengthBytes(),
                            project.value(),
                            move.hash().toBytes(),
                            key(blocks, keys, from.pack()),
                            from.offsetBytes());
        }
        return moved;
    }

    private long key(SqliteBlocks blocks, Map<PackId, Long> keys, PackId pack) {
        return keys.computeIfAbsent(pack, id -> blocks.packKey(transaction.sql(), id));
    }

    @Override
    public void supersede(PackId pack, Instant now) {
        transaction.update(
                "INSERT INTO pack (project, id, superseded) VALUES (?, ?, ?)"
                        + " ON CONFLICT (project, id) DO UPDATE SET"
                        + " superseded = coalesce(superseded, excluded.superseded)",
                project.value(),
                Values.id(pack.value()),
                now.toEpochMilli());
    }

    @Override
    public void restore(PackId pack) {
        transaction.update(
                "UPDATE pack SET superseded = NULL WHERE project = ? AND id = ?",
                project.value(),
                Values.id(pack.value()));
    }

    @Override
    public void forget(PackId pack) {
        transaction.update(
                "DELETE FROM pack WHERE project = ? AND id = ?",
                project.value(),
                Values.id(pack.value()));
    }
}
