package io.syncline.storage.metadata;

import io.syncline.core.error.SynclineException;

/**
 * The id of one snapshot file. A file is never changed, so its id serves as its entity tag.
 *
 * @param value 128 random bits as 32 lower-case hexadecimal digits
 */
public record SnapshotId(String value) {
    public SnapshotId {
        if (!value.matches("[0-9a-f]{32}")) {
            throw SynclineException.invalid("an id is 32 lower-case hexadecimal digits");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
