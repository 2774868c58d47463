package io.syncline.server.collect;

import io.syncline.core.block.CutParameters;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.server.background.LeaseLostException;
import io.syncline.server.background.Leased;
import io.syncline.server.background.NodeLeases;
import io.syncline.server.block.BlockReader;
import io.syncline.server.collect.CollectReport.Phase;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the blocks that one project at a time doesn't need any more. Thread-safe; two runs at
 * once are refused. It may run beside everything else that a server does, and be stopped at any
 * time: the next run goes on.
 */
public final class Collector {
    private static final Logger log = LoggerFactory.getLogger(Collector.class);

    /** How far the clocks of two servers may be apart without a block counting as too old. */
    private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(10);

    private static final int PAGE = 200;

    /** The name of the lease that it works under. */
    public static final String LEASE = "collecting";

    private final MetadataStore store;
    private final Leased lease;
    private final BlockStore blocks;
    private final BlockReader reader;
    private final InstantSource clock;
    private final Supplier<CollectSettings> settings;
    private final String node;
    private final ReentrantLock running = new ReentrantLock();
    private volatile boolean stopping;

    /** Collects in these stores. */
    public Collector(
            MetadataStore store, BlockStore blocks, InstantSource clock, CollectSettings settings) {
        this(
                store,
                NodeLeases.only(store, LEASE, clock),
                blocks,
                new BlockReader(store, blocks, clock),
                clock,
                () -> settings,
                NodeLeases.ONLY);
    }

    /**
     * Collects in these stores under a lease for the same metadata, reading tree blocks so.
     *
     * @param settings asked at the beginning of each run, outside of transactions
     * @param node the name of this node, which is noted with each run
     */
    public Collector(
            MetadataStore store,
            Leased lease,
            BlockStore blocks,
            BlockReader reader,
            InstantSource clock,
            Supplier<CollectSettings> settings,
            String node) {
        this.node = node;
        this.store = store;
        this.lease = lease;
        this.blocks = blocks;
        this.reader = reader;
        this.clock = clock;
        this.settings = settings;
    }

    /** How it collects. */
    public CollectSettings settings() {
        return settings.get();
    }

    /** Whether a collection runs here now. */
    public boolean isRunning() {
        return running.isLocked();
    }

    /**
     * Keeps superseded packs from being filled on. To be called after the block store was opened,
     * before the first append.
     */
    public void retireSuperseded() {
        forEachProject(project ->
                store.read(read -> read.packs(project.key()).superseded(Integer.MAX_VALUE))
                        .forEach(pack -> blocks.retire(project.id(), pack.id())));
    }

    /**
     * Collects one project.
     *
     * @throws SynclineException NOT_FOUND for an unknown project; LIMITED while another collection
     *     runs; UPGRADE_REQUIRED for a project of an unknown format; CORRUPT where something that
     *     is needed is missing or damaged, and whatever the stores say: then nothing was condemned
     *     after it was found
     */
    public CollectReport collect(ProjectId id, CollectRequest request) {
        return collect(id, request, () -> stopping);
    }

    CollectReport collect(ProjectId id, CollectRequest request, BooleanSupplier stop) {
        if (!running.tryLock()) {
            throw new SynclineException(ErrorCode.LIMITED, "a collection is running already");
        }
        try {
            Project project =
                    store.read(read -> read.projects().find(id))
                            .orElseThrow(() ->
                                    new SynclineException(
                                            ErrorCode.NOT_FOUND, "there is no project " + id));
            // Tree blocks of a format that this server doesn't know can't be followed (R41).
            var _ = CutParameters.of(project.format());
            return lease.during(() -> noted(project, request, () -> checkRunning(stop)))
                    .orElseThrow(() ->
                            new SynclineException(ErrorCode.LIMITED, "another node is collecting"));
        } finally {
            running.unlock();
        }
    }

    /** Does something under the lease for collecting, unless another node has it. */
    void round(Duration period, Runnable work) {
        lease.round(period, work);
    }

    /** The same, however recently another node did so. */
    void run(Runnable work) {
        lease.run(work);
    }

    /** Whether a round may go on. */
    boolean isAtWork() {
        return lease.isHeld() && !stopping;
    }

