package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.Leases;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

final class MemoryLeases implements Leases.Writable {
    private final MemoryTransaction transaction;

    /** A lease and until when it and its rest last. */
    record Row(Lease lease, Instant expires, Instant rested) {
        boolean isHeld(Instant now) {
            return isWithin(expires, now);
        }

        boolean isRested(Instant now) {
            return isWithin(rested, now);
        }

        private static boolean isWithin(Instant end, Instant now) {
            return end.isAfter(now) && !end.isAfter(now.plus(LONGEST));
        }
    }

    MemoryLeases(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    private Optional<Row> row(String name) {
        return transaction.tables().leases.get(name);
    }

    private void put(Row row) {
        Tables tables = transaction.tables();
        tables.leases = tables.leases.put(row.lease().name(), row);
    }

    @Override
    public boolean isDue(String name, String holder, Instant now) {
        return row(name)
                .filter(row -> !row.lease().holder().equals(holder))
                .filter(row -> row.isHeld(now) || row.isRested(now))
                .isEmpty();
    }

    @Override
    public Optional<Lease> acquire(String name, String holder, Instant now, Duration duration) {
        Optional<Row> old = row(name);
        if (old.filter(row -> row.isHeld(now) && !row.lease().holder().equals(holder))
                .isPresent()) {
            return Optional.empty();
        }
        Lease lease = new Lease(name, holder, old.map(row -> row.lease().fence()).orElse(0L) + 1);
        put(new Row(lease, now.plus(duration), Instant.EPOCH));
        return Optional.of(lease);
    }

    @Override
    public boolean renew(Lease lease, Instant now, Duration duration) {
        Optional<Row> held = row(lease.name()).filter(row -> row.lease().equals(lease));
        held.ifPresent(row -> put(new Row(lease, now.plus(duration), row.rested())));
        return held.isPresent();
    }

    @Override
    public boolean release(Lease lease, Instant now, Duration rest) {
        boolean held = holds(lease);
        if (held) {
            put(new Row(lease, Instant.EPOCH, now.plus(rest)));
        }
        return held;
    }

    @Override
    public boolean holds(Lease lease) {
        return row(lease.name()).filter(row -> row.lease().equals(lease)).isPresent();
    }
}
