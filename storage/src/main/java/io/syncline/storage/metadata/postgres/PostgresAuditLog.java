package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.metadata.AuditEntry;
import io.syncline.storage.metadata.AuditLog;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

final class PostgresAuditLog implements AuditLog.Writable {
    private static final String COLUMNS =
            "SELECT id, at, action, account, device, peer, project, subject, detail FROM audit";

    private final PostgresTransaction transaction;

    PostgresAuditLog(PostgresTransaction transaction) {
        this.transaction = transaction;
    }

    private static AuditEntry read(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong(1),
                Values.time(row, 2),
                row.getString(3),
                id(row, 4, AccountId::new),
                id(row, 5, DeviceId::new),
                Optional.ofNullable(row.getString(6)),
                id(row, 7, ProjectId::new),
                Optional.ofNullable(row.getString(8)),
                Optional.ofNullable(row.getString(9)));
    }

    private static <T> Optional<T> id(ResultSet row, int column, Function<String, T> of)
            throws SQLException {
        return row.getBytes(column) == null
                ? Optional.empty()
                : Optional.of(of.apply(Values.id(row, column)));
    }

    @Override
    public List<AuditEntry> page(OptionalLong before, Optional<AccountId> account, int limit) {
        long below = before.orElse(Long.MAX_VALUE);
        return account.isEmpty()
                ? transaction.list(
                        PostgresAuditLog::read,
                        COLUMNS + " WHERE id < ? ORDER BY id DESC LIMIT ?",
                        below,
                        limit)
                : transaction.list(
                        PostgresAuditLog::read,
                        COLUMNS + " WHERE account = ? AND id < ? ORDER BY id DESC LIMIT ?",
                        Values.id(account.get().value()),
                        below,
                        limit);
    }

    private long newest() {
        return transaction
                .one(row -> row.getLong(1), "SELECT id FROM audit ORDER BY id DESC LIMIT 1")
                .orElse(0L);
    }

    @Override
    public long add(AuditEntry entry) {
        transaction.need(Lock.INSTALLATION);
        long next = newest() + 1;
        transaction.update(
                "INSERT INTO audit (id, at, action, account, device, peer, project, subject,"
                        + " detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                next,
                entry.time().toEpochMilli(),
                entry.action(),
                entry.account().map(id -> Values.id(id.value())).orElse(null),
                entry.device().map(id -> Values.id(id.value())).orElse(null),
                entry.peer().orElse(null),
                entry.project().map(id -> Values.id(id.value())).orElse(null),
                entry.subject().orElse(null),
                entry.detail().orElse(null));
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
