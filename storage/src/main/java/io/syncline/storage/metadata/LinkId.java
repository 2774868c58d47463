package io.syncline.storage.metadata;

import io.syncline.core.error.SynclineException;

/**
 * A join link's id, which isn't its secret.
 *
 * @param value 128 random bits as 32 lower-case hexadecimal digits
 */
public record LinkId(String value) {
    public LinkId {
        if (!value.matches("[0-9a-f]{32}")) {
            throw SynclineException.invalid("an id is 32 lower-case hexadecimal digits");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
