package io.syncline.storage.metadata.sqlite;

import io.syncline.storage.metadata.Leases;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

final class SqliteLeases implements Leases.Writable {
    /** Set back clocks must not make a lease or a rest endless. */
    private static final long LONGEST_MILLIS = LONGEST.toMillis();

    private final SqliteTransaction transaction;

    SqliteLeases(SqliteTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public boolean isDue(String name, String holder, Instant now) {
        long at = now.toEpochMilli();
        return transaction
                .sql()
                .one(
                        row -> row.getLong(1),
                        "SELECT 1 FROM lease WHERE name = ?1 AND holder <> ?2 AND"
                                + " (expires > ?3 AND expires <= ?4"
                                + " OR rested > ?3 AND rested <= ?4)",
                        name,
                        holder,
                        at,
                        at + LONGEST_MILLIS)
                .isEmpty();
    }

    @Override
    public Optional<Lease> acquire(String name, String holder, Instant now, Duration duration) {
        long at = now.toEpochMilli();
        int changed =
                transaction.update(
                        "INSERT INTO lease (name, holder, fence, expires, rested)"
                                + " VALUES (?1, ?2, 1, ?3, 0)"
                                + " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,"
                                + " fence = lease.fence + 1, expires = excluded.expires, rested = 0"
                                + " WHERE lease.holder = excluded.holder OR lease.expires <= ?4"
                                + " OR lease.expires > ?5",
                        name,
                        holder,
                        at + duration.toMillis(),
                        at,
                        at + LONGEST_MILLIS);
        return changed == 0
                ? Optional.empty()
                : transaction
                        .sql()
                        .one(
                                row -> new Lease(name, holder, row.getLong(1)),
                                "SELECT fence FROM lease WHERE name = ?",
                                name);
    }

    @Override
    public boolean renew(Lease lease, Instant now, Duration duration) {
        return transaction.update(
                        "UPDATE lease SET expires = ? WHERE name = ? AND holder = ? AND fence = ?",
                        now.toEpochMilli() + duration.toMillis(),
                        lease.name(),
                        lease.holder(),
                        lease.fence())
                > 0;
    }

    @Override
    public boolean release(Lease lease, Instant now, Duration rest) {
        return transaction.update(
                        "UPDATE lease SET expires = 0, rested = ?"
                                + " WHERE name = ? AND holder = ? AND fence = ?",
                        now.toEpochMilli() + rest.toMillis(),
                        lease.name(),
                        lease.holder(),
                        lease.fence())
                > 0;
    }

    @Override
    public boolean holds(Lease lease) {
        return transaction
                .sql()
                .one(
                        row -> row.getLong(1),
                        "SELECT 1 FROM lease WHERE name = ? AND holder = ? AND fence = ?",
                        lease.name(),
                        lease.holder(),
                        lease.fence())
                .isPresent();
    }
}
