package io.syncline.storage.metadata.postgres;

import io.syncline.storage.metadata.Attempts;
import java.time.Instant;
import java.util.Optional;

final class PostgresAttempts implements Attempts.Writable {
    private final PostgresTransaction transaction;

    PostgresAttempts(PostgresTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Optional<Count> find(String network) {
        return transaction.one(
                row -> new Count(row.getDouble(1), Instant.ofEpochMilli(row.getLong(2))),
                "SELECT failures, at FROM attempt WHERE network = ?",
                network);
    }

    @Override
    public Optional<Count> lock(String network) {
        // There may be no row to lock yet.
        transaction.lock(new Lock(Lock.Kind.ATTEMPTS, network.hashCode()));
        return find(network);
    }

    @Override
    public void put(String network, Count count) {
        transaction.update(
                "INSERT INTO attempt (network, failures, at) VALUES (?, ?, ?)"
                        + " ON CONFLICT (network) DO UPDATE SET failures = excluded.failures,"
                        + " at = excluded.at",
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
