package io.syncline.storage.block.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.FrameHeader;
import io.syncline.core.frame.PackHeader;
import io.syncline.core.frame.PackIndex;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.pack.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pack of a project that is being filled. Appends write one after another, then wait for a
 * flush that covers their bytes; while one flush runs, others write, so many appends share the
 * next.
 *
 * <p>After a failed flush nothing is known about what was written since the last good one, and a
 * second flush may claim success without having written it. So the pack is given up: what was
 * answered before stays readable, nothing more is answered from it.
 */
final class OpenPack {
    /** Entries bound the index; 1 << 20 is the format's limit. */
    private static final int FRAMES_MAX = 1 << 20;

    /** Frames go to the file in calls of about this size; small ones together. */
    private static final int CALL_BYTES = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(OpenPack.class);

    private final PackId id;
    private final DiskFile file;
    private final long bytesMax;

    /** Held while writing; taken after {@link #flushing} where both are needed. */
    private final ReentrantLock writing = new ReentrantLock();

    private final ReentrantLock flushing = new ReentrantLock();

    @GuardedBy("writing")
    private final List<PackIndex.Entry> entries;

    @GuardedBy("writing")
    private final ByteBuffer gathered = ByteBuffer.allocate(CALL_BYTES);

    @GuardedBy("writing")
    private long end;

    @GuardedBy("writing")
    private boolean closed;

    private volatile long flushed;

    /**
     * @param entries the frames that the file holds already
     * @param end where the next frame goes
     */
    OpenPack(PackId id, DiskFile file, List<PackIndex.Entry> entries, long end, long bytesMax) {
        this.id = id;
        this.file = file;
        this.entries = new ArrayList<>(entries);
        this.end = end;
        this.flushed = end;
        this.bytesMax = bytesMax;
    }

    PackId id() {
        return id;
    }

    /** How far the file holds whole, durable frames. */
    long flushed() {
        return flushed;
    }

    /**
     * Writes the first frames of the list, as many as there is room for. None means that the pack
     * is full or closed: take another. An empty pack has room for any frame.
     */
    List<FrameLocation> write(List<ByteBuffer> frames) {
        writing.lock();
        try {
            List<FrameLocation> locations = new ArrayList<>();
            long at = end;
            for (ByteBuffer frame : frames) {
                boolean fits = at == PackHeader.BYTES || at + frame.remaining() <= bytesMax;
                if (closed || !fits || entries.size() + locations.size() >= FRAMES_MAX) {
                    break;
                }
                locations.add(new FrameLocation(id, at, frame.remaining()));
                at += frame.remaining();
            }
            if (!locations.isEmpty()) {
                writeAll(frames.subList(0, locations.size()), at);
                for (int i = 0; i < locations.size(); i++) {
                    entries.add(entry(frames.get(i), locations.get(i)));
                }
            }
            return locations;
        } finally {
            writing.unlock();
        }
    }

    private static PackIndex.Entry entry(ByteBuffer frame, FrameLocation location) {
        FrameHeader header = FrameHeader.read(frame.duplicate());
        return new PackIndex.Entry(
                header.hash(),
                location.offsetBytes(),
                header.frameBytes(),
                header.plainBytes(),
                header.level());
    }

    @GuardedBy("writing")
    private void writeAll(List<ByteBuffer> frames, long newEnd) {
        try {
            long at = end;
            for (ByteBuffer frame : frames) {
                ByteBuffer rest = frame.duplicate();
                while (rest.hasRemaining()) {
                    int length = Math.min(gathered.remaining(), rest.remaining());
                    gathered.put(rest.slice(rest.position(), length));
                    rest.position(rest.position() + length);
                    at += gathered.hasRemaining() ? 0 : writeGathered(at);
                }
            }
            at += writeGathered(at);
            if (at != newEnd) {
                throw new IllegalStateException("wrote up to " + at + ", not " + newEnd);
            }
            end = newEnd;
        } catch (IOException e) {
            gathered.clear();
            try {
                // Whatever was written of it is cut off, so that the next append follows a frame.
                file.truncate(end);
            } catch (IOException again) {
                e.addSuppressed(again);
                closed = true;
                close();
            }
            throw DiskFailures.translate("cannot write to pack " + id, e);
        }
    }

    /** Writes what was gathered, and says how much that was. */
    @GuardedBy("writing")
    private int writeGathered(long at) throws IOException {
        int length = gathered.position();
        if (length > 0) {
            file.write(gathered.flip(), at);
            gathered.clear();
        }
        return length;
    }

    /** Returns when the file is durable up to this offset. */
    void flush(long upTo) {
        if (flushed >= upTo) {
            return;
        }
        flushing.lock();
        try {
            if (flushed >= upTo) {
                return;
            }
            long covered;
            writing.lock();
            try {
                if (closed) {
                    throw new SynclineException(
                            ErrorCode.UNAVAILABLE, "pack " + id + " was given up");
                }
                covered = end;
            } finally {
                writing.unlock();
            }
            force();
            flushed = covered;
        } finally {
            flushing.unlock();
        }
    }

    private void force() {
        try {
            file.force();
        } catch (IOException e) {
            giveUp();
            throw DiskFailures.translate("cannot flush pack " + id, e);
        }
    }

    private void giveUp() {
        writing.lock();
        try {
            closed = true;
            close();
        } finally {
            writing.unlock();
        }
    }

    /** Puts the index at the end, makes everything durable and closes. Idempotent. */
    void finish() {
        flushing.lock();
        writing.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            PackFolder.finish(file, end, entries);
            flushed = end;
        } catch (IOException e) {
            // Without an index the pack is like one after a crash, which the next start finishes.
            LOG.atWarn().setCause(e).addKeyValue("pack", id).log("a pack could not be finished");
        } finally {
            close();
            writing.unlock();
            flushing.unlock();
        }
    }

    private void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).addKeyValue("pack", id).log("a pack could not be closed");
        }
    }
}
