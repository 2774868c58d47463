package io.syncline.client.scan;

import io.syncline.client.disk.LocalPath;
import java.util.List;

/**
 * What a walk saw.
 *
 * @param directories every directory that it met, each after its parent
 * @param everything whether it went through the whole folder
 * @param entries how many entries were counted, ignored ones left out
 * @param unsupported sockets, pipes and devices, at most {@link #MAX_UNSUPPORTED}
 */
record Walked(
        List<DiskDirectory> directories,
        boolean everything,
        long entries,
        List<LocalPath> unsupported) {
    /** How many special files are named. */
    static final int MAX_UNSUPPORTED = 1_000;

    DiskDirectory root() {
        return directories.getFirst();
    }

    /** Whether the root was read, in full, and holds nothing. */
    boolean rootIsEmpty() {
        return root().reading == DiskDirectory.Reading.READ
                && root().digest.equals(ListingDigest.EMPTY);
    }
}
