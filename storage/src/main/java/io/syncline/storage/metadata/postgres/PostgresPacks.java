package io.syncline.storage.metadata.postgres;

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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

final class PostgresPacks implements Packs.Writable {
    private static final String SELECT = "SELECT key, id, superseded FROM pack WHERE project = ?";
    static final String PAGE = SELECT + " AND key > ? ORDER BY key LIMIT ?";
    static final String SUPERSEDED =
            SELECT + " AND superseded IS NOT NULL ORDER BY superseded LIMIT ?";

    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresPacks(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private static Pack read(ResultSet row) throws SQLException {
        return new Pack(row.getLong(1), new PackId(Values.id(row, 2)), Values.optionalTime(row, 3));
    }

    @Override
    public List<Pack> page(long after, int limit) {
        return transaction.list(PostgresPacks::read, PAGE, project.value(), after, limit);
    }

    @Override
    public List<Pack> superseded(int limit) {
        return transaction.list(PostgresPacks::read, SUPERSEDED, project.value(), limit);
    }

    @Override
    public int move(Collection<Move> moves) {
        if (moves.isEmpty()) {
            return 0;
        }
        List<Move> ordered = moves.stream().sorted(Comparator.comparing(Move::hash)).toList();
        PostgresBlocks blocks = new PostgresBlocks(transaction, project);
        blocks.lock();
        Map<PackId, Long> keys =
                blocks.packKeys(
                        ordered.stream()
                                .flatMap(move -> Stream.of(move.from(), move.to()))
                                .map(FrameLocation::pack)
                                .toList());
        return transaction.update(
                "UPDATE block AS b SET pack = u.pack, place = u.place, length = u.length"
                        + " FROM unnest(?::bytea[], ?::bigint[], ?::bigint[], ?::integer[],"
                        + " ?::bigint[], ?::bigint[]) AS u (hash, pack, place, length, old_pack,"
                        + " old_place) WHERE b.project = ? AND b.hash = u.hash"
                        + " AND b.pack = u.old_pack AND b.place = u.old_place",
                ordered.stream().map(move -> move.hash().toBytes()).toArray(byte[][]::new),
                ordered.stream().mapToLong(move -> key(keys, move.to())).toArray(),
                ordered.stream().mapToLong(move -> move.to().offsetBytes()).toArray(),
                ordered.stream().mapToInt(move -> move.to().lengthBytes()).toArray(),
                ordered.stream().mapToLong(move -> key(keys, move.from())).toArray(),
                ordered.stream().mapToLong(move -> move.from().offsetBytes()).toArray(),
                project.value());
    }

    private static long key(Map<PackId, Long> keys, FrameLocation location) {
        return Objects.requireNonNull(keys.get(location.pack()));
    }

    @Override
    public void supersede(PackId pack, Instant now) {
        transaction.update(
                "INSERT INTO pack AS p (project, id, superseded) VALUES (?, ?, ?)"
                        + " ON CONFLICT (project, id) DO UPDATE SET"
                        + " superseded = coalesce(p.superseded, excluded.superseded)",
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
