package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.metadata.Attempts;
import java.time.Instant;
import java.util.Optional;

final class SqliteAttempts implements Attempts.Writable {
    private final SqliteTransaction transaction;

    SqliteAttempts(SqliteTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Optional<Count> find(String network) {
        return transaction
                .sql()
                .one(
                        row -> new Count(row.getDouble(1), Instant.ofEpochMilli(row.getLong(2))),
                        "SELECT failures, at FROM attempt WHERE network = ?",
                        network);
    }

    /** There is one writer. */
    @Override
    public Optional<Count> lock(String network) {
        return find(network);
    }

    @Override
    public void put(String network, Count count) {
        transaction.update(
                "INSERT OR REPLACE INTO attempt (network, failures, at) VALUES (?, ?, ?)",
                network,
                count.failures(),
                count.at().toEpochMilli());
    }

    @Override
    public int forget(Instant before, int limit) {
        return transaction.update(
                "DELETE FROM attempt WHERE network IN"
                        + " (SELECT network FROM attempt WHERE at < ? ORDER BY at LIMIT ?)",
                before.toEpochMilli(),
                limit);
    }
}
