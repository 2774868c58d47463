package io.syncline.client.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.api.BlockApi;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.client.disk.WriteHandle;
import io.syncline.client.transfer.FetchQueue.Fault;
import io.syncline.client.transfer.FetchQueue.Want;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.ContentWalk;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.ProjectId;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Fetches contents into temporaries. A few files at a time are walked: what the temporary of an
 * earlier try and the local sources already hold is subtracted, the rest is wanted from a {@link
 * FetchQueue}, which a few {@link FetchLane}s empty; a {@link Forcer} answers.
 */
final class Downloader {
    /** Requests to the server at one time. */
    static final int LANES = 4;

    /**
     * Files walked at one time, so that the tree blocks of many files travel together; each may
     * hold the list of its blocks and an open temporary.
     */
    static final int WALKERS = 64;

    /** Blocks of one file looked at together: 4 GiB of content on average. */
    static final int WINDOW_BLOCKS = 1 << 16;

    /**
     * Where a file has several windows, how far before and behind a window's own place its blocks
     * are sought in a source.
     */
    private static final long SEEK_BYTES = 256 << 20;

    /** Files below this size are fetched anew after an interruption. */
    static final long PARTIAL_BYTES_MIN = 4 << 20;

    /**
     * The level of contents that are compared by their tree blocks: from 64 MiB to 64 GiB and more.
     * Below there is one tree block; above, the top lists no groups of blocks.
     */
    private static final int SHARING_LEVEL = 2;

    /** Tree blocks asked for at one time for one file. */
    private static final int TREES_AHEAD = 32;

    /** Files of this size take megabytes for the list of their blocks: only a few at a time. */
    private static final long HUGE_BYTES = 256 << 20;

    private static final int HUGE_FILES = 4;

    private final Disk disk;
    private final ContentReader reader;
    private final Zeros zeros;
    private final Partials partials;
    private final InstantSource clock;
    private final Cores cores;

    Downloader(
            Disk disk, ContentReader reader, Partials partials, InstantSource clock, Cores cores) {
        this.disk = disk;
        this.reader = reader;
        this.zeros = reader.zeros();
        this.partials = partials;
        this.clock = clock;
        this.cores = cores;
    }

    void fetch(
            BlockApi server,
            ProjectId project,
            List<Incoming> files,
            Consumer<Fetched> results,
            Progress.Listener listener) {
        new Run(files, results, listener).run(server, project);
    }

    /** One call of {@link #fetch}. */
    private final class Run {
        private final List<Incoming> files;
        private final ProgressMeter progress;
        private final FetchQueue queue = new FetchQueue();
        private final Forcer forcer = new Forcer(disk);
        private final Teller<Fetched> teller;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger walking = new AtomicInteger(WALKERS);
        private final Set<Download> active = ConcurrentHashMap.newKeySet();

        /** Contents whose partial temporary is in use in this run. */
        private final Set<Content> claimed = ConcurrentHashMap.newKeySet();

        private final Semaphore huge = new Semaphore(HUGE_FILES);

        Run(List<Incoming> files, Consumer<Fetched> results, Progress.Listener listener) {
            this.files = files;
            long bytes = files.stream().mapToLong(file -> file.item().sizeBytes()).sum();
            this.progress = new ProgressMeter(listener, clock, files.size(), bytes);
            this.teller = new Teller<>(forcer::pollResult, results);
        }

        void run(BlockApi server, ProjectId project) {
            boolean interrupted = false;
            Thread forcing =
                    Thread.ofVirtual()
                            .start(Guard.around(queue::fail, () -> forcer.run(teller::tell)));
            try (var pool = cores.pools().get();
                    var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < LANES; i++) {
                    var lane = new FetchLane(queue, server, project);
                    threads.execute(
                            Guard.around(
                                    queue::fail,
                                    () -> {
                                        lane.run();
                                        queue.laneEnded();
                                    }));
                }
                for (int i = 0; i < WALKERS; i++) {
                    threads.execute(Guard.around(queue::fail, () -> walkAll(pool)));
                }
                try {
                    queue.await(LANES);
                } catch (InterruptedException e) {
                    interrupted = true;
                    queue.fail(Guard.cancelled(e));
                }
                if (queue.failure().isPresent()) {
                    threads.shutdownNow();
                    pool.shutdownNow();
                }
            }
            // Whatever is complete by now is made durable and told, also after a failure, so that
            // it needn't be fetched again.
            forcer.end();
            interrupted |= joined(forcing);
            active.forEach(this::putAway);
            teller.tell();
            progress.end();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (queue.failure().isPresent()) {
                throw queue.failure().get();
            }
        }

