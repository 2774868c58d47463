package io.syncline.server.account;

import io.syncline.core.error.ErrorCode;
import io.syncline.server.edge.ProblemException;
import io.syncline.storage.metadata.Attempts;
import io.syncline.storage.metadata.MetadataStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Bounds guesses at secrets (passwords, join links) by network address, or by who asks: {@value
 * #BURST} failures at once, then one every {@value #REFILL_SECONDS} seconds. An address of IPv6
 * counts as its /64, which is what one customer gets. Thread-safe.
 *
 * <p>Tries are taken in memory, of the {@value #ADDRESSES_MAX} addresses that tried last; failures
 * are counted in the metadata as well, where all nodes of the server see them. So an address has
 * its failures once, whatever the number of nodes, but for tries that are under way at the same
 * time on several of them: of those each node lets {@value #BURST} pass. What is counted is
 * forgotten when it has faded.
 */
public final class LoginThrottle {
    public static final int BURST = 10;
    private static final int REFILL_SECONDS = 6;
    private static final int ADDRESSES_MAX = 10_000;

    private final MetadataStore store;
    private final InstantSource clock;
    private final IntSupplier burst;

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
            return faded(failures, at, now);
        }
    }

    private static double faded(double failures, Instant at, Instant now) {
        double leaked = Duration.between(at, now).toMillis() / (1000.0 * REFILL_SECONDS);
        return Math.max(0, failures - Math.max(0, leaked));
    }

    /** Knows of what failed on any node. */
    public LoginThrottle(MetadataStore store, InstantSource clock) {
        this(store, clock, () -> BURST);
    }

    /** The same with as many failures at once as that says, outside of transactions. */
    public LoginThrottle(MetadataStore store, InstantSource clock, IntSupplier burst) {
        this.store = store;
        this.clock = clock;
        this.burst = burst;
    }

    /**
     * Takes one try in advance, so that many at once don't slip through; {@link #succeeded} gives
     * it back.
     */
    public void tryOne(String address) {
        String key = network(address);
        Instant now = clock.instant();
        int most = burst.getAsInt();
        takeOne(key, now, most);
        Optional<Attempts.Count> counted = store.read(read -> read.attempts().find(key));
        if (counted.map(count -> faded(count.failures(), count.at(), now)).orElse(0.0) + 1 > most) {
            throw tooMany();
        }
    }

    private synchronized void takeOne(String key, Instant now, int most) {
        Bucket bucket = buckets.get(key);
        double failures = bucket == null ? 0 : bucket.failuresAt(now);
        if (failures + 1 > most) {
            throw tooMany();
        }
        buckets.put(key, new Bucket(failures + 1, now));
    }

    private static ProblemException tooMany() {
        return ProblemException.retry(
                ErrorCode.LIMITED,
                "too many failed attempts from this address",
                Duration.ofSeconds(REFILL_SECONDS));
    }

    /** The try was a guess that failed: all nodes are to know. */
    public void failed(String address) {
        String key = network(address);
        Instant now = clock.instant();
        int most = burst.getAsInt();
        store.write(write -> {
            double before =
                    write.attempts()
                            .lock(key)
                            .map(count -> faded(count.failures(), count.at(), now))
                            .orElse(0.0);
            // More than the burst would keep the address out for longer than one node does.
            Attempts.Count count = new Attempts.Count(Math.min(most, before + 1), now);
            write.attempts().put(key, count);
            return count;
        });
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
