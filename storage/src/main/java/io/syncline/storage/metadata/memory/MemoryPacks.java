package io.syncline.storage.metadata.memory;

import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Packs;
import io.syncline.storage.metadata.ProjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

final class MemoryPacks implements Packs.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryPacks(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private ProjectTables tables() {
        return transaction.project(project);
    }

    /** The pack, known from now on. */
    static Pack known(ProjectTables tables, PackId id) {
        Optional<Pack> known = tables.packs.get(id);
        if (known.isPresent()) {
            return known.get();
        }
        tables.nextPackKey++;
        Pack pack = new Pack(tables.nextPackKey, id, Optional.empty());
        tables.packs = tables.packs.put(id, pack);
        return pack;
    }

    static long key(ProjectTables tables, PackId id) {
        return tables.packs.get(id).map(Pack::key).orElse(0L);
    }

    private List<Pack> all() {
        List<Pack> packs = new ArrayList<>();
        tables().packs.all((_, pack) -> packs.add(pack));
        return packs;
    }

    @Override
    public List<Pack> page(long after, int limit) {
        return all().stream()
                .filter(pack -> pack.key() > after)
                .sorted(Comparator.comparingLong(Pack::key))
                .limit(limit)
                .toList();
    }

    @Override
    public List<Pack> superseded(int limit) {
        return all().stream()
                .filter(pack -> pack.superseded().isPresent())
                .sorted(Comparator.comparing(pack -> pack.superseded().orElseThrow()))
                .limit(limit)
                .toList();
    }

    @Override
    public int move(Collection<Move> moves) {
        ProjectTables tables = tables();
        int moved = 0;
        for (Move move : moves) {
            Optional<BlockRow> row =
                    tables.blocks
                            .get(move.hash())
                            .filter(found -> found.location().equals(move.from()));
            if (row.isPresent()) {
                BlockRow old = row.get();
                known(tables, move.to().pack());
                tables.blocks =
                        tables.blocks.put(
                                old.hash(),
                                new BlockRow(
                                        old.hash(),
                                        move.to(),
                                        old.sizeBytes(),
                                        old.level(),
                                        old.number(),
                                        old.arrived(),
                                        old.condemned()));
                moved++;
            }
        }
        return moved;
    }

    @Override
    public void supersede(PackId pack, Instant now) {
        ProjectTables tables = tables();
        Pack known = known(tables, pack);
        Instant since = known.superseded().orElse(Instant.ofEpochMilli(now.toEpochMilli()));
        tables.packs = tables.packs.put(pack, new Pack(known.key(), pack, Optional.of(since)));
    }

    @Override
    public void restore(PackId pack) {
        ProjectTables tables = tables();
        tables.packs
                .get(pack)
                .ifPresent(known ->
                        tables.packs =
                                tables.packs.put(
                                        pack, new Pack(known.key(), pack, Optional.empty())));
    }

    @Override
    public void forget(PackId pack) {
        ProjectTables tables = tables();
        tables.packs = tables.packs.remove(pack);
    }
}
