package io.syncline.client.disk;

import java.nio.ByteBuffer;

/**
 * An open temporary. Nothing is durable before {@link #force} or {@link Disk#forceAll}. Closing it
 * keeps the file; {@link Disk#discard} removes it. Writes to different offsets may come from
 * several threads.
 *
 * <p>Every method throws {@link DiskException}; its refusal is {@link Outcome.NoSpace} when the
 * disk is full.
 */
public interface WriteHandle extends AutoCloseable {
    /** Where the temporary is, in {@link LocalPath#TEMPORARIES}. */
    LocalPath path();

    /** Writes all of the buffer's remaining bytes at that offset. */
    void write(ByteBuffer from, long offsetBytes);

    /** Reads back what was written, as {@link ReadHandle#read}. */
    int read(ByteBuffer into, long offsetBytes);

    /** Where something was written, as {@link ReadHandle#nextData}. */
    long nextData(long offsetBytes);

    /** Cuts the file to that size, or extends it with zeros. */
    void setSize(long sizeBytes);

    /** Sets the executable bits (as far as the umask allows) and the modification time. */
    void setAttributes(boolean executable, long mtimeNanos);

    /** Makes bytes and attributes durable; the name isn't (see {@link Disk#forceAll}). */
    void force();

    /** The temporary as it now is. */
    Stat stat();

    @Override
    void close();
}
