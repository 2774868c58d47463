package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.AccountId;
import io.syncline.storage.metadata.RightChanges;
import java.time.Instant;
import java.util.List;

final class SqliteRightChanges implements RightChanges.Writable {
    private final SqliteTransaction transaction;

    SqliteRightChanges(SqliteTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public long newest() {
        return transaction
                .sql()
                .one(
                        row -> row.getLong(1),
                        "SELECT sequence FROM right_change ORDER BY sequence DESC LIMIT 1")
                .orElse(0L);
    }

    @Override
    public List<RightChange> after(long sequence, int limit) {
        return transaction
                .sql()
                .list(
                        row -> new RightChange(row.getLong(1), new AccountId(row.getString(2))),
                        "SELECT sequence, account FROM right_change WHERE sequence > ?"
                                + " ORDER BY sequence LIMIT ?",
                        sequence,
                        limit);
    }

    @Override
    public long add(AccountId account, Instant now) {
        long next = newest() + 1;
        transaction.update(
                "INSERT INTO right_change (sequence, account, at) VALUES (?, ?, ?)",
                next,
                account.value(),
                now.toEpochMilli());
        return next;
    }

    @Override
    public int forget(Instant before, int limit) {
        // From below, up to the first that is young: never by a scan.
        return transaction.update(
                "DELETE FROM right_change WHERE sequence IN (SELECT sequence FROM right_change"
                        + " ORDER BY sequence LIMIT ?1) AND at < ?2 AND sequence < ?3",
                limit,
                before.toEpochMilli(),
                newest());
    }
}
