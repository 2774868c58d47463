package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.ReplicaId;
import java.util.List;

/**
 * A batch of changes sent by one device: the body of {@code POST /v1/projects/{p}/commits}.
 *
 * @param id the key under which the answer is kept for 30 days; a repeat with the same body gets
 *     the first answer, with another body INVALID (R9)
 * @param replica the sender's replica
 * @param base the newest head that the sender had seen when it planned; of a history that isn't the
 *     server's: EXPIRED (R2)
 * @param atomic all changes or none, validated on the final state so that names may be swapped
 *     (R20)
 * @param changes 1..500, applied in order; no node is named by two of them
 */
public record Commit(
        CommitId id, ReplicaId replica, Proof base, boolean atomic, List<Change> changes) {
    public Commit {
        changes = List.copyOf(changes);
        if (changes.isEmpty() || changes.size() > Limits.COMMIT_CHANGES_MAX) {
            throw SynclineException.invalid(
                    "a commit has 1.." + Limits.COMMIT_CHANGES_MAX + " changes");
        }
    }
}
