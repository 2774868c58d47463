package io.syncline.storage.block.s3;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.PackScanner;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameCheck;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.block.ScannedFrame;
import io.syncline.storage.deadline.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Packs as objects {@code PREFIX/packs/PROJECT/PACK.pack} of a bucket, each stored whole by one
 * conditional request and never changed: a pack is never being filled, and there is nothing to
 * retire. Any number of processes may use the bucket at once.
 *
 * <p>An append is one object of up to 16 MiB; small ones that come together share one, and what
 * stays small is merged by the collector. Reads are of stretches of 256 KiB at fixed places,
 * neighbours in one request, several requests at a time; the last stretches read are kept in
 * memory.
 */
public final class S3BlockStore implements BlockStore {
    /** What is kept in memory of packs that were read lately. */
    public static final long CACHE_BYTES = 64L << 20;

    /** Packs below this size are worth merging: what one chunk fills isn't. */
    private static final long SMALL_BYTES = 2L << 20;

    /** What the collector appends at a time when it merges: a pack with its index. */
    private static final int MERGE_BYTES = 15 << 20;

    /** How long small appends wait for others to share a pack with. */
    private static final Duration GATHER = Duration.ofMillis(5);

    /** Longest stretch of a pack that is read by one request, in segments. */
    private static final int RUN_SEGMENTS_MAX = 16;

    private static final String FOLDER = "packs/";
    private static final String ENDING = ".pack";

    private final Bucket bucket;
    private final FrameCheck check = new FrameCheck();
    private final Segments segments = new Segments(CACHE_BYTES);
    private final Gathering gathering;
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();

    private S3BlockStore(S3Settings settings, RandomGenerator random, InstantSource clock) {
        this.bucket = new Bucket(settings);
        this.gathering =
                new Gathering(
                        project ->
                                new NewPack(
                                        new PackId(RandomId.next(random)),
                                        project,
                                        clock.instant()),
                        group ->
                                bucket.putNew(
                                        name(group.project(), group.pack().id()), group.pack()),
                        GATHER);
    }

    /**
     * A store in this bucket; nothing is asked of it yet.
     *
     * @param random for the ids of packs; thread-safe
     */
    public static S3BlockStore open(
            S3Settings settings, RandomGenerator random, InstantSource clock) {
        return new S3BlockStore(settings, random, clock);
    }

    private static String folder(ProjectId project) {
        return FOLDER + project.value() + "/";
    }

    private static String name(ProjectId project, PackId pack) {
        return folder(project) + pack.value() + ENDING;
    }

    @Override
    public Shape shape() {
        return new Shape(SMALL_BYTES, MERGE_BYTES);
    }

    @Override
    public List<FrameLocation> append(ProjectId project, List<ByteBuffer> frames) {
        if (frames.isEmpty() || frames.size() > FRAMES_MAX) {
            throw SynclineException.invalid("an append has 1.." + FRAMES_MAX + " frames");
        }
        frames.forEach(FrameCheck::form);
        bucket.checkOpen();
        return gathering.append(project, frames);
    }

