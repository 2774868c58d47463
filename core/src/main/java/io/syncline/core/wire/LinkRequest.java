package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;

/**
 * Makes a join link: the body of {@code POST /v1/projects/{p}/links}.
 *
 * @param uses how many devices may join by it
 * @param expiresSeconds how long it lives
 */
public record LinkRequest(Role role, int uses, long expiresSeconds) {
    /** Most uses of one link. */
    public static final int USES_MAX = 10_000;

    /** Longest life of a link: a year. */
    public static final long EXPIRES_SECONDS_MAX = 366L * 86_400;

    public LinkRequest {
        if (uses < 1 || uses > USES_MAX) {
            throw SynclineException.invalid("a link has 1.." + USES_MAX + " uses");
        }
        if (expiresSeconds < 1 || expiresSeconds > EXPIRES_SECONDS_MAX) {
            throw SynclineException.invalid("a link lives 1 s to a year");
        }
    }
}
