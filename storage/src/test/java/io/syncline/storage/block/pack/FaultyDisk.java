package io.syncline.storage.block.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The real disk, but it fails, fills up or waits where a test says so. */
final class FaultyDisk implements Disk {
    private final Disk real = new RealDisk();
    final AtomicInteger forces = new AtomicInteger();
    final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);
    volatile boolean forceFails;
    volatile boolean truncateFails;
    volatile @Nullable CountDownLatch forceWaits;

    @Override
    public DiskFile create(Path path) throws IOException {
        return new FaultyFile(real.create(path));
    }

    @Override
    public DiskFile open(Path path) throws IOException {
        return new FaultyFile(real.open(path));
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        return real.openForReading(path);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        real.forceFolder(folder);
    }

    private final class FaultyFile implements DiskFile {
        private final DiskFile file;

        FaultyFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            int length = bytes.remaining();
            long left = bytesLeft.getAndAdd(-length);
            if (left >= length) {
                file.write(bytes, offset);
                return;
            }
            // As a real disk does: some of it is written, then there is no more room.
            bytesLeft.set(0);
            file.write(bytes.slice(bytes.position(), (int) Math.max(0, left)), offset);
            throw new IOException("No space left on device");
        }

        @Override
        public int read(byte[] into, int from, int length, long offset) throws IOException {
            return file.read(into, from, length, offset);
        }

        @Override
        public void force() throws IOException {
            CountDownLatch latch = forceWaits;
            if (latch != null) {
                try {
                    latch.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            if (forceFails) {
                throw new IOException("Input/output error");
            }
            file.force();
            forces.incrementAndGet();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            if (truncateFails) {
                throw new IOException("Read-only file system");
            }
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
