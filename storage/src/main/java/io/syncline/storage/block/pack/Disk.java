package io.syncline.storage.block.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** What packs need of a file system; the seam at which tests make it fail. */
interface Disk {
    /** Makes a file that must not exist. */
    DiskFile create(Path path) throws IOException;

    /** Opens a file for reading and writing. */
    DiskFile open(Path path) throws IOException;

    /** Opens a file for reading. */
    DiskFile openForReading(Path path) throws IOException;

    /** Makes the names in a folder durable. */
    void forceFolder(Path folder) throws IOException;

    /** One file. Used by one thread at a time, except for {@link #force}. */
    interface DiskFile extends AutoCloseable {
        /** Writes all remaining bytes at an offset; the buffer has an array. */
        void write(ByteBuffer bytes, long offset) throws IOException;

        /** Reads up to {@code length} bytes at an offset; how many, or less than 1 at the end. */
        int read(byte[] into, int from, int length, long offset) throws IOException;

        /** Makes what was written durable. */
        void force() throws IOException;

        long size() throws IOException;

        void truncate(long size) throws IOException;

        @Override
        void close() throws IOException;
    }
}
