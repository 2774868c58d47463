package io.syncline.server.collect;

import io.syncline.server.background.LeaseLostException;
import io.syncline.server.background.Rounds;
import io.syncline.storage.metadata.Project;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
    private final Rounds rounds = new Rounds("collector", this::pause, this::inTurn);

    /** A job that does nothing until it is started, or told to. */
    public CollectorJob(Collector collector, InstantSource clock, RandomGenerator random) {
        this.collector = collector;
        this.clock = clock;
        this.random = random;
    }

    /** Begins to do so in the background, whenever the settings let it. Call once. */
    public void start() {
        rounds.start();
    }

    private Duration pause() {
        return ROUND.dividedBy(2).plusMillis(random.nextLong(ROUND.toMillis()));
    }

    private void inTurn() {
        if (collector.settings().enabled()) {
            collector.round(ROUND, this::collectAll);
        }
    }

    /** Collects what is due, unless another node does. */
    public void round() {
        collector.run(this::collectAll);
    }

    private void collectAll() {
        collector.forEachProject(project -> {
            if (collector.isAtWork() && collector.isDue(project, clock.instant())) {
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
        } catch (LeaseLostException e) {
            throw e;
        } catch (RuntimeException e) {
            report(e);
        }
    }

    private void report(RuntimeException e) {
        if (!rounds.isClosed()) {
            log.atError().setCause(e).log("collecting failed; nothing that is needed was touched");
        }
    }

    @Override
    public void close() {
        collector.stop();
        rounds.close();
    }
}
