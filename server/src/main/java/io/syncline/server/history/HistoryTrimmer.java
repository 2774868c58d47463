package io.syncline.server.history;

import io.syncline.server.background.Leased;
import io.syncline.server.background.NodeLeases;
import io.syncline.server.background.Rounds;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

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

    /** The name of the lease that it works under. */
    public static final String LEASE = "history";

    private final Leased lease;
    private final MetadataStore store;
    private final InstantSource clock;
    private final Supplier<Duration> standard;
    private final Rounds rounds = new Rounds("history-trimmer", () -> PERIOD, this::round);

    /** Trims in this store, by this clock, until closed. */
    public HistoryTrimmer(MetadataStore store, InstantSource clock) {
        this(NodeLeases.only(store, LEASE, clock), clock);
    }

    /** Trims under this lease, by this clock, until closed. */
    public HistoryTrimmer(Leased lease, InstantSource clock) {
        this(lease, clock, () -> History.RETENTION);
    }

    /**
     * The same.
     *
     * @param standard the retention of projects that say nothing of it; asked outside of
     *     transactions
     */
    public HistoryTrimmer(Leased lease, InstantSource clock, Supplier<Duration> standard) {
        this.standard = standard;
        this.lease = lease;
        this.store = lease.store();
        this.clock = clock;
    }

    /** Begins to do so in the background. Call once. */
    public void start() {
        rounds.start();
    }

    private void round() {
        lease.round(PERIOD, this::trimAll);
    }

    /** One round over all projects, unless another node makes one. */
    public void trim() {
        lease.run(this::trimAll);
    }

    private void trimAll() {
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
        Optional<Duration> own = store.read(read -> read.history(project.key()).ownRetention());
        Instant before = now.minus(own.orElseGet(standard));
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
