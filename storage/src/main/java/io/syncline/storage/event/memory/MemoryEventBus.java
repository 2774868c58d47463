package io.syncline.storage.event.memory;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.event.EventBus;
import io.syncline.storage.event.HeadHint;
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
    public Subscription subscribe(ProjectId project, Consumer<HeadHint> subscriber) {
        if (closed) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the event bus is closed");
        }
        if (subscriptions.incrementAndGet() > SUBSCRIPTIONS_MAX) {
            subscriptions.decrementAndGet();
            throw new SynclineException(
                    ErrorCode.LIMITED, "more than " + SUBSCRIPTIONS_MAX + " subscriptions");
        }
        Slot slot = new Slot(project, subscriber);
        slots.compute(
                project,
                (_, old) -> {
                    Set<Slot> all = old == null ? ConcurrentHashMap.newKeySet() : old;
                    all.add(slot);
                    return all;
                });
        return slot;
    }

    @Override
    public void close() {
        closed = true;
        slots.clear();
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
            if (waiting.getAndUpdate(old -> coalesce(old, hint)) == null) {
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

        private static HeadHint coalesce(@Nullable HeadHint old, HeadHint hint) {
            if (old == null || !old.epoch().equals(hint.epoch())) {
                return hint;
            }
            return old.sequence() >= hint.sequence() ? old : hint;
        }

        @Override
        public void close() {
            if (ended) {
                return;
            }
            slots.computeIfPresent(
                    project,
                    (_, all) -> {
                        if (all.remove(this)) {
                            subscriptions.decrementAndGet();
                        }
                        return all.isEmpty() ? null : all;
                    });
            ended = true;
        }
    }
}