    @Override
    public List<ByteBuffer> read(ProjectId project, List<FrameRequest> requests) {
        if (requests.size() > FRAMES_MAX) {
            throw SynclineException.invalid("a read has at most " + FRAMES_MAX + " frames");
        }
        bucket.checkOpen();
        Map<Segments.Key, ByteBuffer> present = new HashMap<>();
        fetch(wanted(project, requests, present), present);
        ByteBuffer[] frames = new ByteBuffer[requests.size()];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = frame(project, requests.get(i), present);
        }
        return List.of(frames);
    }

    /** The segments that the requests lie in and that aren't in memory, in order. */
    private List<Segments.Key> wanted(
            ProjectId project, List<FrameRequest> requests, Map<Segments.Key, ByteBuffer> present) {
        Map<PackId, TreeMap<Long, Segments.Key>> missing = new TreeMap<>();
        for (FrameRequest request : requests) {
            FrameLocation location = request.location();
            for (long number = first(location); number <= last(location); number++) {
                Segments.Key key = new Segments.Key(project, location.pack(), number);
                if (!present.containsKey(key)) {
                    segments.get(key)
                            .ifPresentOrElse(
                                    segment -> present.put(key, segment),
                                    () ->
                                            missing.computeIfAbsent(
                                                            key.pack(), _ -> new TreeMap<>())
                                                    .put(key.number(), key));
                }
            }
        }
        return missing.values().stream().flatMap(pack -> pack.values().stream()).toList();
    }

    private static long first(FrameLocation location) {
        return location.offsetBytes() / Segments.BYTES;
    }

    private static long last(FrameLocation location) {
        return (location.offsetBytes() + location.lengthBytes() - 1) / Segments.BYTES;
    }

    /** Reads segments, neighbours by one request, the requests at the same time. */
    private void fetch(List<Segments.Key> missing, Map<Segments.Key, ByteBuffer> present) {
        List<List<Segments.Key>> runs = runs(missing);
        if (runs.size() == 1) {
            present.putAll(fetch(runs.getFirst()));
            return;
        }
        List<Future<Map<Segments.Key, ByteBuffer>>> futures = new ArrayList<>();
        for (List<Segments.Key> run : runs) {
            futures.add(readers.submit(Deadline.handOn(() -> fetch(run))::get));
        }
        RuntimeException failed = null;
        for (Future<Map<Segments.Key, ByteBuffer>> future : futures) {
            try {
                present.putAll(future.get());
            } catch (ExecutionException e) {
                failed =
                        e.getCause() instanceof RuntimeException known
                                ? known
                                : new IllegalStateException("cannot read", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                futures.forEach(other -> other.cancel(true));
                throw new SynclineException(ErrorCode.UNAVAILABLE, "interrupted", e);
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private static List<List<Segments.Key>> runs(List<Segments.Key> missing) {
        List<List<Segments.Key>> runs = new ArrayList<>();
        for (Segments.Key key : missing) {
            List<Segments.Key> run = runs.isEmpty() ? List.of() : runs.getLast();
            if (!run.isEmpty()
                    && run.size() < RUN_SEGMENTS_MAX
                    && run.getLast().pack().equals(key.pack())
                    && run.getLast().number() + 1 == key.number()) {
                run.add(key);
            } else {
                runs.add(new ArrayList<>(List.of(key)));
            }
        }
        return runs;
    }

    private Map<Segments.Key, ByteBuffer> fetch(List<Segments.Key> run) {
        Segments.Key first = run.getFirst();
        ByteBuffer bytes =
                bucket.get(
                                name(first.project(), first.pack()),
                                first.number() * Segments.BYTES,
                                run.size() * Segments.BYTES)
                        .orElseThrow(() ->
                                SynclineException.corrupt("pack " + first.pack() + " is missing"));
        Map<Segments.Key, ByteBuffer> read = new HashMap<>();
        for (int i = 0; i < run.size(); i++) {
            int from = Math.min(bytes.limit(), i * Segments.BYTES);
            int to = Math.min(bytes.limit(), from + Segments.BYTES);
            // A copy, so that keeping one of them doesn't keep the others' memory.
            ByteBuffer segment =
                    run.size() == 1
                            ? bytes.slice(from, to - from)
                            : ByteBuffer.wrap(
                                    Arrays.copyOfRange(
                                            bytes.array(),
                                            bytes.arrayOffset() + from,
                                            bytes.arrayOffset() + to));
            segments.put(run.get(i), segment);
            read.put(run.get(i), segment);
        }
        return read;
    }

    /**
     * The frame, verified. One that isn't right is read once more: what was wrong may have been the
     * way here, or the memory.
     */
    private ByteBuffer frame(
            ProjectId project, FrameRequest request, Map<Segments.Key, ByteBuffer> present) {
        try {
            return check.verified(request, bytes(project, request, present));
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.CORRUPT) {
                throw e;
            }
            PackId pack = request.location().pack();
            segments.forget(project, pack);
            Map<Segments.Key, ByteBuffer> anew = new HashMap<>();
            fetch(wanted(project, List.of(request), anew), anew);
            try {
                return check.verified(request, bytes(project, request, anew));
            } catch (SynclineException again) {
                // What is damaged there isn't kept here either: it may be mended.
                segments.forget(project, pack);
                throw again;
            }
        }
    }

    private static ByteBuffer bytes(
            ProjectId project, FrameRequest request, Map<Segments.Key, ByteBuffer> present) {
        FrameLocation location = request.location();
        ByteBuffer whole = ByteBuffer.allocate(location.lengthBytes());
        for (long number = first(location); number <= last(location); number++) {
            ByteBuffer segment = present.get(new Segments.Key(project, location.pack(), number));
            if (segment == null) {
                throw new IllegalStateException("segment " + number + " wasn't read");
            }
            long segmentStart = number * Segments.BYTES;
            int from = (int) Math.max(0, location.offsetBytes() - segmentStart);
            int to =
                    (int)
                            Math.min(
                                    segment.limit(),
                                    location.offsetBytes() + location.lengthBytes() - segmentStart);
            if (from < to) {
                whole.put(segment.slice(from, to - from));
            }
        }
        if (whole.hasRemaining()) {
            throw FrameCheck.corrupt(request, "the pack ends before it");
        }
        return whole.flip();
    }

    @Override
    public List<PackId> packs(ProjectId project) {
        return List.copyOf(keptPacks(project).keySet());
    }

    /** A thousand packs by one request. */
    @Override
    public SortedMap<PackId, Kept> keptPacks(ProjectId project) {
        SortedMap<PackId, Kept> all = new TreeMap<>();
        for (Bucket.Entry entry : bucket.objects(folder(project))) {
            if (entry.name().matches("[0-9a-f]{32}\\.pack")) {
                all.put(
                        new PackId(entry.name().substring(0, 32)),
                        new Kept(entry.sizeBytes(), false));
            }
        }
        return all;
    }

    @Override
    public List<ProjectId> projects() {
        return bucket.folders(FOLDER).stream()
                .filter(name -> name.matches("[0-9a-f]{32}"))
                .map(ProjectId::new)
                .toList();
    }

    @Override
    public ScanResult scan(ProjectId project, PackId pack, Consumer<ScannedFrame> visitor) {
        return check.scan(pack, new Ahead(name(project, pack), pack), project, visitor);
    }

    @Override
    public Optional<Kept> kept(ProjectId project, PackId pack) {
        return bucket.stat(name(project, pack)).map(found -> new Kept(found.sizeBytes(), false));
    }

    @Override
    public void retire(ProjectId project, PackId pack) {
        // Nothing is ever added to a pack.
        bucket.checkOpen();
    }

    @Override
    public boolean delete(ProjectId project, PackId pack) {
        String name = name(project, pack);
        boolean found = bucket.stat(name).isPresent();
        if (found) {
            bucket.delete(name);
        }
        segments.forget(project, pack);
        return found;
    }

    @Override
    public void close() {
        bucket.close();
        readers.shutdownNow();
        check.close();
    }

    /** Reads a pack from its begin to its end in few requests. */
    private final class Ahead implements PackScanner.Source {
        private static final int BYTES = 8 << 20;

        private final String name;
        private final PackId pack;
        private ByteBuffer window = ByteBuffer.allocate(0);
        private long windowOffset;

        Ahead(String name, PackId pack) {
            this.name = name;
            this.pack = pack;
        }

        @Override
        public int read(long offsetBytes, ByteBuffer into) {
            if (offsetBytes < windowOffset || offsetBytes >= windowOffset + window.limit()) {
                window =
                        bucket.get(name, offsetBytes, BYTES)
                                .orElseThrow(() ->
                                        SynclineException.corrupt("pack " + pack + " is missing"));
                windowOffset = offsetBytes;
            }
            int from = (int) (offsetBytes - windowOffset);
            int count = Math.min(into.remaining(), window.limit() - from);
            into.put(window.slice(from, count));
            return count;
        }
    }
}
