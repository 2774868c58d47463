package io.syncline.storage.metadata;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.TreeDigest;
import java.time.Instant;

/**
 * A snapshot whose file is durable.
 *
 * @param cursor what it shows the tree at
 * @param digest the project's digest at the cursor
 * @param nodes live nodes in it
 * @param sizeBytes of its file
 * @param created when its row was written
 */
public record Snapshot(
        SnapshotId id,
        Cursor cursor,
        TreeDigest digest,
        long nodes,
        long sizeBytes,
        Instant created) {
    public Snapshot {
        created = Millis.of(created);
    }
}
