package io.syncline.server.account;

import io.syncline.core.error.ErrorCode;
import io.syncline.server.edge.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds guesses at secrets (passwords, join links) by network address, or by who asks: {@value #BURST} failures at
 * once, then one every {@value #REFILL_SECONDS} seconds. An address of IPv6 counts as its /64,
 * which is what one customer gets. Remembers the {@value #ADDRESSES_MAX} addresses that failed
 * last. Thread-safe.
 */
public final class LoginThrottle {
    private static final int BURST = 10;
    private static final int REFILL_SECONDS = 6;
    private static final int ADDRESSES_MAX = 10_000;

    private final InstantSource clock;

    private final Map<String, Bucket> buckets =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                    return size() > ADDRESSES_MAX;
                }
            };

    /** How many failures were counted, leaking one per refill. */
    private record Bucket(double failures, Instant at) {
        double failuresAt(Instant now) {
            double leaked = Duration.between(at, now).toMillis() / (1000.0 * REFILL_SECONDS);
            return Math.max(0, failures - Math.max(0, leaked));
        }
    }

    /** Nobody has guessed yet. */
    public LoginThrottle(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Takes one try in advance, so that many at once don't slip through; {@link #succeeded} gives
     * it back.
     */
    public synchronized void tryOne(String address) {
        String key = network(address);
        Instant now = clock.instant();
        Bucket bucket = buckets.get(key);
        double failures = bucket == null ? 0 : bucket.failuresAt(now);
        if (failures + 1 > BURST) {
            throw ProblemException.retry(
                    ErrorCode.LIMITED,
                    "too many failed attempts from this address",
                    Duration.ofSeconds(REFILL_SECONDS));
        }
        buckets.put(key, new Bucket(failures + 1, now));
    }

    /** The try was no guess. */
    public synchronized void succeeded(String address) {
        String key = network(address);
        Bucket bucket = buckets.get(key);
        if (bucket != null) {
            Instant now = clock.instant();
            buckets.put(key, new Bucket(Math.max(0, bucket.failuresAt(now) - 1), now));
        }
    }

    private static String network(String address) {
        if (!address.contains(":")) {
            return address;
        }
        // Java spells IPv6 out as eight groups.
        String[] groups = address.split("[:%]", -1);
        return groups.length < 8
                ? address
                : String.join(":", java.util.List.of(groups).subList(0, 4));
    }
}
