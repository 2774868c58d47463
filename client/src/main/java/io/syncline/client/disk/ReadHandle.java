package io.syncline.client.disk;

import java.nio.ByteBuffer;

/**
 * An open regular file. It stays the same file when its name is renamed, replaced or deleted. Safe
 * for use by several threads.
 */
public interface ReadHandle extends AutoCloseable {
    /**
     * Reads bytes from that offset into the buffer's remaining space, as many as the file still has
     * there; 0 at its end (a buffer with space is then not filled).
     *
     * @throws DiskException if the disk fails
     */
    int read(ByteBuffer into, long offsetBytes);

    /**
     * Where the first byte at or after {@code offsetBytes} may be that was ever written: all before
     * it is a hole, which reads as zeros. {@code Long.MAX_VALUE} where nothing but a hole follows;
     * {@code offsetBytes} itself where the file has data there or the system doesn't tell. As true
     * as a read at the same moment, and as soon out of date.
     */
    long nextData(long offsetBytes);

    /**
     * The file's attributes now; compared with those from before reading, they tell whether the
     * file was written to in between (R32).
     */
    Stat stat();

    @Override
    void close();
}
