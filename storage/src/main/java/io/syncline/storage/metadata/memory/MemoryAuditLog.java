package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.AccountId;
import io.syncline.storage.metadata.AuditEntry;
import io.syncline.storage.metadata.AuditLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

final class MemoryAuditLog implements AuditLog.Writable {
    private final MemoryTransaction transaction;

    MemoryAuditLog(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public List<AuditEntry> page(OptionalLong before, Optional<AccountId> account, int limit) {
        List<AuditEntry> found = new ArrayList<>();
        transaction
                .tables()
                .audit
                .below(
                        before.orElse(Long.MAX_VALUE),
                        (_, entry) -> {
                            if (account.isEmpty() || account.equals(entry.account())) {
                                found.add(entry);
                            }
                            return found.size() < limit;
                        });
        return found;
    }

    private long newest() {
        List<AuditEntry> one = page(OptionalLong.empty(), Optional.empty(), 1);
        return one.isEmpty() ? 0 : one.getFirst().id();
    }

    @Override
    public long add(AuditEntry entry) {
        Tables tables = transaction.tables();
        long next = newest() + 1;
        tables.audit = tables.audit.put(next, entry.as(next));
        return next;
    }

    @Override
    public int forget(Instant before, int limit) {
        Tables tables = transaction.tables();
        long newest = newest();
        List<Long> old = new ArrayList<>();
        int[] looked = {0};
        tables.audit.all((id, entry) -> {
            if (entry.time().isBefore(before) && id < newest) {
                old.add(id);
            }
            return ++looked[0] < limit;
        });
        old.forEach(id -> tables.audit = tables.audit.remove(id));
        return old.size();
    }
}