    private void checkRunning(BooleanSupplier stop) {
        if (stop.getAsBoolean()) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the collector is stopping");
        }
        // Asks again whether it still holds the lease, if that is due.
        lease.check();
    }

    /** Collects, and remembers what came of it. */
    private CollectReport noted(Project project, CollectRequest request, Runnable checkpoint) {
        Instant started = clock.instant();
        try {
            CollectReport report = collect(project, request, checkpoint);
            CollectRuns.add(lease.store(), CollectRuns.of(project.name(), node, report));
            return report;
        } catch (LeaseLostException e) {
            throw e;
        } catch (RuntimeException e) {
            if (!stopping) {
                CollectRuns.add(
                        lease.store(),
                        CollectRuns.failed(
                                project.id(),
                                project.name(),
                                node,
                                started,
                                Duration.between(started, clock.instant()),
                                String.valueOf(e.getMessage())));
            }
            throw e;
        }
    }

    private CollectReport collect(Project project, CollectRequest request, Runnable checkpoint) {
        CollectSettings bounds = settings.get();
        Tally tally = new Tally(project.id(), request.dryRun(), clock, request.progress());
        Instant now = clock.instant();
        Instant due = now.minus(bounds.horizon());
        lookAtQuarantine(project, tally, checkpoint);
        tally.enter(Phase.MARKING);
        Instant youngSince = youngSince(project, now);
        try (Marker marker = new Marker(lease.store(), reader, project, youngSince, checkpoint)) {
            marker.mark();
            tally.reachable = marker.count();
            tally.enter(Phase.CONDEMNING);
            Sweep sweep =
                    new Sweep(
                            lease.store(),
                            project.key(),
                            marker,
                            tally,
                            clock,
                            due,
                            request.deletionsMax().orElse(bounds.deletionsMax()),
                            checkpoint);
            Map<Long, Long> liveBytes = sweep.run();
            tally.reachable = marker.count();
            tally.enter(Phase.COMPACTING);
            new Compaction(
                            lease.store(),
                            blocks,
                            project,
                            tally,
                            clock,
                            due,
                            bounds.rewriteBytesMax(),
                            checkpoint)
                    .run(liveBytes);
            if (!request.dryRun()) {
                lease.store()
                        .writeBehind(write -> {
                            write.collecting(project.key()).finish(clock.instant());
                            return true;
                        });
            }
        } catch (Sweep.BusyException e) {
            tally.stopped = e.getMessage();
            log.atInfo().setCause(e).addKeyValue("project", project.id()).log("not collected");
        }
        tally.enter(Phase.DONE);
        return tally.report();
    }

    /** Since when blocks are too young to be judged (R26). */
    private Instant youngSince(Project project, Instant now) {
        Instant grace = now.minus(settings.get().grace());
        Optional<Instant> session =
                store.read(read -> read.uploads(project.key()).oldestStart(now));
        return session.map(start -> start.minus(CLOCKS_APART_MAX))
                .filter(start -> start.isBefore(grace))
                .orElse(grace);
    }

    /** Data blocks that can be read after all, because a disk is back, leave quarantine. */
    private void lookAtQuarantine(Project project, Tally tally, Runnable checkpoint) {
        Optional<Hash> after = Optional.empty();
        while (true) {
            Optional<Hash> from = after;
            checkpoint.run();
            List<Hash> page = store.read(read -> read.quarantine(project.key()).page(from, PAGE));
            for (Hash hash : page) {
                checkpoint.run();
                boolean healed = !tally.dryRun && heal(project, hash);
                tally.healed += healed ? 1 : 0;
                tally.quarantined += healed ? 0 : 1;
            }
            if (page.size() < PAGE) {
                return;
            }
            after = Optional.of(page.getLast());
        }
    }

    private boolean heal(Project project, Hash hash) {
        var row = store.read(read -> read.blocks(project.key()).find(List.of(hash))).get(hash);
        if (row == null || row.level() > 0) {
            // A tree block stands for what it lists, which may be gone: it has to be sent again.
            return false;
        }
        try {
            reader.framesAsTheyAre(project, List.of(row));
        } catch (SynclineException e) {
            if (e.code() == ErrorCode.CORRUPT) {
                log.atWarn().setCause(e).log("a quarantined block still can't be read");
                return false;
            }
            throw e;
        }
        return lease.store()
                .writeBehind(write -> {
                    write.collecting(project.key()).share();
                    boolean same =
                            write.blocks(project.key()).find(List.of(hash)).values().stream()
                                    .anyMatch(found -> found.location().equals(row.location()));
                    return same && write.quarantine(project.key()).release(hash, clock.instant());
                });
    }

    /** Whether the interval since the project's last whole run is over. */
    boolean isDue(Project project, Instant now) {
        return store.read(read -> read.collecting(project.key()).finished())
                .filter(last -> last.plus(settings.get().interval()).isAfter(now))
                .isEmpty();
    }

    /** Hands over every project. */
    void forEachProject(Consumer<Project> visitor) {
        long after = 0;
        while (!stopping) {
            long from = after;
            List<Project> page = store.read(read -> read.projects().page(from, PAGE));
            page.forEach(visitor);
            if (page.size() < PAGE) {
                return;
            }
            after = page.getLast().key().value();
        }
    }

    /** Ends a run that is under way with UNAVAILABLE, soon; later ones are refused likewise. */
    public void stop() {
        stopping = true;
    }
}
