package io.syncline.client.transfer;

import io.syncline.client.api.BlockApi;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Describes files, and sends what the server lacks of them: readers on all cores fill a {@link
 * SendQueue}, a few {@link SendLane}s empty it.
 */
final class Uploader {
    /** Requests to the server at one time; so many chunks are in flight at most. */
    static final int LANES = 4;

    private final ContentReader reader;
    private final InstantSource clock;
    private final Cores cores;

    Uploader(ContentReader reader, InstantSource clock, Cores cores) {
        this.reader = reader;
        this.clock = clock;
        this.cores = cores;
    }

    void describe(List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress) {
        run(files, results, progress, null, null);
    }

    void send(
            BlockApi server,
            ProjectId project,
            List<Outgoing> files,
            Consumer<Sent> results,
            Progress.Listener progress) {
        run(files, results, progress, server, project);
    }

    private void run(
            List<Outgoing> files,
            Consumer<Sent> results,
            Progress.Listener listener,
            @Nullable BlockApi server,
            @Nullable ProjectId project) {
        long bytes = files.stream().mapToLong(Outgoing::sizeBytes).sum();
        var progress = new ProgressMeter(listener, clock, files.size(), bytes);
        var queue = new SendQueue(files.size(), progress);
        var teller = new Teller<>(queue::pollResult, results);
        try (var lanes = Executors.newVirtualThreadPerTaskExecutor();
                var pool = cores.pools().get()) {
            if (server != null && project != null) {
                for (int i = 0; i < LANES; i++) {
                    var lane = new SendLane(queue, server, project, reader, teller);
                    lanes.execute(Guard.around(queue::fail, lane::run));
                }
            }
            var next = new AtomicInteger();
            var reading = new AtomicInteger(cores.count());
            for (int i = 0; i < cores.count(); i++) {
                pool.execute(
                        Guard.around(
                                queue::fail,
                                () -> {
                                    readAll(files, next, queue, teller, server == null);
                                    if (reading.decrementAndGet() == 0) {
                                        queue.readersDone();
                                    }
                                }));
            }
            await(queue);
            if (queue.failure().isPresent()) {
                pool.shutdownNow();
                lanes.shutdownNow();
            }
        }
        teller.tell();
        progress.end();
        if (queue.failure().isPresent()) {
            throw queue.failure().get();
        }
    }

    private static void await(SendQueue queue) {
        try {
            queue.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            queue.fail(Guard.cancelled(e));
        }
    }

    private void readAll(
            List<Outgoing> files,
            AtomicInteger next,
            SendQueue queue,
            Teller<Sent> teller,
            boolean describeOnly)
            throws InterruptedException {
        for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
            if (queue.failure().isPresent()) {
                return;
            }
            Outgoing file = files.get(i);
            var job = new SendQueue.Job(file, !describeOnly && isWorthOutlining(file));
            ContentReader.Sink sink =
                    describeOnly ? new Described(queue, job) : new Queued(queue, job);
            switch (reader.read(job.file.path(), sink)) {
                case ContentReader.Result.Read(var content, var before, var after) ->
                        queue.read(job, content, before, after);
                case ContentReader.Result.Unread(var why) -> queue.unread(job, why);
            }
            teller.tell();
        }
    }

    /**
     * Whether the file had several of the lowest tree blocks when the server last had all of it.
     * One with a single one needs all that this lists asked for in any case: the file has changed.
     */
    private static boolean isWorthOutlining(Outgoing file) {
        return file.before().filter(content -> content.level() > 1).isPresent();
    }

    /** Puts what is read into the queue. */
    private record Queued(SendQueue queue, SendQueue.Job job) implements ContentReader.Sink {
        @Override
        public void reserve(int bytes) throws InterruptedException {
            queue.reserve(bytes);
        }

        @Override
        public void unreserve(int bytes) {
            queue.unreserve(bytes);
        }

        @Override
        public void data(Hash hash, byte[] buffer, int from, int to) throws InterruptedException {
            queue.data(job, hash, buffer, from, to);
        }

        @Override
        public void repeated(Hash hash, byte[] block, int count) throws InterruptedException {
            queue.repeated(job, hash, block, count);
        }

        @Override
        public void tree(TreeBlock tree) {
            queue.tree(job, tree);
        }
    }

    /** Only counts what is read. */
    private record Described(SendQueue queue, SendQueue.Job job) implements ContentReader.Sink {
        @Override
        public void reserve(int bytes) {}

        @Override
        public void unreserve(int bytes) {}

        @Override
        public void data(Hash hash, byte[] buffer, int from, int to) {
            queue.described(job, to - from);
        }

        @Override
        public void repeated(Hash hash, byte[] block, int count) {
            queue.described(job, (long) block.length * count);
        }

        @Override
        public void tree(TreeBlock tree) {}
    }
}
