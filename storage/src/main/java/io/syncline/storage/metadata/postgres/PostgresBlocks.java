package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Blocks;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Rows of blocks in PostgreSQL. Whoever writes some of a project's first locks its row of totals,
 * so that numbers become visible in their order, and nobody waits for single blocks (R48).
 */
final class PostgresBlocks implements Blocks.Writable {
    private static final String COLUMNS =
            "SELECT b.hash, p.id, b.place, b.length, b.size, b.level, b.number, b.arrived,"
                    + " b.condemned FROM block b JOIN pack p ON p.project = b.project"
                    + " AND p.key = b.pack WHERE b.project = ?";

    static final String FIND = COLUMNS + " AND b.hash = ANY (?)";

    static final String PRESENT =
            "SELECT hash FROM block WHERE project = ? AND condemned = 0 AND hash = ANY (?)";

    private static final String LOCK =
            "SELECT next_block FROM block_total WHERE project = ? FOR UPDATE";

    /** In order of hash, as the arrays are. */
    private static final String INSERT =
            "INSERT INTO block (project, arrived, condemned, hash, pack, place, length, size,"
                    + " level, number) SELECT ?, ?, 0, u.* FROM unnest(?::bytea[], ?::bigint[],"
                    + " ?::bigint[], ?::integer[], ?::integer[], ?::integer[], ?::bigint[]) AS u"
                    + " ON CONFLICT (project, hash) DO UPDATE SET pack = excluded.pack,"
                    + " place = excluded.place, length = excluded.length, size = excluded.size,"
                    + " level = excluded.level, number = excluded.number,"
                    + " arrived = excluded.arrived, condemned = 0";

    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresBlocks(PostgresTransaction transaction, ProjectKey project) {
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
                transaction.lookUp(
                        row -> Values.hash(row, 1),
                        PRESENT,
                        Values.sorted(hashes),
                        project.value()));
    }

    @Override
    public Map<Hash, BlockRow> find(Collection<Hash> hashes) {
        Map<Hash, BlockRow> found = HashMap.newHashMap(hashes.size());
        transaction
                .lookUp(PostgresBlocks::read, FIND, Values.sorted(hashes), project.value())
                .forEach(row -> found.put(row.hash(), row));
        return found;
    }

    @Override
    public List<BlockRow> page(Optional<Hash> after, int limit) {
        return transaction.list(
                PostgresBlocks::read,
                COLUMNS + " AND b.hash > ? ORDER BY b.hash LIMIT ?",
                project.value(),
                after.map(Hash::toBytes).orElse(new byte[0]),
                limit);
    }

    @Override
    public long count() {
        return transaction
                .one(
                        row -> row.getLong(1),
                        "SELECT blocks FROM block_total WHERE project = ?",
                        project.value())
                .orElse(0L);
    }

    /**
     * From now until this transaction ends no other one writes a row of the project's blocks; the
     * number of the next block.
     */
    long lock() {
        return transaction
                .one(row -> row.getLong(1), LOCK, project.value())
                .orElseThrow(() -> new IllegalStateException("there is no project " + project));
    }

    @Override
    public int insert(Collection<NewBlock> blocks, Instant now) {
        long first = lock();
        TreeMap<Hash, NewBlock> fresh = new TreeMap<>();
        // The first of two of one hash.
        blocks.forEach(block -> fresh.putIfAbsent(block.hash(), block));
        fresh.keySet().removeAll(present(fresh.keySet()));
        if (fresh.isEmpty()) {
            return 0;
        }
        insert(List.copyOf(fresh.values()), first, now);
        new PostgresQuarantine(transaction, project).heal(fresh.keySet());
        number(first + fresh.size());
        return fresh.size();
    }

    private void insert(List<NewBlock> ordered, long first, Instant now) {
        Map<PackId, Long> packs =
                packKeys(ordered.stream().map(block -> block.location().pack()).toList());
        int count = ordered.size();
        byte[][] hashes = new byte[count][];
        long[] keys = new long[count];
        long[] places = new long[count];
        int[] lengths = new int[count];
        int[] sizes = new int[count];
        int[] levels = new int[count];
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            NewBlock block = ordered.get(i);
            hashes[i] = block.hash().toBytes();
            keys[i] = Objects.requireNonNull(packs.get(block.location().pack()));
            places[i] = block.location().offsetBytes();
            lengths[i] = block.location().lengthBytes();
            sizes[i] = block.sizeBytes();
            levels[i] = block.level();
            numbers[i] = first + i;
        }
        transaction.update(
                INSERT,
                project.value(),
                now.toEpochMilli(),
                hashes,
                keys,
                places,
                lengths,
                sizes,
                levels,
                numbers);
    }

    /** The next block gets this number. */
    void number(long next) {
        transaction.update(
                "UPDATE block_total SET next_block = ? WHERE project = ?", next, project.value());
    }

    /** The numbers of packs, which get one where they have none. */
    Map<PackId, Long> packKeys(Collection<PackId> packs) {
        List<byte[]> ids = packs.stream().distinct().map(id -> Values.id(id.value())).toList();
        if (ids.isEmpty()) {
            return Map.of();
        }
        transaction.update(
                "INSERT INTO pack (project, id) SELECT ?, id FROM unnest(?::bytea[]) AS u (id)"
                        + " WHERE NOT EXISTS (SELECT 1 FROM pack AS p WHERE p.project = ?"
                        + " AND p.id = u.id) ON CONFLICT DO NOTHING",
                project.value(),
                SqlArray.of(ids),
                project.value());
        Map<PackId, Long> keys = HashMap.newHashMap(ids.size());
        transaction.lookUp(
                row -> keys.put(new PackId(Values.id(row, 1)), row.getLong(2)),
                "SELECT id, key FROM pack WHERE project = ? AND id = ANY (?)",
                ids,
                project.value());
        return keys;
    }

    @Override
    public void clear() {
        lock();
        transaction.update("DELETE FROM block WHERE project = ?", project.value());
        transaction.update("DELETE FROM pack WHERE project = ?", project.value());
        transaction.update("DELETE FROM quarantine WHERE project = ?", project.value());
        number(0);
    }

    @Override
    public int clear(int limit) {
        lock();
        int cleared =
                transaction.update(
                        "DELETE FROM block WHERE project = ? AND hash IN"
                                + " (SELECT hash FROM block WHERE project = ? LIMIT ?)",
                        project.value(),
                        project.value(),
                        limit);
        if (cleared == 0) {
            clear();
        }
        return cleared;
    }
}
