package io.syncline.storage.block.s3;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.block.SnapshotFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of objects in a folder of this process, up to a number of bytes; the one unused for
 * longest goes. A copy that goes stays readable to who has it open. Each object is fetched by one
 * at a time. Thread-safe.
 */
final class LocalCopies implements AutoCloseable {
    /** What copies take together, but for one that is longer by itself. */
    static final long BYTES_MAX = 2L << 30;

    private static final Logger LOG = LoggerFactory.getLogger(LocalCopies.class);

    private final Path folder;
    private final AtomicLong names = new AtomicLong();
    private final ConcurrentHashMap<String, ReentrantLock> fetching = new ConcurrentHashMap<>();

    /** In order of last use. */
    @GuardedBy("this")
    private final Map<String, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("this")
    private long bytes;

    private record Copy(Path file, long sizeBytes) {}

    private LocalCopies(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder, or empties it. */
    static LocalCopies open(Path folder) {
        LocalCopies copies = new LocalCopies(folder);
        try {
            Files.createDirectories(folder);
            copies.empty();
            return copies;
        } catch (IOException e) {
            throw S3SnapshotFiles.failure("the folder for snapshots can't be opened", e);
        }
    }

    private void empty() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "*.copy")) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The name of a file that isn't there. */
    Path temporary() {
        return folder.resolve(names.incrementAndGet() + ".copy");
    }

    /** An object's copy, where there is one. */
    synchronized Optional<SnapshotFiles.Reading> reading(String object) {
        Copy copy = copies.get(object);
        return copy == null ? Optional.empty() : Optional.of(new Reading(copy.file()));
    }

    /**
     * An object's copy, made if there is none.
     *
     * @param get writes the object's bytes to the stream that it is given, and says how many;
     *     absent where the object has gone
     */
    Optional<SnapshotFiles.Reading> fetch(
            String object, long sizeBytes, Function<Supplier<OutputStream>, Optional<Long>> get) {
        ReentrantLock lock = fetching.computeIfAbsent(object, _ -> new ReentrantLock());
        lock.lock();
        try {
            Optional<SnapshotFiles.Reading> made = reading(object);
            if (made.isPresent()) {
                return made;
            }
            Path file = temporary();
            Optional<Long> read = get.apply(() -> stream(file));
            if (read.isEmpty()) {
                return Optional.empty();
            }
            if (read.get() != sizeBytes) {
                drop(file);
                throw new SynclineException(
                        ErrorCode.UNAVAILABLE,
                        "a snapshot of " + sizeBytes + " bytes came as " + read.get());
            }
            Reading reading = new Reading(file);
            keep(object, new Copy(file, sizeBytes));
            return Optional.of(reading);
        } finally {
            lock.unlock();
            fetching.remove(object, lock);
        }
    }

    private static OutputStream stream(Path file) {
        try {
            return Files.newOutputStream(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void keep(String object, Copy copy) {
        forget(object);
        copies.put(object, copy);
        bytes += copy.sizeBytes();
        Iterator<Copy> eldest = copies.values().iterator();
        while (bytes > BYTES_MAX && eldest.hasNext()) {
            Copy gone = eldest.next();
            eldest.remove();
            bytes -= gone.sizeBytes();
            drop(gone.file());
        }
    }

    /** Deletes an object's copy, if there is one. */
    synchronized void forget(String object) {
        Copy copy = copies.remove(object);
        if (copy != null) {
            bytes -= copy.sizeBytes();
            drop(copy.file());
        }
    }

    private static void drop(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("a snapshot's copy can't be deleted");
        }
    }

    @Override
    public void close() {
        try {
            empty();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("snapshots' copies can't be deleted");
        }
    }

    /** By RandomAccessFile, because interrupting a FileChannel's reader closes it. */
    private static final class Reading implements SnapshotFiles.Reading {
        private final RandomAccessFile file;
        private final long size;

        Reading(Path path) {
            try {
                this.file = new RandomAccessFile(path.toFile(), "r");
                this.size = file.length();
            } catch (IOException e) {
                throw S3SnapshotFiles.failure("a snapshot can't be opened", e);
            }
        }

        @Override
        public synchronized ByteBuffer read(long offset, int length) throws IOException {
            if (offset < 0 || length < 0 || offset + length > size) {
                throw new EOFException("a snapshot ends at " + size);
            }
            byte[] read = new byte[length];
            file.seek(offset);
            file.readFully(read);
            return ByteBuffer.wrap(read);
        }

        @Override
        public long sizeBytes() {
            return size;
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw S3SnapshotFiles.failure("a snapshot can't be closed", e);
            }
        }
    }
}
