package io.syncline.storage.block.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.PackHeader;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameCheck;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.block.ScannedFrame;
import io.syncline.storage.block.pack.Disk.DiskFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs as files below one folder, which one process at a time may have open. Every project has at
 * most one pack that is being filled, so a project's appends share flushes.
 */
public final class PackBlockStore implements BlockStore {
    /** A pack is full at this size. */
    public static final long PACK_BYTES_MAX = 64L << 20;

    /** A pack below this size is filled on, also after a restart. */
    public static final long PACK_BYTES_MIN = 16L << 20;

    /** Most packs being filled at once; the one unused for longest is finished for one more. */
    public static final int OPEN_PACKS_MAX = 64;

    /** The format of projects (R41) that is written into headers; there is one so far. */
    private static final int FORMAT = 1;

    private static final Logger LOG = LoggerFactory.getLogger(PackBlockStore.class);

    private final Disk disk;
    private final PackFolder folder;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final long packBytesMax;
    private final FileChannel lockFile;
    private final FrameCheck check = new FrameCheck();
    private final ReentrantLock lock = new ReentrantLock();

    /** In order of last use. */
    @GuardedBy("lock")
    private final LinkedHashMap<ProjectId, OpenPack> open = new LinkedHashMap<>(16, 0.75f, true);

    /** Packs that aren't filled on; gone when they are deleted. */
    @GuardedBy("lock")
    private final Set<PackId> retired = new HashSet<>();

    /** Set under the lock; read without it, so that reads don't wait for a pack to be begun. */
    private volatile boolean closed;

    private PackBlockStore(
            Path root,
            Disk disk,
            RandomGenerator random,
            InstantSource clock,
            long packBytesMax,
            FileChannel lockFile) {
        this.disk = disk;
        this.folder = new PackFolder(root, disk);
        this.random = random;
        this.clock = clock;
        this.packBytesMax = packBytesMax;
        this.lockFile = lockFile;
    }

    /**
     * Opens the store below this folder, which is made if it isn't there, and finishes packs that a
     * crash left unfinished.
     *
     * @param random for the ids of packs
     * @throws SynclineException UNAVAILABLE when another process has it open
     */
    public static PackBlockStore open(Path folder, RandomGenerator random, InstantSource clock) {
        return open(folder, new RealDisk(), random, clock, PACK_BYTES_MAX);
    }

