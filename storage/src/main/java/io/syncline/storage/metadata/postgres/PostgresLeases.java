package io.syncline.storage.metadata.postgres;

import io.syncline.storage.metadata.Leases;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Leases by the database's clock, the one that all nodes share. */
final class PostgresLeases implements Leases.Writable {
    /** Set back clocks must not make a lease or a rest endless. */
    private static final long LONGEST_MILLIS = LONGEST.toMillis();

    /** Not that of the transaction, which may have waited since it began. */
    private static final String NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    private static final String IS_MINE = " WHERE name = ? AND holder = ? AND fence = ?";

    private final PostgresTransaction transaction;

    PostgresLeases(PostgresTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public boolean isDue(String name, String holder, Instant now) {
        return transaction
                .one(
                        row -> row.getInt(1),
                        "SELECT 1 FROM lease AS l, (SELECT "
                                + NOW
                                + " AS now) AS clock WHERE l.name = ? AND l.holder <> ?"
                                + " AND (l.expires > now AND l.expires <= now + ?"
                                + " OR l.rested > now AND l.rested <= now + ?)",
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
                "INSERT INTO lease AS l (name, holder, fence, expires, rested)"
                        + " VALUES (?, ?, 1, "
                        + NOW
                        + " + ?, 0) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,"
                        + " fence = l.fence + 1, expires = excluded.expires, rested = 0"
                        + " WHERE l.holder = excluded.holder OR l.expires <= "
                        + NOW
                        + " OR l.expires > "
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
                        "UPDATE lease SET expires = " + NOW + " + ?" + IS_MINE,
                        duration.toMillis(),
                        lease.name(),
                        lease.holder(),
                        lease.fence())
                > 0;
    }

    @Override
    public boolean release(Lease lease, Instant now, Duration rest) {
        return transaction.update(
                        "UPDATE lease SET expires = 0, rested = " + NOW + " + ?" + IS_MINE,
                        rest.toMillis(),
                        lease.name(),
                        lease.holder(),
                        lease.fence())
                > 0;
    }

    @Override
    public boolean holds(Lease lease) {
        return transaction
                .one(
                        row -> row.getInt(1),
                        "SELECT 1 FROM lease" + IS_MINE + " FOR SHARE",
                        lease.name(),
                        lease.holder(),
                        lease.fence())
                .isPresent();
    }
}
