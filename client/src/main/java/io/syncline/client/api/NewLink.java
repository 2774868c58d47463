package io.syncline.client.api;

import io.syncline.core.wire.Role;
import java.time.Instant;

/**
 * A join link just made; its secret is shown this once.
 *
 * @param link the whole link, {@code syncline://HOST:PORT/join/SECRET}
 */
public record NewLink(String id, String secret, String link, Role role, int uses, Instant expires) {
    /** Doesn't show the secret, so that a log can't. */
    @Override
    public String toString() {
        return "NewLink[" + id + ", " + role + "]";
    }
}
