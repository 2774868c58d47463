package io.syncline.server.search;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.tree.ProjectId;
import io.syncline.server.background.Leased;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.WriteTransaction;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the index of names follow the change feeds, in short slices behind what people wait for
 * (R47). It is told which projects have new commits, and looks at all of them when it starts and
 * rarely afterwards. A failure is reported and tried again at that time. Thread-safe.
 *
 * <p>Each node follows what was committed on it, without a lease: a slice is one transaction that
 * begins where the index is and keeps nothing in memory, so that two nodes at one project share its
 * slices. Only looking at all projects is done by one node at a time.
 */
public final class NameFollower implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NameFollower.class);

    /** How long commits gather before they are indexed: a slice costs a flush of the disk. */
    private static final Duration GATHERING = Duration.ofMillis(250);

    /** How often all projects are looked at. */
    private static final Duration ROUND = Duration.ofMinutes(10);

    /** Projects looked at in one read. */
    private static final int PAGE = 500;

    /** What a slice is to take: with luck twice that stays below 10 ms. */
    private static final long SLICE_NANOS = Duration.ofMillis(4).toNanos();

    private static final int SLICE_MIN = 16;
    private static final int SLICE_MAX = 200;

    /** Slices of one project before others have their turn. */
    private static final int TURN_SLICES = 1_000;

    /** The name of the lease for looking at all projects. */
    public static final String LEASE = "names";

    private final MetadataStore store;
    private final Leased lease;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();

    /** Bounded by the number of projects. */
    @GuardedBy("lock")
    private final Set<ProjectId> waiting = new LinkedHashSet<>();

    @GuardedBy("lock")
    private boolean closed;

    private final Thread thread;

    /** Changes per slice; used by the thread only. */
    private int slice = SLICE_MIN;

    /** What the last slice took; written by the store's writer, which the thread waits for. */
    private volatile long sliceNanos;

    /** One that follows when it is told to, or from its start on. */
    public NameFollower(MetadataStore store, Leased lease) {
        this.store = store;
        this.lease = lease;
        this.thread = Thread.ofPlatform().daemon().name("name-follower").unstarted(this::run);
    }

    /** Begins to do so in the background. Call once. */
    public void start() {
        thread.start();
    }

    /** A project has a new commit. Never blocks. */
    public void committed(ProjectId project) {
        lock.lock();
        try {
            waiting.add(project);
            told.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        long nextRound = System.nanoTime();
        while (true) {
            try {
                if (System.nanoTime() - nextRound >= 0) {
                    lease.round(ROUND, this::lookAtAll);
                    nextRound = System.nanoTime() + ROUND.toNanos();
                }
                Set<ProjectId> now = take(nextRound);
                if (isClosed()) {
                    return;
                }
                for (ProjectId project : now) {
                    follow(project);
                }
            } catch (RuntimeException e) {
                if (isClosed()) {
                    return;
                }
                log.atWarn().setCause(e).log("the index of names could not follow");
            }
        }
    }

    /** Follows now wherever there is something to follow. Not while it runs in the background. */
    public void round() {
        lease.run(this::lookAtAll);
        List<ProjectId> now;
        lock.lock();
        try {
            now = List.copyOf(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        now.forEach(this::follow);
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void lookAtAll() {
        long after = 0;
        List<Project> page;
        do {
            long from = after;
            page =
                    store.read(read -> {
                        List<Project> some = read.projects().page(from, PAGE);
                        for (Project project : some) {
                            if (read.names(project.key()).upTo() < project.head()) {
                                committed(project.id());
                            }
                        }
                        return some;
                    });
            after = page.isEmpty() ? after : page.getLast().key().value();
        } while (page.size() == PAGE && !isClosed());
    }

    /** What waits, a while after it was told; nothing when it is time for a round, or closed. */
    private Set<ProjectId> take(long until) {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                if (told.awaitNanos(until - System.nanoTime()) <= 0) {
                    return Set.of();
                }
            }
            long gathered = GATHERING.toNanos();
            while (!closed && gathered > 0) {
                gathered = told.awaitNanos(gathered);
            }
            Set<ProjectId> taken = Set.copyOf(waiting);
            waiting.clear();
            return taken;
        } catch (InterruptedException e) {
            closed = true;
            return Set.of();
        } finally {
            lock.unlock();
        }
    }

    /** Follows one project for a while; what is left waits for its next turn. */
    private void follow(ProjectId project) {
        for (int slices = 0; slices < TURN_SLICES && !isClosed(); slices++) {
            int limit = slice;
            if (!store.<Boolean>writeBehind(write -> followed(write, project, limit))) {
                return;
            }
            long wanted = limit * SLICE_NANOS / Math.max(1, sliceNanos);
            slice = Math.clamp(Math.clamp(wanted, limit / 2, limit * 2), SLICE_MIN, SLICE_MAX);
        }
        committed(project);
    }

    /** One slice; whether there is more. */
    private boolean followed(WriteTransaction write, ProjectId id, int limit) {
        Optional<Project> project = write.projects().find(id);
        if (project.isEmpty()) {
            return false;
        }
        long start = System.nanoTime();
        int followed = write.names(project.get().key()).follow(limit);
        sliceNanos = System.nanoTime() - start;
        return followed == limit;
    }

    /** Ends with the slice that is under way. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            told.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
