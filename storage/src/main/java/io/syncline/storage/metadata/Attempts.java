package io.syncline.storage.metadata;

import java.time.Instant;
import java.util.Optional;

/**
 * Counts of failed attempts to guess a secret, by network, so that all nodes of a server bound them
 * together. A network is named by 1..64 characters of ASCII. How a count fades is the caller's
 * matter; one that faded is forgotten.
 */
public interface Attempts {
    /**
     * How much had been counted at a time.
     *
     * @param failures from 0; not whole where a part has faded
     */
    record Count(double failures, Instant at) {}

    /** What was counted last. */
    Optional<Count> find(String network);

    /** With the mutations. */
    interface Writable extends Attempts {
        /** The same; nobody else changes this count before the transaction ends. */
        Optional<Count> lock(String network);

        /** Remembers a count in place of the last. */
        void put(String network, Count count);

        /**
         * Forgets counts made before a time.
         *
         * @return how many were forgotten, at most {@code limit}
         */
        int forget(Instant before, int limit);
    }
}
