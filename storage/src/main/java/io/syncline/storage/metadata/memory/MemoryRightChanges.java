package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.AccountId;
import io.syncline.storage.metadata.RightChanges;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

final class MemoryRightChanges implements RightChanges.Writable {
    private final MemoryTransaction transaction;

    /** A change and when it was made. */
    record Row(RightChange change, Instant at) {}

    MemoryRightChanges(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public long newest() {
        return transaction.tables().newestRightChange;
    }

    @Override
    public List<RightChange> after(long sequence, int limit) {
        List<RightChange> found = new ArrayList<>();
        transaction
                .tables()
                .rightChanges
                .above(
                        sequence,
                        (_, row) -> {
                            found.add(row.change());
                            return found.size() < limit;
                        });
        return found;
    }

    @Override
    public long add(AccountId account, Instant now) {
        Tables tables = transaction.tables();
        long next = newest() + 1;
        tables.rightChanges =
                tables.rightChanges.put(next, new Row(new RightChange(next, account), now));
        tables.newestRightChange = next;
        return next;
    }

    @Override
    public int forget(Instant before, int limit) {
        Tables tables = transaction.tables();
        List<Long> old = new ArrayList<>();
        tables.rightChanges.all((sequence, row) -> {
            if (row.at().isBefore(before) && sequence < tables.newestRightChange) {
                old.add(sequence);
            }
            return old.size() < limit;
        });
        old.forEach(sequence -> tables.rightChanges = tables.rightChanges.remove(sequence));
        return old.size();
    }
}
