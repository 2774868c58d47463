package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.AccountId;
import io.syncline.storage.metadata.RightChanges;
import io.syncline.storage.metadata.column.Values;
import java.time.Instant;
import java.util.List;

final class PostgresRightChanges implements RightChanges.Writable {
    private final PostgresTransaction transaction;

    PostgresRightChanges(PostgresTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public long newest() {
        return transaction
                .one(
                        row -> row.getLong(1),
                        "SELECT sequence FROM right_change ORDER BY sequence DESC LIMIT 1")
                .orElse(0L);
    }

    @Override
    public List<RightChange> after(long sequence, int limit) {
        return transaction.list(
                row -> new RightChange(row.getLong(1), new AccountId(Values.id(row, 2))),
                "SELECT sequence, account FROM right_change WHERE sequence > ?"
                        + " ORDER BY sequence LIMIT ?",
                sequence,
                limit);
    }

    @Override
    public long add(AccountId account, Instant now) {
        // Whatever takes something from an account has this lock, and takes it before any other.
        transaction.need(Lock.INSTALLATION);
        long next = newest() + 1;
        transaction.update(
                "INSERT INTO right_change (sequence, account, at) VALUES (?, ?, ?)",
                next,
                Values.id(account.value()),
                now.toEpochMilli());
        return next;
    }

    @Override
    public int forget(Instant before, int limit) {
        // From below, up to the first that is young: never by a scan.
        return transaction.update(
                "DELETE FROM right_change WHERE sequence IN (SELECT sequence FROM right_change"
                        + " ORDER BY sequence LIMIT ?) AND at < ? AND sequence < ?",
                limit,
                before.toEpochMilli(),
                newest());
    }
}
