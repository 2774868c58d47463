package io.syncline.storage.metadata;

import io.syncline.core.tree.Hash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Join links. */
public interface Links {
    /** A project's links that are neither used up nor expired, soonest to expire first. */
    List<JoinLink> list(ProjectKey project, Instant now);

    /** With the mutations. */
    interface Writable extends Links {
        /** Adds a link; {@code STALE} when its id or secret is taken. */
        void add(JoinLink link);

        /**
         * Takes one use of the link with this secret, and returns the link as it is after that.
         * Absent for an unknown, used-up or expired one, which can't be told apart.
         */
        Optional<JoinLink> use(Hash secret, Instant now);

        /** Withdraws a link; false when the project has no such link. */
        boolean delete(ProjectKey project, LinkId id);
    }
}
