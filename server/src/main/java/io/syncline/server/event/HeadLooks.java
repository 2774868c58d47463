package io.syncline.server.event;

import io.syncline.core.tree.ProjectId;
import io.syncline.storage.event.EventBus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The net under hints between nodes: looks at the heads of watched projects where hints of other
 * nodes may have been missed. At once when the bus says so; of all watched projects at every tick
 * while the bus is cut off, and rarely otherwise. Never where one process is all there is.
 * Thread-safe.
 *
 * <p>Looks are made in slices, one after another: the store has at most one of them to answer at a
 * time. What waits is bounded by the watched projects.
 */
final class HeadLooks {
    /** How often all watched projects are looked at although the bus works. */
    static final Duration EVERY = Duration.ofMinutes(1);

    /** Projects looked at in one read of the store. */
    private static final int SLICE = 100;

    private static final Logger log = LoggerFactory.getLogger(HeadLooks.class);

    private final Supplier<Set<ProjectId>> watched;
    private final Consumer<Set<ProjectId>> look;
    private final Set<ProjectId> due = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean running = new AtomicBoolean();
    private final Executor executor;
    private Instant next = Instant.MIN;

    /**
     * @param watched the projects that are watched now
     * @param look looks at the heads of these projects and tells of what is new
     * @param executor what it looks on
     */
    HeadLooks(Supplier<Set<ProjectId>> watched, Consumer<Set<ProjectId>> look, Executor executor) {
        this.watched = watched;
        this.look = look;
        this.executor = executor;
    }

    /** Hints of this project may have been missed. Returns at once. */
    void missed(ProjectId project) {
        due.add(project);
        begin();
    }

    /** Called every few seconds by one thread. */
    void tick(Instant now, EventBus.Reach reach) {
        switch (reach) {
            case PROCESS -> {
                return;
            }
            case CUT_OFF -> due.addAll(watched.get());
            case CLUSTER -> {
                if (!next.isAfter(now)) {
                    next = now.plus(EVERY);
                    due.addAll(watched.get());
                }
            }
        }
        begin();
    }

    private void begin() {
        if (!due.isEmpty() && !running.getAndSet(true)) {
            try {
                executor.execute(this::run);
            } catch (RejectedExecutionException e) {
                log.atDebug().setCause(e).log("closed while a look was due");
            }
        }
    }

    private void run() {
        try {
            while (!due.isEmpty()) {
                List<ProjectId> slice = due.stream().limit(SLICE).toList();
                due.removeAll(slice);
                try {
                    look.accept(Set.copyOf(slice));
                } catch (RuntimeException e) {
                    // The next tick goes on with them.
                    due.addAll(slice);
                    log.atWarn().setCause(e).log("cannot look at heads");
                    return;
                }
            }
        } finally {
            running.set(false);
        }
        // One that became due after the last look at the set, and before the line above.
        begin();
    }
}