    static PackBlockStore open(
            Path folder,
            Disk disk,
            RandomGenerator random,
            InstantSource clock,
            long packBytesMax) {
        Path packs = folder.resolve("packs");
        try {
            Files.createDirectories(packs);
            disk.forceFolder(folder);
            FileChannel lockFile = lock(folder.resolve("lock"));
            try {
                PackBlockStore store =
                        new PackBlockStore(packs, disk, random, clock, packBytesMax, lockFile);
                store.folder.repair();
                return store;
            } catch (IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            throw DiskFailures.translate("cannot open the block store", e);
        }
    }

    /** The lock goes with the channel, and with the process, however that ends. */
    @SuppressWarnings("UnusedVariable")
    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse();
        }
        if (held == null) {
            channel.close();
            throw inUse();
        }
        return channel;
    }

    private static SynclineException inUse() {
        return new SynclineException(
                ErrorCode.UNAVAILABLE, "the block store is in use by another server");
    }

    @Override
    public List<FrameLocation> append(ProjectId project, List<ByteBuffer> frames) {
        if (frames.isEmpty() || frames.size() > FRAMES_MAX) {
            throw SynclineException.invalid("an append has 1.." + FRAMES_MAX + " frames");
        }
        frames.forEach(FrameCheck::form);
        List<FrameLocation> locations = new ArrayList<>(frames.size());
        Map<OpenPack, Long> written = new LinkedHashMap<>();
        while (locations.size() < frames.size()) {
            OpenPack pack = openPack(project);
            List<FrameLocation> some = pack.write(frames.subList(locations.size(), frames.size()));
            if (some.isEmpty()) {
                retire(project, pack);
            } else {
                FrameLocation last = some.getLast();
                written.put(pack, last.offsetBytes() + last.lengthBytes());
                locations.addAll(some);
            }
        }
        written.forEach(OpenPack::flush);
        return locations;
    }

    /** The project's pack to be filled: the present one, a small old one, or a new one. */
    private OpenPack openPack(ProjectId project) {
        lock.lock();
        try {
            checkOpen();
            OpenPack pack = open.get(project);
            if (pack == null) {
                pack = reopen(project);
                open.put(project, pack);
                finishUnused();
            }
            return pack;
        } catch (IOException e) {
            throw DiskFailures.translate("cannot begin a pack", e);
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "the block store is closed");
        }
    }

    @GuardedBy("lock")
    private void finishUnused() {
        Iterator<OpenPack> eldest = open.values().iterator();
        while (open.size() > OPEN_PACKS_MAX) {
            OpenPack pack = eldest.next();
            eldest.remove();
            pack.finish();
        }
    }

    private boolean isSmall(Path pack) throws IOException {
        return Files.size(pack) < Math.min(PACK_BYTES_MIN, packBytesMax / 4);
    }

    @GuardedBy("lock")
    private OpenPack reopen(ProjectId project) throws IOException {
        folder.makeFolder(project);
        for (PackId id : folder.packs(project)) {
            Path path = folder.file(project, id);
            if (!retired.contains(id) && isSmall(path)) {
                Optional<OpenPack> pack = reopen(id, disk.open(path));
                if (pack.isPresent()) {
                    return pack.get();
                }
            }
        }
        return create(project);
    }

    /**
     * Goes on with a finished pack by cutting its index off. What the frames say is asked, not the
     * index: a file's own bytes at the end of a pack could look like one. Absent where the pack was
     * given up by this process or can't be read.
     */
    private Optional<OpenPack> reopen(PackId id, DiskFile file) throws IOException {
        boolean kept = false;
        try {
            if (!PackFolder.endsWithIndex(file)) {
                return Optional.empty();
            }
            PackFolder.Contents contents = PackFolder.contents(file);
            file.truncate(contents.end());
            kept = true;
            return Optional.of(
                    new OpenPack(id, file, contents.entries(), contents.end(), packBytesMax));
        } catch (SynclineException e) {
            LOG.atError().setCause(e).addKeyValue("pack", id).log("a pack can't be read");
            return Optional.empty();
        } finally {
            if (!kept) {
                file.close();
            }
        }
    }

    private OpenPack create(ProjectId project) throws IOException {
        PackId id = new PackId(RandomId.next(random));
        Path path = folder.file(project, id);
        DiskFile file = disk.create(path);
        try {
            ByteBuffer header = new PackHeader(project, FORMAT, clock.instant()).toBytes();
            file.write(header, 0);
            file.force();
            disk.forceFolder(folder.folder(project));
        } catch (IOException e) {
            file.close();
            Files.deleteIfExists(path);
            throw e;
        }
        return new OpenPack(id, file, List.of(), PackHeader.BYTES, packBytesMax);
    }

    /** Takes a pack that is full or given up out of use. */
    private void retire(ProjectId project, OpenPack pack) {
        lock.lock();
        try {
            open.remove(project, pack);
        } finally {
            lock.unlock();
        }
        pack.finish();
    }

    @Override
    public List<ByteBuffer> read(ProjectId project, List<FrameRequest> requests) {
        if (requests.size() > FRAMES_MAX) {
            throw SynclineException.invalid("a read has at most " + FRAMES_MAX + " frames");
        }
        checkOpen();
        ByteBuffer[] frames = new ByteBuffer[requests.size()];
        for (ReadRun run : ReadRun.of(requests)) {
            ByteBuffer bytes = readRun(project, run);
            for (int index : run.requests()) {
                FrameRequest request = requests.get(index);
                frames[index] = check.verified(request, slice(run, bytes, request));
            }
        }
        return List.of(frames);
    }

    private static ByteBuffer slice(ReadRun run, ByteBuffer bytes, FrameRequest request) {
        FrameLocation location = request.location();
        int from = (int) (location.offsetBytes() - run.offsetBytes());
        if (from + location.lengthBytes() > bytes.limit()) {
            throw FrameCheck.corrupt(request, "the pack ends before it");
        }
        return bytes.slice(from, location.lengthBytes());
    }

    private ByteBuffer readRun(ProjectId project, ReadRun run) {
        try (DiskFile file = disk.openForReading(folder.file(project, run.pack()))) {
            return PackFolder.readAt(file, run.offsetBytes(), run.lengthBytes());
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new SynclineException(ErrorCode.CORRUPT, "pack " + run.pack() + " is missing", e);
        } catch (IOException e) {
            throw DiskFailures.translate("cannot read pack " + run.pack(), e);
        }
    }

    @Override
    public List<PackId> packs(ProjectId project) {
        checkOpen();
        try {
            return folder.packs(project);
        } catch (IOException e) {
            throw DiskFailures.translate("cannot list packs", e);
        }
    }

    @Override
    public List<ProjectId> projects() {
        checkOpen();
        try {
            return folder.projects();
        } catch (IOException e) {
            throw DiskFailures.translate("cannot list packs", e);
        }
    }

    @Override
    public ScanResult scan(ProjectId project, PackId pack, Consumer<ScannedFrame> visitor) {
        checkOpen();
        try (DiskFile file = disk.openForReading(folder.file(project, pack))) {
            long limit = present(project, pack).map(OpenPack::flushed).orElse(file.size());
            return check.scan(pack, PackFolder.source(file, limit), project, visitor);
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new SynclineException(ErrorCode.CORRUPT, "pack " + pack + " is missing", e);
        } catch (UncheckedIOException e) {
            throw DiskFailures.translate("cannot read pack " + pack, e);
        } catch (IOException e) {
            throw DiskFailures.translate("cannot read pack " + pack, e);
        }
    }

    private Optional<OpenPack> present(ProjectId project, PackId pack) {
        lock.lock();
        try {
            return Optional.ofNullable(open.get(project)).filter(found -> found.id().equals(pack));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Kept> kept(ProjectId project, PackId pack) {
        checkOpen();
        try {
            long bytes = Files.size(folder.file(project, pack));
            return Optional.of(new Kept(bytes, present(project, pack).isPresent()));
        } catch (NoSuchFileException e) {
            LOG.atDebug().setCause(e).addKeyValue("pack", pack).log("no such pack");
            return Optional.empty();
        } catch (IOException e) {
            throw DiskFailures.translate("cannot look at pack " + pack, e);
        }
    }

    @Override
    public void retire(ProjectId project, PackId pack) {
        checkOpen();
        lock.lock();
        try {
            if (!Files.exists(folder.file(project, pack))) {
                return;
            }
            retired.add(pack);
        } finally {
            lock.unlock();
        }
        present(project, pack).ifPresent(found -> retire(project, found));
    }

    @Override
    public boolean delete(ProjectId project, PackId pack) {
        checkOpen();
        present(project, pack).ifPresent(found -> retire(project, found));
        try {
            boolean found = Files.deleteIfExists(folder.file(project, pack));
            if (found) {
                disk.forceFolder(folder.folder(project));
            }
            forgetRetired(pack);
            return found;
        } catch (IOException e) {
            throw DiskFailures.translate("cannot delete pack " + pack, e);
        }
    }

    private void forgetRetired(PackId pack) {
        lock.lock();
        try {
            retired.remove(pack);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            open.values().forEach(OpenPack::finish);
            open.clear();
            lockFile.close();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("the block store's lock could not be released");
        } finally {
            lock.unlock();
            check.close();
        }
    }
}
