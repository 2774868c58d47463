package io.syncline.storage.metadata;

import java.nio.file.Path;

/** A metadata store that can be copied into a file while others read and write it. */
public interface MetadataCopy {
    /** Told now and then how far a copy is. */
    @FunctionalInterface
    interface Listener {
        /**
         * So much of it is done. What this throws ends the copy, at the latest when it is whole.
         */
        void copied(long doneBytes, long totalBytes);
    }

    /**
     * Copies all that the store holds at one moment after the call; from the copy another store of
     * the same kind can be opened. Neither reads nor writes wait for it, but the store keeps what
     * is written meanwhile apart until it ends. Durable when it returns.
     *
     * @param file must not exist; what is there after a failure is worthless
     */
    void copyTo(Path file, Listener listener);
}
