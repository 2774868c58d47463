package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who did what, from where. Entries are added and forgotten, never changed. Ids rise by one in the
 * order in which entries were added, from 1.
 */
public interface AuditLog {
    /**
     * The newest entries first.
     *
     * @param before only those below this id
     * @param account only what this account did
     */
    List<AuditEntry> page(OptionalLong before, Optional<AccountId> account, int limit);

    /** With the mutations. */
    interface Writable extends AuditLog {
        /** Adds an entry, whatever its own id says, and says the id that it got. */
        long add(AuditEntry entry);

        /**
         * Forgets entries made before a time, from the oldest, but never the newest of all.
         *
         * @return how many were forgotten, at most {@code limit}
         */
        int forget(Instant before, int limit);
    }
}
