package io.syncline.client.scan;

import io.syncline.client.disk.LocalPath;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Compares a folder with what is known of it.
 *
 * <p>At most one scan of a folder runs at a time, and the observations of the one before have been
 * applied. Observations are handed to the sink by one thread at a time, which may block: that is
 * the bound on memory. What is held meanwhile is one record per directory of the folder, one per
 * vanished or possibly moved node, and the listing of one directory per thread.
 *
 * <p>R21: a file whose name still exists is the same node; only vanished names are sought
 * elsewhere, by identity. Directories go by identity first, by name second. R27, R11: nothing
 * vanishes from a directory that can't be read in full or that is on another device than before.
 */
public interface Scanner {
    /**
     * From how many entries on the disappearance of all of them is asked about, in the root or
     * below what few are there; fewer a person deletes every day, and the trash has them.
     */
    int EMPTIED_FROM = 3;

    /** Looks at everything. */
    ScanResult scanAll(KnownTree known, Consumer<Observation> sink);

    /**
     * Looks at these directories and at all that is in those of their subdirectories that are new
     * there; for one that isn't known (any more), at the nearest directory above that is.
     */
    ScanResult scan(Set<LocalPath> directories, KnownTree known, Consumer<Observation> sink);
}
