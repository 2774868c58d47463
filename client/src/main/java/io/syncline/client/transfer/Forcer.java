package io.syncline.client.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes finished temporaries durable, as many at a time as finished while the last ones were being
 * forced, and then answers for them. Thread-safe; one thread runs it.
 */
final class Forcer {
    /** Most files in one go, so that answers don't wait for ever. */
    private static final int BATCH_MAX = 1_000;

    private record Finished(Download download, LocalPath temporary, Stat stat) {}

    private final Disk disk;

    @GuardedBy("this")
    private final Deque<Finished> finished = new ArrayDeque<>();

    @GuardedBy("this")
    private final Deque<Fetched> results = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean ended;

    Forcer(Disk disk) {
        this.disk = disk;
    }

    synchronized void add(Download download, LocalPath temporary, Stat stat) {
        finished.add(new Finished(download, temporary, stat));
        notifyAll();
    }

    /** Answers without a file to force. */
    synchronized void answer(Fetched result) {
        results.add(result);
    }

    synchronized @Nullable Fetched pollResult() {
        return results.poll();
    }

    /** Nothing more will be added. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    private synchronized List<Finished> take() throws InterruptedException {
        while (finished.isEmpty() && !ended) {
            wait();
        }
        List<Finished> batch = new ArrayList<>();
        while (!finished.isEmpty() && batch.size() < BATCH_MAX) {
            batch.add(finished.removeFirst());
        }
        return batch;
    }

    /** Runs until {@link #end}. */
    void run(Runnable afterEach) throws InterruptedException {
        for (List<Finished> batch = take(); !batch.isEmpty(); batch = take()) {
            Optional<Outcome.Refused> refused = force(batch);
            for (Finished one : batch) {
                Incoming file = one.download().file;
                one.download().answered();
                answer(
                        refused.isPresent()
                                ? new Fetched.Refused(file, refused.get())
                                : new Fetched.Ready(file, one.temporary(), one.stat()));
            }
            afterEach.run();
        }
    }

    private Optional<Outcome.Refused> force(List<Finished> batch) {
        return disk.forceAll(batch.stream().map(Finished::temporary).toList())
                        instanceof Outcome.Refused why
                ? Optional.of(why)
                : Optional.empty();
    }
}
