package io.syncline.server.collect;

import io.syncline.storage.metadata.Project;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects every project in turn, in the background, each again when the interval since the end of
 * its last run is over. A failure is reported and tried again with the next round.
 */
public final class CollectorJob implements AutoCloseable {
    /**
     * How often it is looked for projects that are due, give or take a half, so that servers
     * differ.
     */
    private static final Duration ROUND = Duration.ofMinutes(10);

    private static final Logger log = LoggerFactory.getLogger(CollectorJob.class);

    private final Collector collector;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("collector").factory());
    private volatile boolean closed;

    /** Starts, unless the settings turn it off. */
    public CollectorJob(Collector collector, InstantSource clock, RandomGenerator random) {
        this.collector = collector;
        this.clock = clock;
        this.random = random;
        if (collector.settings().enabled()) {
            schedule();
        }
    }

    private void schedule() {
        long millis = ROUND.toMillis() / 2 + random.nextLong(ROUND.toMillis());
        var _ = thread.schedule(this::roundAndSchedule, millis, TimeUnit.MILLISECONDS);
    }

    private void roundAndSchedule() {
        try {
            round();
        } catch (RuntimeException e) {
            report(e);
        }
        if (!closed) {
            schedule();
        }
    }

    /** Collects what is due. */
    void round() {
        collector.forEachProject(project -> {
            if (collector.isDue(project, clock.instant())) {
                collect(project);
            }
        });
    }

    private void collect(Project project) {
        Instant start = clock.instant();
        try {
            CollectReport report = collector.collect(project.id(), CollectRequest.full());
            log.atInfo()
                    .addKeyValue("project", project.id())
                    .addKeyValue("took", Duration.between(start, clock.instant()))
                    .addKeyValue("blocks", report.blocks())
                    .addKeyValue("condemned", report.condemned())
                    .addKeyValue("deleted", report.deleted())
                    .addKeyValue("freedBytes", report.freedBytes())
                    .log("collected");
        } catch (RuntimeException e) {
            report(e);
        }
    }

    private void report(RuntimeException e) {
        if (!closed) {
            log.atError().setCause(e).log("collecting failed; nothing that is needed was touched");
        }
    }

    @Override
    public void close() {
        closed = true;
        collector.stop();
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                log.warn("the collector didn't stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
