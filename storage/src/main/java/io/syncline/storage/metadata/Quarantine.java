package io.syncline.storage.metadata;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.FrameLocation;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A project's blocks whose bytes turned out not to be what they should be. They count as missing,
 * as condemned ones do, until they are stored again (R25).
 */
public interface Quarantine {
    /** Whether there is any; one look-up. */
    boolean any();

    /** Which of these blocks are quarantined. */
    Set<Hash> among(Collection<Hash> hashes);

    /** A page of them in order of hash: those above {@code after}. */
    List<Hash> page(Optional<Hash> after, int limit);

    /** With the mutations. */
    interface Writable extends Quarantine {
        /**
         * Quarantines a block whose bytes at this place are wrong; a row that points elsewhere by
         * now, or is none, stays as it is.
         *
         * @return whether it is quarantined now
         */
        boolean add(Hash hash, FrameLocation where, Instant now);

        /**
         * Takes a block back whose bytes were found right after all, under a new number.
         *
         * @return whether it was quarantined
         */
        boolean release(Hash hash, Instant now);
    }
}
