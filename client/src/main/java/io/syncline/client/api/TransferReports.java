package io.syncline.client.api;

import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Transfer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is to be told of this device's transfers. Guarded by its owner. */
final class TransferReports {
    /** How often a transfer is told of that has nothing new: well before it counts as gone. */
    private static final Duration REPEAT = Duration.ofSeconds(Limits.TRANSFER_SECONDS / 3);

    private final Map<Long, Transfer> current = new LinkedHashMap<>();
    private final Set<Long> fresh = new LinkedHashSet<>();
    private Instant repeated = Instant.MIN;

    /** Takes what is new; false where it is one too many. */
    boolean put(Transfer transfer) {
        if (current.size() >= Limits.TRANSFERS_MAX && !current.containsKey(transfer.id())) {
            return false;
        }
        if (transfer.ended() && !current.containsKey(transfer.id())) {
            return false;
        }
        current.put(transfer.id(), transfer);
        fresh.add(transfer.id());
        return true;
    }

    /** All is to be told again: the peer is another. */
    void repeat() {
        current.values().removeIf(Transfer::ended);
        fresh.clear();
        fresh.addAll(current.keySet());
    }

    /** What is to be told now, if anything. */
    Optional<Transfer> next(Instant now) {
        if (Duration.between(repeated, now).compareTo(REPEAT) >= 0) {
            repeated = now;
            fresh.addAll(current.keySet());
        }
        var first = fresh.iterator();
        if (!first.hasNext()) {
            return Optional.empty();
        }
        long id = first.next();
        first.remove();
        Optional<Transfer> told = Optional.ofNullable(current.get(id));
        if (told.filter(Transfer::ended).isPresent()) {
            current.remove(id);
        }
        return told;
    }
}
