package io.syncline.server.collect;

import io.syncline.core.tree.ProjectId;
import io.syncline.server.collect.CollectReport.Phase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The report while it grows. Used by one thread. */
final class Tally {
    final boolean dryRun;
    long blocks;
    long reachable;
    long young;
    long condemned;
    long revived;
    long waiting;
    long deleted;
    long deletedBytes;
    long quarantined;
    long healed;
    long packs;
    long packBytes;
    long packsRewritten;
    long copiedBytes;
    long packsSuperseded;
    long packsDeleted;
    long freedBytes;
    boolean capped;
    @Nullable String stopped;

    private final ProjectId project;
    private final InstantSource clock;
    private final Instant started;
    private final Consumer<CollectReport> progress;
    private Phase phase = Phase.MARKING;

    Tally(
            ProjectId project,
            boolean dryRun,
            InstantSource clock,
            Consumer<CollectReport> progress) {
        this.project = project;
        this.dryRun = dryRun;
        this.clock = clock;
        this.started = clock.instant();
        this.progress = progress;
    }

    void enter(Phase next) {
        phase = next;
        tell();
    }

    void tell() {
        progress.accept(report());
    }

    CollectReport report() {
        return new CollectReport(
                project,
                dryRun,
                phase,
                started,
                Duration.between(started, clock.instant()),
                blocks,
                reachable,
                young,
                condemned,
                revived,
                waiting,
                deleted,
                deletedBytes,
                quarantined,
                healed,
                packs,
                packBytes,
                packsRewritten,
                copiedBytes,
                packsSuperseded,
                packsDeleted,
                freedBytes,
                capped,
                Optional.ofNullable(stopped));
    }
}
