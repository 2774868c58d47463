package io.syncline.server.snapshot;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.snapshot.SnapshotReader;
import io.syncline.core.tree.ProjectId;
import io.syncline.server.background.LeaseLostException;
import io.syncline.server.background.Leased;
import io.syncline.server.background.NodeLeases;
import io.syncline.server.background.Rounds;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Snapshot;
import io.syncline.storage.metadata.SnapshotId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes over all projects once a minute, on one thread of one node at a time: makes the snapshots
 * that are due, reads through those not read for a day and drops damaged ones, and deletes old ones
 * and files without rows. So at most one snapshot is made at a time, however many want it (R50). A
 * failure is reported and tried again the next time.
 */
public final class SnapshotKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SnapshotKeeper.class);

    private static final Duration PERIOD = Duration.ofMinutes(1);

    /** How often a whole file is read and checked. */
    private static final Duration CHECKED = Duration.ofDays(1);

    /** A file without a row belongs to a crash, once it is older than any making of one. */
    private static final Duration ORPHANED = Duration.ofHours(24);

    private static final int PAGE = 500;

    /** The name of the lease that it works under. */
    public static final String LEASE = "snapshots";

    private final Leased lease;
    private final MetadataStore store;
    private final SnapshotFiles files;
    private final InstantSource clock;
    private final SnapshotBuilder builder;
    private final Rounds rounds;

    /** Projects that are to be looked at soon. */
    private final Set<ProjectId> nudged = ConcurrentHashMap.newKeySet();

    /** When the newest file of a project was last read through; used by the thread only. */
    private Map<SnapshotId, Instant> checked = new HashMap<>();

    /** Keeps the snapshots of all projects in this store. */
    public SnapshotKeeper(
            MetadataStore store,
            BlockStore blocks,
            SnapshotFiles files,
            InstantSource clock,
            RandomGenerator random) {
        this(
                NodeLeases.only(store, LEASE, clock),
                blocks,
                files,
                clock,
                random,
                Thread.ofPlatform().daemon().factory());
    }

    /** Keeps the snapshots of all projects under this lease, on a thread of that kind. */
    public SnapshotKeeper(
            Leased lease,
            BlockStore blocks,
            SnapshotFiles files,
            InstantSource clock,
            RandomGenerator random,
            ThreadFactory threads) {
        this.lease = lease;
        this.store = lease.store();
        this.files = files;
        this.clock = clock;
        this.builder = new SnapshotBuilder(store, blocks, files, clock, random);
        this.rounds = new Rounds(LEASE, () -> PERIOD, this::round, threads);
    }

    /** Begins to do so in the background. Call once. */
    public void start() {
        rounds.start();
    }

    /**
     * Looks at a project soon, because somebody wanted its snapshot in vain; of many such wishes
     * one is carried out (R50). A small project has none, and isn't looked at.
     */
    void nudge(Project project) {
        if (rounds.isClosed() || project.head() <= Due.CHANGES_MIN || !nudged.add(project.id())) {
            return;
        }
        boolean begins =
                rounds.soon(() -> {
                    nudged.remove(project.id());
                    // Where another node is at it, who wanted it asks again.
                    lease.run(() ->
                            store.read(read -> read.projects().find(project.id()))
                                    .ifPresent(now -> keepAndReport(now, checked)));
                });
        if (!begins) {
            // Closed meanwhile: the next start looks at everything.
            nudged.remove(project.id());
        }
    }

    private void round() {
        lease.round(PERIOD, this::sweepAll);
    }

    /** One round over all projects, unless another node makes one. */
    public void sweep() {
        lease.run(this::sweepAll);
    }

    private void sweepAll() {
        Map<SnapshotId, Instant> stillChecked = new HashMap<>();
        long after = 0;
        List<Project> page;
        do {
            long from = after;
            page = store.read(read -> read.projects().page(from, PAGE));
            for (Project project : page) {
                if (rounds.isClosed()) {
                    return;
                }
                after = project.key().value();
                keepAndReport(project, stillChecked);
            }
        } while (page.size() == PAGE);
        checked = stillChecked;
    }

    private void keepAndReport(Project project, Map<SnapshotId, Instant> stillChecked) {
        try {
            keep(project, stillChecked);
        } catch (LeaseLostException e) {
            throw e;
        } catch (RuntimeException e) {
            if (!rounds.isClosed()) {
                log.atWarn()
                        .addKeyValue("project", project.id())
                        .setCause(e)
                        .log("a snapshot failed");
            }
        }
    }

    private void keep(Project project, Map<SnapshotId, Instant> stillChecked) {
        Instant now = clock.instant();
        Optional<Snapshot> newest = newest(project);
        while (newest.isPresent() && !isWhole(project, newest.get(), now, stillChecked)) {
            forget(project, newest.get());
            newest = newest(project);
        }
        if (Due.isDue(project, newest, now)) {
            Optional<Snapshot> made = builder.build(project.id());
            made.ifPresent(snapshot -> stillChecked.put(snapshot.id(), now));
            newest = newest(project);
        }
        if (newest.isPresent()) {
            deleteOld(project, now);
        }
    }

    private Optional<Snapshot> newest(Project project) {
        return store.read(read -> read.snapshots(project.key()).newest());
    }

    /** Whether the file is there and, as far as is known since a while, undamaged. */
    private boolean isWhole(
            Project project,
            Snapshot snapshot,
            Instant now,
            Map<SnapshotId, Instant> stillChecked) {
        Instant last = checked.getOrDefault(snapshot.id(), Instant.MIN);
        boolean recent = last.isAfter(now.minus(CHECKED));
        try (SnapshotFiles.Reading reading =
                files.open(project.id(), snapshot.id().value()).orElse(null)) {
            if (reading == null) {
                log.atError()
                        .addKeyValue("project", project.id())
                        .addKeyValue("snapshot", snapshot.id())
                        .log("the file of a snapshot is gone");
                return false;
            }
            if (!recent) {
                check(project.id(), snapshot, reading);
            }
            stillChecked.put(snapshot.id(), recent ? last : now);
            return true;
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.CORRUPT) {
                throw e;
            }
            log.atError()
                    .addKeyValue("project", project.id())
                    .addKeyValue("snapshot", snapshot.id())
                    .setCause(e)
                    .log("a snapshot is damaged and made anew");
            return false;
        }
    }

    private static void check(ProjectId project, Snapshot snapshot, SnapshotFiles.Reading reading) {
        try (SnapshotReader reader = SnapshotReader.open(reading)) {
            var head = reader.head();
            if (!head.project().equals(project)
                    || !head.cursor().equals(snapshot.cursor())
                    || !head.digest().equals(snapshot.digest())
                    || head.sizeBytes() != reading.sizeBytes()
                    || reading.sizeBytes() != snapshot.sizeBytes()) {
                throw SynclineException.corrupt("the file is another snapshot's");
            }
            int read;
            do {
                read = reader.next().size();
            } while (read > 0);
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.CORRUPT, "the file can't be read", e);
        }
    }

    /** The row first: a crash between leaves a file without a row, which goes later. */
    private void forget(Project project, Snapshot snapshot) {
        store.writeBehind(write -> write.snapshots(project.key()).delete(snapshot.id()));
        files.delete(project.id(), snapshot.id().value());
    }

    private void deleteOld(Project project, Instant now) {
        List<Snapshot> all = store.read(read -> read.snapshots(project.key()).list());
        List<Snapshot> old = new ArrayList<>();
        for (int i = 1; i < all.size(); i++) {
            Instant superseded = all.get(i - 1).created();
            if (i >= Due.KEPT_MAX || superseded.plus(Due.KEPT).isBefore(now)) {
                old.add(all.get(i));
            }
        }
        old.forEach(snapshot -> forget(project, snapshot));
        Set<String> known = new HashSet<>();
        all.forEach(snapshot -> known.add(snapshot.id().value()));
        for (SnapshotFiles.Entry file : files.list(project.id())) {
            if (!known.contains(file.name()) && file.published().plus(ORPHANED).isBefore(now)) {
                files.delete(project.id(), file.name());
            }
        }
    }

    @Override
    public void close() {
        rounds.close();
    }
}
