package io.syncline.server.background;

import io.syncline.storage.metadata.Leases.Lease;
import io.syncline.storage.metadata.MetadataStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many nodes serve these stores, roughly: each holds one of {@value #NODES_MAX} leases, and
 * counts those that are held, every {@link NodeLeases#RENEWAL}. A node that was killed counts for
 * {@link NodeLeases#DURATION} more; beyond the bound they count as so many. The only node of a
 * server asks nobody. Thread-safe.
 */
public final class LiveNodes implements AutoCloseable {
    /** Most that are counted. */
    static final int NODES_MAX = 64;

    /** A name that no node can have. */
    private static final String NOBODY = "?";

    private static final Logger log = LoggerFactory.getLogger(LiveNodes.class);

    private final MetadataStore store;
    private final String node;
    private final InstantSource clock;
    private final ScheduledExecutorService looking =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("live-nodes").factory());
    private volatile int count = 1;

    /** Used by one look at a time. */
    private @Nullable Lease mine;

    /** This node alone, until it looks. */
    public LiveNodes(MetadataStore store, String node, InstantSource clock) {
        this.store = store;
        this.node = node;
        this.clock = clock;
    }

    /** How many there were at the last look, this one included. */
    public int count() {
        return count;
    }

    /** Begins to look. Call once. */
    public void start() {
        if (!node.equals(NodeLeases.ONLY)) {
            var _ =
                    looking.scheduleWithFixedDelay(
                            this::lookOrKeep,
                            0,
                            NodeLeases.RENEWAL.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    private void lookOrKeep() {
        try {
            look();
        } catch (RuntimeException e) {
            // The count stays until the store is back.
            log.atDebug().setCause(e).log("the nodes could not be counted");
        }
    }

    private static String name(int slot) {
        return "node-" + slot;
    }

    /** Keeps this node's lease, or takes one, and counts. */
    synchronized void look() {
        Instant now = clock.instant();
        Lease before = mine;
        if (before != null
                && !store.<Boolean>write(
                        write -> write.leases().renew(before, now, NodeLeases.DURATION))) {
            mine = null;
        }
        if (mine == null) {
            mine = take(free(now), now);
        }
        count = Math.max(1, NODES_MAX - free(now).size());
    }

    private List<Integer> free(Instant now) {
        return store.read(read ->
                IntStream.range(0, NODES_MAX)
                        .filter(slot -> read.leases().isDue(name(slot), NOBODY, now))
                        .boxed()
                        .toList());
    }

    private @Nullable Lease take(List<Integer> free, Instant now) {
        for (int slot : free) {
            Optional<Lease> taken =
                    store.write(write ->
                            write.leases().acquire(name(slot), node, now, NodeLeases.DURATION));
            // Else another node was faster.
            if (taken.isPresent()) {
                return taken.get();
            }
        }
        return null;
    }

    /** Gives the lease back. Idempotent. */
    @Override
    public void close() {
        looking.shutdownNow();
        giveBack();
    }

    private synchronized void giveBack() {
        Lease held = mine;
        mine = null;
        if (held != null) {
            try {
                store.<Boolean>write(write ->
                        write.leases().release(held, clock.instant(), java.time.Duration.ZERO));
            } catch (RuntimeException e) {
                log.atDebug().setCause(e).log("a node's lease runs out by itself");
            }
        }
    }
}
