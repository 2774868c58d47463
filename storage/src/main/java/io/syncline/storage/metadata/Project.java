package io.syncline.storage.metadata;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.time.Instant;

/**
 * A project with its head.
 *
 * @param key its dense number in this store
 * @param format what cuts, hashes and encrypts its content; fixed for life (R41)
 * @param portableNames whether names that some system can't tell apart are refused
 * @param epoch the lineage that {@code head} is of
 * @param fork where the lineage began
 * @param head the sequence of the newest change, 0 for none
 * @param digest over all live nodes at {@code head}
 * @param nodes number of live nodes at {@code head}
 * @param floor changes at or below it may have lost their tombstones: no reader may start there
 *     (R16)
 */
public record Project(
        ProjectKey key,
        ProjectId id,
        String name,
        int format,
        boolean portableNames,
        Epoch epoch,
        Fork fork,
        long head,
        TreeDigest digest,
        long nodes,
        long floor,
        Instant created) {
    public Project {
        created = Millis.of(created);
    }
}
