package io.syncline.storage.block.s3;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.deadline.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets appends to one project that come within a few milliseconds share a pack, so that small ones
 * don't each become an object. Who begins a group waits a moment, or until it is large enough,
 * stores it and tells the others. Groups of one project may be stored at the same time.
 * Thread-safe.
 */
final class Gathering {
    /** A group of this size isn't waited for any longer. */
    static final int ENOUGH_BYTES = 4 << 20;

    private final Function<ProjectId, NewPack> newPack;
    private final Consumer<Group> store;
    private final Duration openFor;
    private final Object lock = new Object();

    /** Groups that may still be joined. */
    @GuardedBy("lock")
    private final Map<ProjectId, Group> open = new HashMap<>();

    /**
     * @param newPack begins a pack
     * @param store makes a group's pack durable
     * @param openFor how long others may join
     */
    Gathering(Function<ProjectId, NewPack> newPack, Consumer<Group> store, Duration openFor) {
        this.newPack = newPack;
        this.store = store;
        this.openFor = openFor;
    }

    /** Appends that go together. */
    static final class Group {
        private final ProjectId project;
        private final NewPack pack;
        private final CountDownLatch enough = new CountDownLatch(1);
        private final CompletableFuture<@Nullable Void> stored = new CompletableFuture<>();

        Group(ProjectId project, NewPack pack) {
            this.project = project;
            this.pack = pack;
        }

        ProjectId project() {
            return project;
        }

        NewPack pack() {
            return pack;
        }
    }

    /** A share in a group. */
    private record Joined(Group group, boolean first, List<FrameLocation> locations) {}

    /** Stores the frames, in one pack or more; where they are, in their order. */
    List<FrameLocation> append(ProjectId project, List<ByteBuffer> frames) {
        List<Joined> shares = new ArrayList<>();
        int taken = 0;
        while (taken < frames.size()) {
            Joined share = join(project, frames.subList(taken, frames.size()));
            shares.add(share);
            taken += share.locations().size();
        }
        // All of those that are ours to store, before waiting for others'.
        RuntimeException failed = null;
        for (Joined share : shares) {
            if (share.first()) {
                try {
                    lead(share.group());
                } catch (RuntimeException e) {
                    failed = e;
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
        List<FrameLocation> locations = new ArrayList<>(frames.size());
        for (Joined share : shares) {
            await(share.group());
            locations.addAll(share.locations());
        }
        return locations;
    }

    private Joined join(ProjectId project, List<ByteBuffer> frames) {
        synchronized (lock) {
            Group present = open.get(project);
            Group group;
            boolean first = false;
            if (present != null && present.pack.hasRoom(frames.getFirst().remaining())) {
                group = present;
            } else {
                if (present != null) {
                    present.enough.countDown();
                }
                first = true;
                group = new Group(project, newPack.apply(project));
                open.put(project, group);
            }
            List<FrameLocation> locations = new ArrayList<>();
            for (ByteBuffer frame : frames) {
                if (!group.pack.hasRoom(frame.remaining())) {
                    break;
                }
                locations.add(group.pack.add(frame));
            }
            if (group.pack.frameBytes() >= ENOUGH_BYTES) {
                open.remove(project, group);
                group.enough.countDown();
            }
            return new Joined(group, first, locations);
        }
    }

    private void lead(Group group) {
        try {
            waitForMore(group);
            synchronized (lock) {
                open.remove(group.project, group);
            }
            group.pack.finish();
            // Others' frames are in it, whose own deadlines are later.
            Deadline.without(() -> store.accept(group));
            group.stored.complete(null);
        } catch (RuntimeException e) {
            fail(group, e);
        }
    }

    private void waitForMore(Group group) {
        try {
            var _ = group.enough.await(openFor.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // Others may have joined: their bytes are stored, if that still can be done.
            Thread.currentThread().interrupt();
        }
    }

    private void fail(Group group, RuntimeException e) {
        synchronized (lock) {
            open.remove(group.project, group);
        }
        group.stored.completeExceptionally(e);
        throw e;
    }

    /**
     * Waits for the end of a group, interrupted or not: until then its bytes are being read. What
     * stores it has a time limit.
     */
    private static void await(Group group) {
        try {
            group.stored.join();
        } catch (CompletionException e) {
            // The one who stored it has the failure itself; the others' names their own wait.
            if (e.getCause() instanceof SynclineException known) {
                throw new SynclineException(
                        known.code(), String.valueOf(known.getMessage()), known);
            }
            throw new IllegalStateException("a pack could not be stored", e.getCause());
        }
    }
}
