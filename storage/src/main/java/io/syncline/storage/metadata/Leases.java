package io.syncline.storage.metadata;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who may do what only one node of a server does at a time. A lease has a name of 1..64 characters
 * of ASCII and runs out unless it is renewed, so that a node that was killed holds nobody up. A
 * node that was only paused believes that it still holds one: therefore every acquisition gets a
 * higher <em>fence</em> than all before it, and whoever writes under a lease asks {@link
 * Writable#holds} in the same transaction.
 *
 * <p>Time is handed in; a store that several machines share goes by its own clock instead. Where a
 * clock was set back, so that a lease seems to run for longer than any may, it counts as run out:
 * the fence keeps that safe.
 */
public interface Leases {
    /** A lease as it was acquired. */
    record Lease(String name, String holder, long fence) {}

    /**
     * Whether it is this holder's turn: nobody else holds the lease, or has done the work so
     * recently that it asked for a rest.
     */
    boolean isDue(String name, String holder, Instant now);

    /** With the mutations. */
    interface Writable extends Leases {
        /** The longest that a lease is acquired for, and that a rest lasts. */
        Duration LONGEST = Duration.ofHours(24);

        /**
         * Acquires the lease, whether or not a rest was asked for, unless somebody else holds it. A
         * holder that has it already gets it anew, with a higher fence.
         *
         * @return whether it was acquired, and the lease if it was
         */
        Optional<Lease> acquire(String name, String holder, Instant now, Duration duration);

        /** Prolongs the lease, even if it ran out; false when it isn't this holder's any more. */
        boolean renew(Lease lease, Instant now, Duration duration);

        /**
         * Gives the lease back; nothing happens where it isn't this holder's any more.
         *
         * @param rest for how long from now it isn't due for others
         */
        boolean release(Lease lease, Instant now, Duration rest);

        /**
         * Whether nobody acquired the lease since. If it is so, nobody will before this transaction
         * ends: what is written in it is written under the lease.
         */
        boolean holds(Lease lease);
    }
}
