package io.syncline.server.history;

import io.syncline.server.background.Rounds;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Forgets versions that have been over for longer than their project keeps them, now and then, in
 * short slices behind what people wait for (R47). A failure is reported and tried again the next
 * time. Thread-safe.
 */
public final class HistoryTrimmer implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMinutes(10);

    /** Ends looked at in one slice: a few milliseconds. */
    private static final int SLICE = 200;

    /** Slices of one project per round, so that all projects get their turn. */
    private static final int SLICES_MAX = 1_000;

    private static final int PROJECTS_AT_ONCE = 100;

    private final MetadataStore store;
    private final InstantSource clock;
    private final Rounds rounds = new Rounds("history-trimmer", () -> PERIOD, this::trim);

    /** Trims in this store, by this clock, until closed. */
    public HistoryTrimmer(MetadataStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Begins to do so in the background. Call once. */
    public void start() {
        rounds.start();
    }

    /** One round over all projects. */
    public void trim() {
        long after = 0;
        while (!rounds.isClosed()) {
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
        for (int i = 0; i < SLICES_MAX && !rounds.isClosed(); i++) {
            int passed =
                    store.writeBehind(write -> write.history(project.key()).trim(before, SLICE));
            if (passed < SLICE) {
                return;
            }
        }
    }

    @Override
    public void close() {
        rounds.close();
    }
}
