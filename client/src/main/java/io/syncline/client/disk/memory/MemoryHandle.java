package io.syncline.client.disk.memory;

import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.ReadHandle;
import io.syncline.client.disk.Refusals;
import io.syncline.client.disk.Stat;
import io.syncline.client.disk.WriteHandle;
import io.syncline.client.disk.memory.DirectoryInode.Link;
import io.syncline.client.libc.Errno;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** An open file, which stays the same whatever becomes of its names. */
final class MemoryHandle implements ReadHandle, WriteHandle {
    private final MemoryCalls calls;
    private final LocalPath path;
    private final Link link;
    private final FileInode inode;
    private boolean closed;

    MemoryHandle(MemoryCalls calls, LocalPath path, Link link, FileInode inode) {
        this.calls = calls;
        this.path = path;
        this.link = link;
        this.inode = inode;
    }

    @Override
    public LocalPath path() {
        return path;
    }

    @Override
    public int read(ByteBuffer into, long offsetBytes) {
        return doing(Operation.READ, () -> inode.content().read(into, offsetBytes));
    }

    @Override
    public long nextData(long offsetBytes) {
        return doing(Operation.READ, () -> inode.content().nextData(offsetBytes));
    }

    @Override
    public void write(ByteBuffer from, long offsetBytes) {
        doing(
                Operation.WRITE,
                () -> {
                    if (from.hasRemaining()) {
                        try {
                            store(from, offsetBytes);
                        } finally {
                            calls.tree().wrote(link);
                        }
                    }
                    return path;
                });
    }

    /** Stores through a mapping, of which the system notices the first at most. */
    void writeMapped(ByteBuffer from, long offsetBytes) {
        doing(
                Operation.WRITE,
                () -> {
                    if (offsetBytes + from.remaining() > inode.sizeBytes()) {
                        throw new Failure(Errno.EINVAL);
                    }
                    store(from, offsetBytes);
                    if (inode.storeThroughMapping()) {
                        calls.tree().storedThroughMapping(inode);
                    }
                    return path;
                });
    }

    private void store(ByteBuffer from, long offsetBytes) {
        long at = offsetBytes;
        try {
            while (from.hasRemaining()) {
                if (!inode.content().hasPageAt(at)) {
                    inode.volume.take(Content.PAGE_BYTES);
                }
                int before = from.remaining();
                inode.content().writeInPage(from, at);
                at += before - from.remaining();
            }
        } finally {
            inode.wrote(calls.tree().now(inode));
            inode.volume.touched(inode);
        }
    }

    @Override
    public void setSize(long sizeBytes) {
        doing(
                Operation.SET_SIZE,
                () -> {
                    if (sizeBytes != inode.sizeBytes()) {
                        long before = inode.pageCount();
                        inode.setSize(sizeBytes, calls.tree().now(inode));
                        inode.volume.giveBack((before - inode.pageCount()) * Content.PAGE_BYTES);
                        calls.tree().wrote(link);
                    }
                    return path;
                });
    }

    @Override
    public void setAttributes(boolean executable, long mtimeNanos) {
        doing(
                Operation.SET_ATTRIBUTES,
                () -> {
                    calls.tree().setExecutable(link, executable);
                    calls.tree().setModificationTime(link, mtimeNanos);
                    return path;
                });
    }

    @Override
    public void force() {
        doing(
                Operation.FORCE,
                () -> {
                    inode.volume.force(inode);
                    return path;
                });
    }

    @Override
    public Stat stat() {
        return doing(Operation.STAT, () -> calls.statOf(inode));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            calls.closed(this);
            if (calls.isOfThisBoot()) {
                inode.handles--;
                inode.volume.release(inode);
            }
        }
    }

    private <T> T doing(Operation operation, Supplier<T> call) {
        if (closed) {
            throw new IllegalStateException("'" + path + "' was closed");
        }
        try {
            calls.before(operation, path);
            if (!inode.volume.isAttached()) {
                throw new Failure(Errno.EIO);
            }
            return call.get();
        } catch (Failure e) {
            throw new DiskException(path, Refusals.of(e.errno()));
        }
    }
}
