package io.syncline.storage.event.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.HeadHint;
import io.syncline.storage.event.TransferHint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hints within one process. Each subscription has one slot for the hint that waits, and a virtual
 * thread only while something waits: an idle subscription costs its two objects.
 */
public final class MemoryEventBus implements EventBus {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryEventBus.class);

    private final ConcurrentHashMap<ProjectId, Set<Slot>> slots = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ProjectId, Set<TransferSlot>> transferSlots =
            new ConcurrentHashMap<>();
    private final AtomicInteger subscriptions = new AtomicInteger();
    private final ExecutorService deliveries = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean closed;

    /** A bus without subscriptions. */
    public MemoryEventBus() {}

    @Override
    public void publish(HeadHint hint) {
        slots.getOrDefault(hint.project(), Set.of()).forEach(slot -> slot.offer(hint));
    }

    @Override
    public void publish(TransferHint hint) {
        transferSlots.getOrDefault(hint.project(), Set.of()).forEach(slot -> slot.offer(hint));
    }

    @Override
    public Subscription subscribe(ProjectId project, Consumer<HeadHint> subscriber) {
        count();
        Slot slot = new Slot(project, subscriber);
        add(slots, project, slot);
        return slot;
    }

    @Override
    public Subscription subscribeTransfers(ProjectId project, Consumer<TransferHint> subscriber) {
        count();
        TransferSlot slot = new TransferSlot(project, subscriber);
        add(transferSlots, project, slot);
        return slot;
    }

    private void count() {
        if (closed) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the event bus is closed");
        }
        if (subscriptions.incrementAndGet() > SUBSCRIPTIONS_MAX) {
            subscriptions.decrementAndGet();
            throw new SynclineException(
                    ErrorCode.LIMITED, "more than " + SUBSCRIPTIONS_MAX + " subscriptions");
        }
    }

    private static <S> void add(
            ConcurrentHashMap<ProjectId, Set<S>> to, ProjectId project, S slot) {
        to.compute(
                project,
                (_, old) -> {
                    Set<S> all = old == null ? ConcurrentHashMap.newKeySet() : old;
                    all.add(slot);
                    return all;
                });
    }

    private <S> void remove(ConcurrentHashMap<ProjectId, Set<S>> from, ProjectId project, S slot) {
        from.computeIfPresent(
                project,
                (_, all) -> {
                    if (all.remove(slot)) {
                        subscriptions.decrementAndGet();
                    }
                    return all.isEmpty() ? null : all;
                });
    }

    @Override
    public void close() {
        closed = true;
        slots.clear();
        transferSlots.clear();
        // Deliveries that are running may finish; nobody waits for them.
        deliveries.shutdown();
    }

    private final class Slot implements Subscription {
        private final ProjectId project;
        private final Consumer<HeadHint> subscriber;
        private final AtomicReference<@Nullable HeadHint> waiting = new AtomicReference<>();
        private volatile boolean ended;

        Slot(ProjectId project, Consumer<HeadHint> subscriber) {
            this.project = project;
            this.subscriber = subscriber;
        }

        /**
         * Puts the hint into the slot. Whoever finds the slot empty starts the delivery, and the
         * delivery ends by finding it empty: so there is never more than one, and none is missed.
         */
        void offer(HeadHint hint) {
            if (waiting.getAndUpdate(old -> old == null ? hint : old.coalesced(hint)) == null) {
                try {
                    deliveries.execute(this::deliver);
                } catch (RejectedExecutionException e) {
                    LOG.debug("the bus was closed while a hint was published", e);
                }
            }
        }

        private void deliver() {
            HeadHint hint = waiting.get();
            while (hint != null && !ended && !closed) {
                try {
                    subscriber.accept(hint);
                } catch (RuntimeException e) {
                    LOG.atWarn()
                            .setCause(e)
                            .addKeyValue("project", project)
                            .log("subscriber failed on a hint");
                }
                // The hint stays in the slot while it is delivered, as the sign that someone is at
                // it; only if nothing came meanwhile is the slot empty.
                if (waiting.compareAndSet(hint, null)) {
                    return;
                }
                hint = waiting.get();
            }
        }

        @Override
        public void close() {
            if (ended) {
                return;
            }
            remove(slots, project, this);
            ended = true;
        }
    }

    /** As {@link Slot}, with one waiting hint for each transfer. */
    private final class TransferSlot implements Subscription {
        private final ProjectId project;
        private final Consumer<TransferHint> subscriber;
        private final Object lock = new Object();

        @GuardedBy("lock")
        private final Map<TransferHint.Key, TransferHint> waiting = new LinkedHashMap<>();

        @GuardedBy("lock")
        private boolean delivering;

        private volatile boolean ended;

        TransferSlot(ProjectId project, Consumer<TransferHint> subscriber) {
            this.project = project;
            this.subscriber = subscriber;
        }

        void offer(TransferHint hint) {
            synchronized (lock) {
                if (waiting.size() < TRANSFERS_WAITING_MAX || waiting.containsKey(hint.key())) {
                    waiting.put(hint.key(), hint);
                }
                if (delivering) {
                    return;
                }
                delivering = true;
            }
            try {
                deliveries.execute(this::deliver);
            } catch (RejectedExecutionException e) {
                LOG.debug("the bus was closed while a hint was published", e);
            }
        }

        private void deliver() {
            for (TransferHint hint = take(); hint != null; hint = take()) {
                try {
                    subscriber.accept(hint);
                } catch (RuntimeException e) {
                    LOG.atWarn()
                            .setCause(e)
                            .addKeyValue("project", project)
                            .log("subscriber failed on a hint");
                }
            }
        }

        private @Nullable TransferHint take() {
            synchronized (lock) {
                var first = waiting.entrySet().iterator();
                if (!first.hasNext() || ended || closed) {
                    delivering = false;
                    return null;
                }
                TransferHint hint = first.next().getValue();
                first.remove();
                return hint;
            }
        }

        @Override
        public void close() {
            if (ended) {
                return;
            }
            remove(transferSlots, project, this);
            ended = true;
        }
    }
}
