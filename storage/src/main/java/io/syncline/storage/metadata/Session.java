package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Hash;
import java.time.Instant;

/**
 * A browser's log-in.
 *
 * @param token SHA-256 of the session's token
 */
public record Session(Hash token, AccountId account, Instant created, Instant expires) {
    public Session {
        created = Millis.of(created);
        expires = Millis.of(expires);
    }
}
