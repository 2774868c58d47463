package io.syncline.server.floor;

import io.syncline.server.background.Leased;
import io.syncline.server.background.NodeLeases;
import io.syncline.server.background.Rounds;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.WriteTransaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Raises each project's floor now and then to what all its live replicas have received, but never
 * past its newest snapshot, and deletes the tombstones at or below it and the digests below it, in
 * short slices behind what people wait for (R16, R47). A project without a live replica keeps none:
 * whoever comes back begins anew. A failure is reported and tried again the next time.
 */
public final class FloorKeeper implements AutoCloseable {
    /** A replica that wasn't seen for longer no longer holds the floor. */
    public static final Duration LIVE = Duration.ofDays(90);

    private static final Duration PERIOD = Duration.ofMinutes(10);

    /** Projects looked at in one read. */
    private static final int PROJECTS = 200;

    /** Rows of one slice: a few milliseconds. */
    private static final int SLICE = 200;

    /** Changes that the index of names follows in one slice; they cost more. */
    private static final int NAMES = 50;

    /** Slices of one project per period, so that no project waits for another's for long. */
    private static final int SLICES_MAX = 2_000;

    /** The name of the lease that it works under. */
    public static final String LEASE = "floors";

    private final Leased lease;
    private final MetadataStore store;
    private final InstantSource clock;

    /** Projects below whose floor something may be left; all of them at first. */
    private final Set<ProjectKey> unfinished = new HashSet<>();

    private boolean everRan;
    private final Rounds rounds = new Rounds("floor-keeper", () -> PERIOD, this::round);

    /** Keeps the floors of this store's projects from now on. */
    public FloorKeeper(MetadataStore store, InstantSource clock) {
        this(NodeLeases.only(store, LEASE, clock), clock);
    }

    /** Keeps the floors of this lease's store from now on. */
    public FloorKeeper(Leased lease, InstantSource clock) {
        this.lease = lease;
        this.store = lease.store();
        this.clock = clock;
    }

    /** Begins to do so in the background. Call once. */
    public void start() {
        rounds.start();
    }

    private void round() {
        lease.round(PERIOD, this::keepAll);
    }

    /** One round over all projects; two at once take turns, and another node's is enough. */
    public void run() {
        lease.run(this::keepAll);
    }

    private void keepAll() {
        long after = 0;
        while (!rounds.isClosed()) {
            long from = after;
            List<Project> page = store.read(read -> read.projects().page(from, PROJECTS));
            if (page.isEmpty()) {
                everRan = true;
                return;
            }
            page.forEach(this::keep);
            after = page.getLast().key().value();
        }
    }

    private void keep(Project project) {
        Instant now = clock.instant();
        boolean due = store.<Boolean>read(read -> target(read, project.key(), now).isPresent());
        if (due) {
            store.writeBehind(write -> raise(write, project.key(), now));
        }
        if (due || !everRan || unfinished.contains(project.key())) {
            unfinished.add(project.key());
            if (compact(project.key())) {
                unfinished.remove(project.key());
            }
        }
    }

    /** Looked at again under the writer: a reader may have registered since. */
    private static boolean raise(WriteTransaction write, ProjectKey key, Instant now) {
        OptionalLong target = target(write, key, now);
        target.ifPresent(floor -> write.projects().raiseFloor(key, floor));
        return target.isPresent();
    }

    /** Where the floor may go, if that is above where it is. */
    private static OptionalLong target(ReadTransaction read, ProjectKey key, Instant now) {
        Project project = read.projects().find(key).orElseThrow();
        long target =
                read.replicas(key)
                        .lowestReceived(project.epoch(), now.minus(LIVE))
                        .orElse(project.head());
        long snapshot =
                read.snapshots(key)
                        .newest()
                        .map(newest -> newest.cursor().sequence())
                        .orElse(Long.MAX_VALUE);
        long floor = Math.min(target, snapshot);
        return floor > project.floor() ? OptionalLong.of(floor) : OptionalLong.empty();
    }

    /**
     * True when nothing is left to delete. The index of names learns from a tombstone that a name
     * is gone, so it is led past the floor before.
     */
    private boolean compact(ProjectKey key) {
        return slices(write -> followed(write, key))
                && slices(write -> write.nodes(key).deleteTombstones(floor(write, key), SLICE))
                && slices(write -> write.nodes(key).deleteDigests(floor(write, key), SLICE));
    }

    private static int followed(WriteTransaction write, ProjectKey key) {
        var names = write.names(key);
        return names.upTo() >= floor(write, key) || names.follow(NAMES) < NAMES ? 0 : SLICE;
    }

    private static long floor(ReadTransaction read, ProjectKey key) {
        return read.projects().find(key).orElseThrow().floor();
    }

    private boolean slices(ToIntFunction<WriteTransaction> slice) {
        for (int i = 0; i < SLICES_MAX && !rounds.isClosed(); i++) {
            int deleted = store.writeBehind(slice::applyAsInt);
            if (deleted < SLICE) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        rounds.close();
    }
}
