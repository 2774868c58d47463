package io.syncline.server.background;

import io.syncline.storage.metadata.MetadataStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases that this node works under, renewed on a thread of their own while a single step takes
 * long. Thread-safe.
 */
public final class NodeLeases implements AutoCloseable {
    /** After a node was killed another takes over within this time. */
    public static final Duration DURATION = Duration.ofSeconds(30);

    /** How often a lease is renewed while it is held. */
    static final Duration RENEWAL = Duration.ofSeconds(10);

    /** The name of a node that has its stores for itself: what it held before it gets at once. */
    public static final String ONLY = "local";

    private static final Logger log = LoggerFactory.getLogger(NodeLeases.class);

    private final MetadataStore store;
    private final String node;
    private final InstantSource clock;
    private final WorkObserver observer;
    private final List<Leased> all = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService renewer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("leases").factory());

    /**
     * None yet.
     *
     * @param node no other node that uses this store may have the same name; two that do steal each
     *     other's leases, which is slow and does no harm
     */
    public NodeLeases(MetadataStore store, String node, InstantSource clock) {
        this(store, node, clock, WorkObserver.NONE);
    }

    /** The same, whose work somebody watches. */
    public NodeLeases(
            MetadataStore store, String node, InstantSource clock, WorkObserver observer) {
        this.observer = observer;
        this.store = store;
        this.node = node;
        this.clock = clock;
    }

    /** A lease of the only node there is, which steps renew as they are made. */
    public static Leased only(MetadataStore store, String name, InstantSource clock) {
        return new Leased(store, name, ONLY, clock, WorkObserver.NONE);
    }

    /** The lease for work of this name, 1..64 characters of ASCII. */
    public Leased of(String name) {
        Leased lease = new Leased(store, name, node, clock, observer);
        all.add(lease);
        return lease;
    }

    /** Begins to renew. Call once. */
    public void start() {
        var _ =
                renewer.scheduleWithFixedDelay(
                        this::renew, RENEWAL.toMillis(), RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Renews what is held. */
    void renew() {
        for (Leased lease : all) {
            try {
                lease.renew();
            } catch (RuntimeException e) {
                // It is tried again before the next step; a store that is away stops that as well.
                log.atWarn()
                        .setCause(e)
                        .addKeyValue("lease", lease.name())
                        .log("a lease could not be renewed");
            }
        }
    }

    /** All leases, for whoever counts them. */
    public List<Leased> all() {
        return List.copyOf(all);
    }

    /** Gives back what is still held. Idempotent. */
    @Override
    public void close() {
        renewer.shutdownNow();
        all.forEach(Leased::giveBack);
    }
}
