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
     * The file's attributes now; compared with those from before reading, they tell whether the
     * file was written to in between (R32).
     */
    Stat stat();

    @Override
    void close();
}
