package io.syncline.server.background;

import io.syncline.storage.metadata.Leases.Lease;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.WriteTransaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that one node of a server does at a time, under a lease. What it does to the metadata goes
 * through {@link #store}: each step makes sure that the lease is still held, and each write asks so
 * in its own transaction. So a node that was paused, while its lease ran out and another took over,
 * can do nothing any more. Thread-safe; two works of one node take turns.
 */
public final class Leased {
    private static final Logger log = LoggerFactory.getLogger(Leased.class);

    private final MetadataStore plain;
    private final MetadataStore fenced = new Fenced();
    private final String name;
    private final String node;
    private final InstantSource clock;
    private final WorkObserver observer;
    private final ReentrantLock running = new ReentrantLock();

    /** What is held; null before, after, and once it was lost. */
    private volatile @Nullable Lease held;

    private volatile Instant renewAt = Instant.MIN;

    Leased(
            MetadataStore store,
            String name,
            String node,
            InstantSource clock,
            WorkObserver observer) {
        this.observer = observer;
        this.plain = store;
        this.name = name;
        this.node = node;
        this.clock = clock;
    }

    /** What the work is called. */
    public String name() {
        return name;
    }

    /** Whether this node holds it. */
    public boolean isHeld() {
        return held != null;
    }

    /** Fails with {@link LeaseLostException} where it isn't held any more, before a step. */
    public void check() {
        var _ = step();
    }

    /**
     * The store for the work: fails with {@link LeaseLostException} before a step where the lease
     * isn't held. Closing it does nothing.
     */
    public MetadataStore store() {
        return fenced;
    }

    /**
     * Does the work unless another node does it.
     *
     * @return the result; absent where another node does it
     * @throws LeaseLostException where another node took over meanwhile
     */
    public <T> Optional<T> during(Supplier<T> work) {
        return during(Duration.ZERO, work);
    }

    private <T> Optional<T> during(Duration rest, Supplier<T> work) {
        if (running.isHeldByCurrentThread()) {
            return Optional.of(work.get());
        }
        running.lock();
        try {
            if (!acquire()) {
                return Optional.empty();
            }
            long start = System.nanoTime();
            boolean failed = true;
            try {
                Optional<T> result = Optional.of(work.get());
                failed = false;
                return result;
            } finally {
                giveBack(rest);
                observer.worked(name, System.nanoTime() - start, failed);
            }
        } finally {
            running.unlock();
        }
    }

    /** As {@link #during}, for work in the background: losing the lease only ends it. */
    public boolean run(Runnable work) {
        return run(Duration.ZERO, work);
    }

    /**
     * One round of work that is done once in a period in the whole cluster: not where another node
     * has begun one within the period.
     */
    public boolean round(Duration period, Runnable work) {
        boolean due = plain.<Boolean>read(read -> read.leases().isDue(name, node, clock.instant()));
        // The one that did it last is the first whose period is over.
        return due && run(period.plus(NodeLeases.DURATION), work);
    }

    private boolean run(Duration rest, Runnable work) {
        try {
            return during(
                            rest,
                            () -> {
                                work.run();
                                return true;
                            })
                    .isPresent();
        } catch (LeaseLostException e) {
            log.atWarn().addKeyValue("lease", name).log("another node took over");
            return false;
        }
    }

    private boolean acquire() {
        Instant now = clock.instant();
        Optional<Lease> acquired =
                plain.writeBehind(
                        write -> write.leases().acquire(name, node, now, NodeLeases.DURATION));
        renewAt = now.plus(NodeLeases.RENEWAL);
        held = acquired.orElse(null);
        return acquired.isPresent();
    }

    /** Renews it if it is held. */
    void renew() {
        Lease lease = held;
        if (lease == null) {
            return;
        }
        Instant now = clock.instant();
        boolean ours =
                plain.<Boolean>write(
                        write -> write.leases().renew(lease, now, NodeLeases.DURATION));
        if (ours) {
            renewAt = now.plus(NodeLeases.RENEWAL);
        } else {
            lost(lease);
        }
    }

    private void lost(Lease lease) {
        if (lease.equals(held)) {
            held = null;
        }
    }

    /** Ends it without a rest, whoever works under it. */
    void giveBack() {
        giveBack(Duration.ZERO);
    }

    private void giveBack(Duration rest) {
        Lease lease = held;
        if (lease == null) {
            return;
        }
        held = null;
        try {
            plain.<Boolean>writeBehind(
                    write -> write.leases().release(lease, clock.instant(), rest));
        } catch (RuntimeException e) {
            // It runs out by itself.
            log.atDebug().setCause(e).addKeyValue("lease", name).log("a lease wasn't given back");
        }
    }

    /** The lease, which is ours as far as is known. */
    private Lease step() {
        if (!clock.instant().isBefore(renewAt)) {
            renew();
        }
        Lease lease = held;
        if (lease == null) {
            throw new LeaseLostException(name);
        }
        return lease;
    }

    private final class Fenced implements MetadataStore {
        @Override
        public <T> T read(Read<T> work) {
            var _ = step();
            return plain.read(work);
        }

        @Override
        public <T> T write(Write<T> work) {
            Lease lease = step();
            try {
                return plain.write(write -> work.run(checked(write, lease)));
            } catch (LeaseLostException e) {
                lost(lease);
                throw e;
            }
        }

        @Override
        public <T> T writeBehind(Write<T> work) {
            Lease lease = step();
            try {
                return plain.writeBehind(write -> work.run(checked(write, lease)));
            } catch (LeaseLostException e) {
                lost(lease);
                throw e;
            }
        }

        private WriteTransaction checked(WriteTransaction write, Lease lease) {
            if (!write.leases().holds(lease)) {
                throw new LeaseLostException(name);
            }
            return write;
        }

        @Override
        public void close() {
            // It is whoever's that opened it.
        }
    }
}
