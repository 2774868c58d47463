package io.syncline.client.disk;

import java.io.IOException;
import java.util.List;

/**
 * People who share a folder with Syncline, and care nothing for its rules. Paths are relative to
 * the folder and may lead out of it.
 */
interface People {
    /** Writes a whole file, in place where it exists. */
    void write(String path, String content) throws IOException;

    String read(String path) throws IOException;

    OpenFile open(String path) throws IOException;

    void makeDirectory(String path) throws IOException;

    void symlink(String path, String target) throws IOException;

    void makePipe(String path) throws IOException;

    /** A file in the folder whose name isn't UTF-8. */
    void makeUndecodable() throws IOException;

    /** Renames, over whatever is there. */
    void move(String from, String to) throws IOException;

    /** Deletes a file, a link or an empty directory. */
    void delete(String path) throws IOException;

    void setModificationTime(String path, long nanos) throws IOException;

    boolean exists(String path) throws IOException;

    /** The permission bits, without those of kinds. */
    int mode(String path) throws IOException;

    /** The names in a directory, in order. */
    List<String> names(String path) throws IOException;

    /** A file that a program of theirs holds open. */
    interface OpenFile extends AutoCloseable {
        /** Writes at the beginning. */
        void write(String content) throws IOException;

        @Override
        void close() throws IOException;
    }
}
