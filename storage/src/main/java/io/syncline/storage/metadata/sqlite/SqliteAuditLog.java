package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.AccountId;
import io.syncline.storage.metadata.AuditEntry;
import io.syncline.storage.metadata.AuditLog;
import io.syncline.storage.metadata.column.AuditRow;
import io.syncline.storage.metadata.column.Values;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

final class SqliteAuditLog implements AuditLog.Writable {
    private final SqliteTransaction transaction;

    SqliteAuditLog(SqliteTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public List<AuditEntry> page(OptionalLong before, Optional<AccountId> account, int limit) {
        long below = before.orElse(Long.MAX_VALUE);
        return account.isEmpty()
                ? transaction
                        .sql()
                        .list(
                                AuditRow::read,
                                AuditRow.SELECT + " WHERE id < ? ORDER BY id DESC LIMIT ?",
                                below,
                                limit)
                : transaction
                        .sql()
                        .list(
                                AuditRow::read,
                                AuditRow.SELECT
                                        + " WHERE account = ? AND id < ? ORDER BY id DESC LIMIT ?",
                                Values.id(account.get().value()),
                                below,
                                limit);
    }

    private long newest() {
        return transaction
                .sql()
                .one(row -> row.getLong(1), "SELECT id FROM audit ORDER BY id DESC LIMIT 1")
                .orElse(0L);
    }

    @Override
    public long add(AuditEntry entry) {
        long next = newest() + 1;
        transaction.update(AuditRow.INSERT, AuditRow.values(entry.as(next)));
        return next;
    }

    @Override
    public int forget(Instant before, int limit) {
        // From below: never by a scan.
        return transaction.update(
                "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT ?)"
                        + " AND at < ? AND id < ?",
                limit,
                before.toEpochMilli(),
                newest());
    }
}
