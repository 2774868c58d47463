package io.syncline.storage.backup;

/** Told how far a backup or a restore is. What it throws stops it; it can be run again. */
@FunctionalInterface
public interface CopyListener {
    /**
     * So much is done of one part of the work.
     *
     * @param what the part, for people
     */
    void at(String what, long doneBytes, long totalBytes);
}
