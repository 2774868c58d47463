package io.syncline.core.wire;

import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.ReplicaId;
import java.util.Optional;

/**
 * A question for a page of the change feed.
 *
 * @param proof the newest head that the reader saw, at or above {@code since}; absent only where it
 *     begins at nothing
 * @param since how far it has read; 0: nothing
 * @param floor of a reader that began at nothing and isn't at its first consistent page yet: the
 *     floor that its first page stated
 * @param limit 1..{@link Limits#CHANGES_PAGE_ENTRIES_MAX} entries
 * @param replica who reads, told with the first question, so that the floor waits for it (R16)
 */
public record ChangesRequest(
        Optional<Proof> proof,
        long since,
        Optional<Long> floor,
        int limit,
        Optional<ReplicaId> replica) {
    /** A first question by nobody in particular. */
    public static ChangesRequest first(int limit) {
        return new ChangesRequest(Optional.empty(), 0, Optional.empty(), limit, Optional.empty());
    }

    /** The question that follows a page, by a reader that is at its end. */
    public ChangesRequest after(ChangesPage page) {
        return new ChangesRequest(
                Optional.of(page.proof()),
                page.to(),
                since == 0 ? Optional.of(page.floor()) : floor,
                limit,
                Optional.empty());
    }
}
