package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.Attempts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class MemoryAttempts implements Attempts.Writable {
    private final MemoryTransaction transaction;

    MemoryAttempts(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Optional<Count> find(String network) {
        return transaction.tables().attempts.get(network);
    }

    /** There is one writer. */
    @Override
    public Optional<Count> lock(String network) {
        return find(network);
    }

    @Override
    public void put(String network, Count count) {
        Tables tables = transaction.tables();
        tables.attempts = tables.attempts.put(network, count);
    }

    @Override
    public int forget(Instant before, int limit) {
        Tables tables = transaction.tables();
        List<String> old = new ArrayList<>();
        tables.attempts.all((network, count) -> {
            if (count.at().isBefore(before)) {
                old.add(network);
            }
            return old.size() < limit;
        });
        old.forEach(network -> tables.attempts = tables.attempts.remove(network));
        return old.size();
    }
}