        /** Waits for the thread's end, come what may; whether this one was interrupted. */
        private static boolean joined(Thread thread) {
            boolean interrupted = false;
            while (true) {
                try {
                    thread.join();
                    return interrupted;
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        }

        private void walkAll(ExecutorService pool) throws InterruptedException {
            int i = next.getAndIncrement();
            while (i < files.size() && queue.failure().isEmpty()) {
                Incoming file = files.get(i);
                if (file.item().kind().equals(Kind.SYMLINK)) {
                    fetchLink(file);
                } else {
                    fetchFile(pool, file);
                }
                teller.tell();
                i = next.getAndIncrement();
            }
            if (walking.decrementAndGet() == 0) {
                queue.wantersDone();
            }
        }

        private void fetchLink(Incoming file) throws InterruptedException {
            Content content = file.item().content().orElseThrow();
            if (content.level() > 0 || content.isEmpty()) {
                forcer.answer(new Fetched.Damaged(file, "a link's target of " + content));
            } else {
                int size = (int) content.sizeBytes();
                queue.want(new Want(content.hash(), false, size, 0, new LinkTarget(file)));
            }
        }

        /** The target of a link on its way. */
        private final class LinkTarget implements FetchQueue.Target {
            private final Incoming file;
            private final ProgressMeter.File share;

            LinkTarget(Incoming file) {
                this.file = file;
                this.share = new ProgressMeter.File(file.target(), file.item().sizeBytes());
            }

            @Override
            public void deliver(Want want, ByteBuffer bytes) {
                // A copy, so that the rest of the chunk isn't kept.
                ByteBuffer target = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
                answer(new Fetched.Link(file, target));
            }

            @Override
            public void refuse(Want want, Fault fault) {
                answer(Download.failure(file, want.hash(), fault));
            }

            private void answer(Fetched result) {
                progress.bytes(share, share.left());
                progress.done(share);
                forcer.answer(result);
                teller.tell();
            }
        }

        private void fetchFile(ExecutorService pool, Incoming file) throws InterruptedException {
            var download = new Download(file, disk, progress, this::ended);
            active.add(download);
            Content content = download.content;
            boolean isHuge = content.sizeBytes() >= HUGE_BYTES;
            if (isHuge) {
                huge.acquire();
            }
            try {
                new Walk(pool, download).run();
            } catch (DiskException e) {
                download.fail(new Fetched.Refused(file, e.refusal()));
            } catch (SynclineException e) {
                if (e.code() != ErrorCode.CORRUPT) {
                    throw e;
                }
                download.fail(new Fetched.Damaged(file, String.valueOf(e.getMessage())));
            } finally {
                if (isHuge) {
                    huge.release();
                }
            }
            download.walked();
            if (content.sizeBytes() >= PARTIAL_BYTES_MIN) {
                // So that no more large files are open than there are walkers.
                download.await();
            }
        }

        /** Nothing more will come for this file. */
        private void ended(Download download) {
            switch (download.finish()) {
                case Download.Result.Complete(var temporary, var stat) -> {
                    download.close();
                    if (download.isPartial()) {
                        partials.forget(download.content);
                    }
                    active.remove(download);
                    forcer.add(download, temporary, stat);
                }
                case Download.Result.Failed(var why) -> {
                    if (queue.failure().isPresent()) {
                        // The end of the transfer interrupted it: that says nothing of the file.
                        return;
                    }
                    active.remove(download);
                    putAway(download);
                    download.answered();
                    forcer.answer(why);
                    teller.tell();
                }
            }
        }

        /** Ends a download that failed: what may be gone on with is kept. */
        private void putAway(Download download) {
            Optional<LocalPath> temporary = download.close();
            if (temporary.isPresent() && !download.isPartial()) {
                // Where that is refused the file is left for the next start to sweep.
                disk.discard(temporary.get());
            }
        }

        /** One file's blocks, subtracted and wanted. */
        private final class Walk {
            private final ExecutorService pool;
            private final Download download;
            private final Content content;

            /** Whether the temporary may hold some of it from an earlier try. */
            private boolean resumed;

            /** Whether the file has several windows. */
            private boolean several;

            /** Tree blocks that are there already. */
            private final Map<Hash, ByteBuffer> trees = new HashMap<>();

            /** Whether the old version was scanned already, for all that isn't copied from it. */
            private boolean scanned;

            Walk(ExecutorService pool, Download download) {
                this.pool = pool;
                this.download = download;
                this.content = download.content;
            }

            void run() throws InterruptedException {
                if (content.isEmpty()) {
                    download.temporary();
                    return;
                }
                if (content.sizeBytes() >= PARTIAL_BYTES_MIN && claimed.add(content)) {
                    openPartial();
                }
                Predicate<ContentWalk.Data> copied = resumed ? _ -> false : copyShared();
                var walk = new ContentWalk(content);
                List<ContentWalk.Data> window = new ArrayList<>();
                long holes = 0;
                while (true) {
                    switch (walk.next(TREES_AHEAD)) {
                        case ContentWalk.Data data when copied.test(data) -> {
                            // Counted when it was written.
                        }
                        case ContentWalk.Data data when !resumed && zeros.are(data) ->
                                // What was never written to the temporary reads as zeros.
                                holes += data.sizeBytes();
                        case ContentWalk.Data data -> {
                            window.add(data);
                            if (window.size() == WINDOW_BLOCKS) {
                                several = true;
                                want(window);
                                window = new ArrayList<>();
                            }
                        }
                        case ContentWalk.Needs(var hashes) -> {
                            if (!fetchTrees(hashes, true)) {
                                return;
                            }
                            for (Hash hash : hashes) {
                                walk.supply(hash, Objects.requireNonNull(trees.remove(hash)));
                            }
                        }
                        case ContentWalk.End _ -> {
                            download.had(holes);
                            want(window);
                            return;
                        }
                    }
                }
            }

            /**
             * Fetches those of the tree blocks that aren't there; false if one can't be had, which
             * fails the file where they are needed.
             */
            private boolean fetchTrees(List<Hash> hashes, boolean needed)
                    throws InterruptedException {
                List<Hash> rest = hashes.stream().filter(hash -> !trees.containsKey(hash)).toList();
                var target = new TreesTarget(download, rest.size(), needed);
                for (Hash hash : rest) {
                    queue.want(new Want(hash, true, 0, 0, target));
                }
                boolean all = target.await();
                trees.putAll(target.trees());
                return all;
            }

            /**
             * Copies what the old version shares with this one by its tree blocks, which then
             * needn't be fetched, and what else of it is wanted. Says of each block whether it was
             * copied.
             */
            private Predicate<ContentWalk.Data> copyShared() throws InterruptedException {
                Optional<Content> before = download.file.before();
                if (content.level() != SHARING_LEVEL
                        || before.isEmpty()
                        || before.get().level() != SHARING_LEVEL
                        || download.file.sources().isEmpty()
                        || !fetchTrees(List.of(content.hash()), true)
                        || !fetchTrees(List.of(before.get().hash()), false)) {
                    return _ -> false;
                }
                TreeBlock old = tree(before.get().hash());
                TreeBlock fresh = tree(content.hash());
                if (old.level() != SHARING_LEVEL || fresh.level() != SHARING_LEVEL) {
                    return _ -> false;
                }
                SharedGroups groups = SharedGroups.of(old, fresh);
                List<Hash> others = groups.others().stream().map(SharedGroups.Other::tree).toList();
                if (groups.shared().isEmpty()
                        || others.size() > TREES_AHEAD
                        || !fetchTrees(others, true)) {
                    return _ -> false;
                }
                List<ContentWalk.Data> wanted = new ArrayList<>();
                groups.others().forEach(other -> list(other, wanted));
                var singles = new Copying(download, wanted);
                var copy = new GroupCopy(download, groups, singles);
                scan(
                        download.file.sources().getFirst(),
                        0,
                        Long.MAX_VALUE,
                        copy,
                        () -> copy.writeFailed() || singles.writeFailed());
                trees.putAll(copy.trees());
                // What is written where it may not belong must be looked at again, zeros included.
                resumed = copy.isMistrusted();
                scanned = !resumed;
                Set<Long> single = new HashSet<>();
                wanted.forEach(data -> single.add(data.offsetBytes()));
                singles.rest().forEach(data -> single.remove(data.offsetBytes()));
                return data -> copy.has(data.offsetBytes()) || single.contains(data.offsetBytes());
            }

            private TreeBlock tree(Hash hash) {
                return TreeBlock.parse(Objects.requireNonNull(trees.get(hash)));
            }

            /** The blocks of a group, at each of its places; zeros excepted. */
            private void list(SharedGroups.Other group, List<ContentWalk.Data> into) {
                TreeBlock tree = tree(group.tree());
                if (tree.level() != 1 || tree.sizeBytes() != group.sizeBytes()) {
                    throw SynclineException.corrupt(tree + " isn't what its parent says");
                }
                for (long place : group.to()) {
                    long offset = place;
                    for (TreeBlock.Entry entry : tree.entries()) {
                        int size = Math.toIntExact(entry.sizeBytes());
                        var data = new ContentWalk.Data(entry.hash(), size, offset);
                        if (!zeros.are(data)) {
                            into.add(data);
                        }
                        offset += size;
                    }
                }
            }

            private void openPartial() {
                Optional<WriteHandle> earlier =
                        partials.find(content).flatMap(path -> disk.openTemporary(path).found());
                resumed = earlier.isPresent();
                if (resumed) {
                    download.openPartial(earlier.get());
                } else {
                    WriteHandle handle = download.temporary();
                    partials.keep(content, handle.path());
                    download.openPartial(handle);
                }
            }

            private void want(List<ContentWalk.Data> blocks) throws InterruptedException {
                List<ContentWalk.Data> rest = resumed ? notYetThere(blocks) : blocks;
                for (LocalPath source :
                        download.file
                                .sources()
                                .subList(scanned ? 1 : 0, download.file.sources().size())) {
                    rest = rest.isEmpty() ? rest : notIn(source, rest);
                }
                for (ContentWalk.Data data : rest) {
                    if (zeros.are(data)) {
                        download.write(ByteBuffer.wrap(zeros.bytes()), data.offsetBytes());
                        continue;
                    }
                    download.expect();
                    queue.want(
                            new Want(
                                    data.hash(),
                                    false,
                                    data.sizeBytes(),
                                    data.offsetBytes(),
                                    download));
                }
            }

            /** Looks for the blocks where they would be if an earlier try had got them. */
            private List<ContentWalk.Data> notYetThere(List<ContentWalk.Data> blocks) {
                var hasher = new BlockHasher();
                WriteHandle temporary = download.temporary();
                long size = temporary.stat().sizeBytes();
                byte[] buffer = new byte[CutParameters.BLOCK_BYTES_MAX];
                List<ContentWalk.Data> rest = new ArrayList<>();
                long holeEnd = 0;
                for (ContentWalk.Data data : blocks) {
                    long end = data.offsetBytes() + data.sizeBytes();
                    if (zeros.are(data) && holeEnd < end) {
                        // Beyond its end the temporary will be extended by a hole.
                        holeEnd =
                                data.offsetBytes() >= size
                                        ? Long.MAX_VALUE
                                        : temporary.nextData(data.offsetBytes());
                    }
                    boolean hole = zeros.are(data) && end <= holeEnd;
                    boolean there =
                            hole
                                    || (end <= size
                                            && fill(temporary, buffer, data)
                                            && hasher.hash(0, buffer, 0, data.sizeBytes())
                                                    .equals(data.hash()));
                    if (there) {
                        download.had(data.sizeBytes());
                    } else {
                        rest.add(data);
                    }
                }
                return rest;
            }

            private static boolean fill(
                    WriteHandle temporary, byte[] buffer, ContentWalk.Data data) {
                ByteBuffer into = ByteBuffer.wrap(buffer, 0, data.sizeBytes());
                while (into.hasRemaining()) {
                    if (temporary.read(into, data.offsetBytes() + into.position()) <= 0) {
                        return false;
                    }
                }
                return true;
            }

            /** Copies what a local file holds of the blocks; returns the others. */
            private List<ContentWalk.Data> notIn(LocalPath source, List<ContentWalk.Data> blocks)
                    throws InterruptedException {
                long size = disk.stat(source).found().map(Stat::sizeBytes).orElse(-1L);
                // A file of one block is in another only if that is equal.
                if (size < 0 || (content.level() == 0 && size != content.sizeBytes())) {
                    return blocks;
                }
                long from = 0;
                long to = Long.MAX_VALUE;
                if (several) {
                    from = Math.max(0, blocks.getFirst().offsetBytes() - SEEK_BYTES);
                    to = blocks.getLast().offsetBytes() + SEEK_BYTES;
                }
                var copying = new Copying(download, blocks);
                scan(source, from, to, copying, copying::writeFailed);
                return copying.rest();
            }

            private void scan(
                    LocalPath source,
                    long from,
                    long to,
                    ContentReader.Sink copying,
                    BooleanSupplier writeFailed)
                    throws InterruptedException {
                try {
                    pool.submit(
                                    () -> {
                                        reader.scan(source, from, to, copying);
                                        return true;
                                    })
                            .get();
                } catch (ExecutionException e) {
                    switch (e.getCause()) {
                        case DiskException failed when !writeFailed.getAsBoolean() -> {
                            // The source can't be read: then its blocks come from the server.
                        }
                        case RuntimeException failed -> throw failed;
                        case null, default -> throw new IllegalStateException(e);
                    }
                }
            }
        }
    }

    /** Tree blocks on their way, for one file. */
    private static final class TreesTarget implements FetchQueue.Target {
        private final Download download;

        @GuardedBy("this")
        private final Map<Hash, ByteBuffer> trees = new HashMap<>();

        @GuardedBy("this")
        private int outstanding;

        @GuardedBy("this")
        private boolean refused;

        private final boolean needed;

        TreesTarget(Download download, int count, boolean needed) {
            this.download = download;
            this.needed = needed;
            this.outstanding = count;
        }

        @Override
        public synchronized void deliver(Want want, ByteBuffer bytes) {
            // A copy, so that the rest of the chunk isn't kept.
            trees.put(want.hash(), ByteBuffer.allocate(bytes.remaining()).put(bytes).flip());
            outstanding--;
            notifyAll();
        }

        @Override
        public synchronized void refuse(Want want, Fault fault) {
            if (needed) {
                download.fail(Download.failure(download.file, want.hash(), fault));
            }
            refused = true;
            outstanding--;
            notifyAll();
        }

        /** Waits for all; false if one of them can't be had. */
        synchronized boolean await() throws InterruptedException {
            while (outstanding > 0) {
                wait();
            }
            return !refused;
        }

        synchronized Map<Hash, ByteBuffer> trees() {
            return Map.copyOf(trees);
        }
    }

    /** Copies wanted blocks out of a local file while it is scanned; called by one thread. */
    private static final class Copying implements ContentReader.Sink {
        private final Download download;
        private final Map<Hash, List<ContentWalk.Data>> wanted = new LinkedHashMap<>();
        private boolean writing;

        Copying(Download download, List<ContentWalk.Data> blocks) {
            this.download = download;
            for (ContentWalk.Data data : blocks) {
                wanted.computeIfAbsent(data.hash(), _ -> new ArrayList<>(1)).add(data);
            }
        }

        @Override
        public void reserve(int bytes) {}

        @Override
        public void unreserve(int bytes) {}

        @Override
        public void data(Hash hash, byte[] buffer, int from, int to) {
            List<ContentWalk.Data> places = wanted.remove(hash);
            if (places == null) {
                return;
            }
            writing = true;
            for (ContentWalk.Data place : places) {
                download.write(ByteBuffer.wrap(buffer, from, to - from), place.offsetBytes());
            }
            writing = false;
        }

        @Override
        public void repeated(Hash hash, byte[] block, int count) {
            data(hash, block, 0, block.length);
        }

        @Override
        public void tree(TreeBlock tree) {}

        /** Whether it was the temporary that failed, and not the file scanned. */
        boolean writeFailed() {
            return writing;
        }

        List<ContentWalk.Data> rest() {
            return wanted.values().stream().flatMap(List::stream).toList();
        }
    }
}
