package io.syncline.system.mutation;

import java.util.Optional;

/**
 * What became of the search for one mutation.
 *
 * @param worlds how many were run with it
 */
record Finding(Mutation mutation, Optional<Notice> notice, long worlds) {
    /**
     * The simulator noticed.
     *
     * @param oracle that failed
     * @param seed of the world in which it did
     * @param story what happened there
     */
    record Notice(String oracle, long seed, String why, String story) {}
}
