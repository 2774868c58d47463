package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import java.time.Instant;
import java.util.List;

/**
 * The feed of what was taken from accounts: a membership, a device's token. Requests look rights up
 * whenever they are made; this is for what a node holds open meanwhile, its event sockets.
 * Sequences have no gaps and become visible in their order, so that a reader misses nothing.
 */
public interface RightChanges {
    /**
     * Something was taken from this account.
     *
     * @param sequence from 1
     */
    record RightChange(long sequence, AccountId account) {}

    /** The sequence of the newest change; 0 before the first. */
    long newest();

    /** The changes above {@code sequence} in their order; older ones may be forgotten. */
    List<RightChange> after(long sequence, int limit);

    /** With the mutations. */
    interface Writable extends RightChanges {
        /** Adds a change and says its sequence. */
        long add(AccountId account, Instant now);

        /**
         * Forgets changes made before a time, but never the newest.
         *
         * @return how many were forgotten, at most {@code limit}
         */
        int forget(Instant before, int limit);
    }
}
