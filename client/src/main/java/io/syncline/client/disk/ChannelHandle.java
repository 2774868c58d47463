package io.syncline.client.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the handles of all adapters share: bytes through a {@link FileChannel}. */
abstract class ChannelHandle implements ReadHandle, WriteHandle {
    private final LocalPath path;
    private final FileChannel channel;
    private final AtomicBoolean closed = new AtomicBoolean();

    ChannelHandle(LocalPath path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    @Override
    public final LocalPath path() {
        return path;
    }

    @Override
    public final int read(ByteBuffer into, long offsetBytes) {
        int total = 0;
        try {
            while (into.hasRemaining()) {
                int count = channel.read(into, offsetBytes + total);
                if (count < 0) {
                    break;
                }
                total += count;
            }
        } catch (IOException e) {
            throw failed(e);
        }
        return total;
    }

    @Override
    public final void write(ByteBuffer from, long offsetBytes) {
        long at = offsetBytes;
        try {
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** An adapter that can't tell holes from data says that all is data. */
    @Override
    public long nextData(long offsetBytes) {
        return offsetBytes;
    }

    @Override
    public final void setSize(long sizeBytes) {
        try {
            if (sizeBytes < channel.size()) {
                channel.truncate(sizeBytes);
            } else if (sizeBytes > channel.size()) {
                write(ByteBuffer.wrap(new byte[1]), sizeBytes - 1);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public final void force() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public final void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            closeDescriptor();
        }
    }

    /** Frees what the adapter holds besides the channel. */
    void closeDescriptor() {}

    final DiskException failed(IOException e) {
        var failure = new DiskException(path, Refusals.of(e));
        failure.initCause(e);
        return failure;
    }
}
