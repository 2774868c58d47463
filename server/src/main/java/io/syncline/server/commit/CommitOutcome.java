package io.syncline.server.commit;

import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangeResult;
import io.syncline.storage.metadata.Version;
import java.util.List;

/**
 * What a commit comes to.
 *
 * @param results result i for change i
 * @param versions what to write, in order of sequence; empty where nothing was applied
 * @param head the project's head afterwards
 * @param digest over all live nodes at that head
 * @param nodes how many live nodes there are then
 * @param addedBytes how much more content the live nodes have then; negative for less
 */
record CommitOutcome(
        List<ChangeResult> results,
        List<Version> versions,
        long head,
        TreeDigest digest,
        long nodes,
        long addedBytes) {
    CommitOutcome {
        results = List.copyOf(results);
        versions = List.copyOf(versions);
    }
}
