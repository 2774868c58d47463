package io.syncline.storage.metadata.postgres;

import io.syncline.storage.metadata.Leases;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Goes by the clock of the database, which is the same for all nodes. */
final class PostgresLeases implements Leases.Writable {
    private static final String NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    /** Set back clocks must not make a lease or a rest endless. */
    private static final long LONGEST_MILLIS = LONGEST.toMillis();

    private final PostgresTransaction transaction;

    PostgresLeases(PostgresTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public boolean isDue(String name, String holder, Instant now) {
        return transaction
                .one(
                        row -> row.getLong(1),
                        "SELECT 1 FROM lease, LATERAL (SELECT "
                                + NOW
                                + " AS at) AS clock WHERE name = ? AND holder <> ?"
                                + " AND (expires > at AND expires <= at + ?"
                                + " OR rested > at AND rested <= at + ?)",
                        name,
                        holder,
                        LONGEST_MILLIS,
                        LONGEST_MILLIS)
                .isEmpty();
    }

    @Override
    public Optional<Lease> acquire(String name, String holder, Instant now, Duration duration) {
        return transaction.one(
                row -> new Lease(name, holder, row.getLong(1)),
                "INSERT INTO lease (name, holder, fence, expires, rested) VALUES (?, ?, 1, "
                        + NOW
                        + " + ?, 0) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,"
                        + " fence = lease.fence + 1, expires = excluded.expires, rested = 0"
                        + " WHERE lease.holder = excluded.holder OR lease.expires <= "
                        + NOW
                        + " OR lease.expires > "
                        + NOW
                        + " + ? RETURNING fence",
                name,
                holder,
                duration.toMillis(),
                LONGEST_MILLIS);
    }

    @Override
    public boolean renew(Lease lease, Instant now, Duration duration) {
        return transaction.update(
                        "UPDATE lease SET expires = "
                                + NOW
                                + " + ? WHERE name = ? AND holder = ? AND fence = ?",
                        duration.toMillis(),
                        lease.name(),
                        lease.holder(),
                        lease.fence())
                > 0;
    }

    @Override
    public boolean release(Lease lease, Instant now, Duration rest) {
        return transaction.update(
                        "UPDATE lease SET expires = 0, rested = "
                                + NOW
                                + " + ? WHERE name = ? AND holder = ? AND fence = ?",
                        rest.toMillis(),
                        lease.name(),
                        lease.holder(),
                        lease.fence())
                > 0;
    }

    /** Shares the row until the transaction ends: who acquires it waits for that. */
    @Override
    public boolean holds(Lease lease) {
        return transaction.holds(
                "SELECT 1 FROM lease WHERE name = ? AND holder = ? AND fence = ? FOR SHARE",
                lease.name(),
                lease.holder(),
                lease.fence());
    }
}
