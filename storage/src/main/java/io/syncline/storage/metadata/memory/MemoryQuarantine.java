package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Quarantine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

final class MemoryQuarantine implements Quarantine.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryQuarantine(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private ProjectTables tables() {
        return transaction.project(project);
    }

    @Override
    public boolean any() {
        return tables().quarantine.size() > 0;
    }

    @Override
    public Set<Hash> among(Collection<Hash> hashes) {
        Set<Hash> found = new HashSet<>(hashes);
        found.removeIf(hash -> !tables().quarantine.has(hash));
        return found;
    }

    @Override
    public List<Hash> page(Optional<Hash> after, int limit) {
        List<Hash> page = new ArrayList<>();
        BiPredicate<Hash, Instant> visitor =
                (hash, _) -> {
                    page.add(hash);
                    return page.size() < limit;
                };
        PersistentMap<Hash, Instant> all = tables().quarantine;
        after.ifPresentOrElse(hash -> all.above(hash, visitor), () -> all.all(visitor));
        return page;
    }

    @Override
    public boolean add(Hash hash, FrameLocation where, Instant now) {
        ProjectTables tables = tables();
        Optional<BlockRow> row =
                tables.blocks.get(hash).filter(found -> found.location().equals(where));
        if (row.isEmpty()) {
            return false;
        }
        MemoryCollecting.condemn(tables, row.get(), now);
        tables.quarantine = tables.quarantine.put(hash, now);
        return true;
    }

    @Override
    public boolean release(Hash hash, Instant now) {
        ProjectTables tables = tables();
        if (!tables.quarantine.has(hash)) {
            return false;
        }
        tables.quarantine = tables.quarantine.remove(hash);
        tables.blocks
                .get(hash)
                .ifPresent(
                        row -> MemoryCollecting.revive(tables, row, tables.nextBlockNumber, now));
        tables.nextBlockNumber++;
        return true;
    }
}
