package io.syncline.storage.block;

import io.syncline.core.snapshot.SnapshotSink;
import io.syncline.core.snapshot.SnapshotSource;
import io.syncline.core.tree.ProjectId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps snapshots' files. A file has a name of 32 hexadecimal digits within its project, appears
 * whole or not at all, and never changes.
 *
 * <p><b>Thread safety.</b> Any number of threads may call at once; a draft belongs to one.
 *
 * <p><b>Durability.</b> When {@link Draft#publish} returns, the file survives a power cut. After a
 * crash it is whole or not there; what is left of a draft goes when the store is next opened.
 *
 * <p><b>Absence</b> is an empty {@code Optional} or false. <b>Failures</b> are {@code
 * SynclineException}: {@code UNAVAILABLE} for a full or broken disk.
 */
public interface SnapshotFiles extends AutoCloseable {
    /** A file in the making. */
    interface Draft extends AutoCloseable {
        /** Where its tree sections go. */
        SnapshotSink tree();

        /** Where its content sections go. */
        SnapshotSink contents();

        /**
         * Makes it a file: these bytes, then the tree sections, then the content sections.
         *
         * @return its length in bytes
         */
        long publish(ByteBuffer head);

        /** Drops what wasn't published. Idempotent. */
        @Override
        void close();
    }

    /** A file that is being read; what deletes it meanwhile takes nothing from its reader. */
    interface Reading extends SnapshotSource, AutoCloseable {
        /** Length in bytes. */
        long sizeBytes();

        @Override
        void close();
    }

    /**
     * A file.
     *
     * @param published when, to the precision of the store
     */
    record Entry(String name, Instant published) {}

    /** Begins a file of that name, which the project must not have. */
    Draft draft(ProjectId project, String name);

    /** Opens a file. */
    Optional<Reading> open(ProjectId project, String name);

    /** The files of a project, in order of name. */
    List<Entry> list(ProjectId project);

    /** Deletes a file; false where there was none. */
    boolean delete(ProjectId project, String name);

    /** Frees all resources. Idempotent. */
    @Override
    void close();
}
