package io.syncline.server.history;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets versions that have been over for longer than their project keeps them, now and then, in
 * short slices behind what people wait for (R47). A failure is reported and tried again the next
 * time. Thread-safe.
 */
public final class HistoryTrimmer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HistoryTrimmer.class);

    private static final Duration PERIOD = Duration.ofMinutes(10);

    /** Ends looked at in one slice: a few milliseconds. */
    private static final int SLICE = 200;

    /** Slices of one project per round, so that all projects get their turn. */
    private static final int SLICES_MAX = 1_000;

    private static final int PROJECTS_AT_ONCE = 100;

    private final MetadataStore store;
    private final InstantSource clock;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("history-trimmer").factory());
    private volatile boolean closed;

    /** Trims in this store, by this clock, until closed. */
    public HistoryTrimmer(MetadataStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        var _ =
                thread.scheduleWithFixedDelay(
                        this::trimAndReport,
                        PERIOD.toMillis(),
                        PERIOD.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void trimAndReport() {
        try {
            trim();
        } catch (RuntimeException e) {
            if (!closed) {
                log.atWarn().setCause(e).log("trimming history failed");
            }
        }
    }

    /** One round over all projects. */
    public void trim() {
        long after = 0;
        while (!closed) {
            long last = after;
            List<Project> page = store.read(read -> read.projects().page(last, PROJECTS_AT_ONCE));
            if (page.isEmpty()) {
                return;
            }
            page.forEach(this::trim);
            after = page.getLast().key().value();
        }
    }

    private void trim(Project project) {
        Instant now = clock.instant();
        Instant before = now.minus(store.read(read -> read.history(project.key()).retention()));
        for (int i = 0; i < SLICES_MAX && !closed; i++) {
            int passed =
                    store.writeBehind(write -> write.history(project.key()).trim(before, SLICE));
            if (passed < SLICE) {
                return;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
