package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Blocks;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.ProjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

final class MemoryBlocks implements Blocks.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryBlocks(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Set<Hash> present(Collection<Hash> hashes) {
        Set<Hash> found = new HashSet<>();
        find(hashes).values().stream()
                .filter(row -> !row.condemned())
                .forEach(row -> found.add(row.hash()));
        return found;
    }

    @Override
    public Map<Hash, BlockRow> find(Collection<Hash> hashes) {
        PersistentMap<Hash, BlockRow> rows = transaction.project(project).blocks;
        Map<Hash, BlockRow> found = new HashMap<>();
        hashes.forEach(hash -> rows.get(hash).ifPresent(row -> found.put(hash, row)));
        return found;
    }

    @Override
    public List<BlockRow> page(Optional<Hash> after, int limit) {
        PersistentMap<Hash, BlockRow> rows = transaction.project(project).blocks;
        List<BlockRow> page = new ArrayList<>();
        BiPredicate<Hash, BlockRow> visitor =
                (_, row) -> {
                    if (page.size() >= limit) {
                        return false;
                    }
                    page.add(row);
                    return true;
                };
        after.ifPresentOrElse(hash -> rows.above(hash, visitor), () -> rows.all(visitor));
        return page;
    }

    @Override
    public long count() {
        return transaction.project(project).blocks.size();
    }

    @Override
    public int insert(Collection<NewBlock> blocks, Instant now) {
        ProjectTables tables = transaction.project(project);
        int inserted = 0;
        for (NewBlock block : blocks) {
            Optional<BlockRow> old = tables.blocks.get(block.hash());
            if (old.isPresent() && !old.get().condemned()) {
                continue;
            }
            long number = tables.nextBlockNumber;
            tables.nextBlockNumber++;
            tables.condemned = tables.condemned.remove(block.hash());
            tables.quarantine = tables.quarantine.remove(block.hash());
            MemoryPacks.known(tables, block.location().pack());
            tables.blocks =
                    tables.blocks.put(
                            block.hash(),
                            new BlockRow(
                                    block.hash(),
                                    block.location(),
                                    block.sizeBytes(),
                                    block.level(),
                                    number,
                                    now,
                                    false));
            inserted++;
        }
        return inserted;
    }

    @Override
    public int clear(int limit) {
        ProjectTables tables = transaction.project(project);
        List<Hash> some = page(Optional.empty(), limit).stream().map(BlockRow::hash).toList();
        for (Hash hash : some) {
            tables.blocks = tables.blocks.remove(hash);
        }
        if (some.isEmpty()) {
            clear();
        }
        return some.size();
    }

    @Override
    public void clear() {
        ProjectTables tables = transaction.project(project);
        tables.blocks = PersistentMap.empty();
        tables.condemned = PersistentMap.empty();
        tables.quarantine = PersistentMap.empty();
        tables.packs = PersistentMap.empty();
        tables.nextBlockNumber = 0;
    }
}
