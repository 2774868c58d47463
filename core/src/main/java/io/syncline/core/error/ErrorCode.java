package io.syncline.core.error;

/**
 * What kind of failure happened. The code alone decides the HTTP status, the exit status of the
 * command line and whether a retry may help.
 */
public enum ErrorCode {
    /** The request or input is malformed or breaks a stated limit of form. */
    INVALID(400, 2, false),
    /** No credential, or one that isn't valid (any more). */
    UNAUTHENTICATED(401, 3, false),
    /** The credential is valid but doesn't allow this. */
    FORBIDDEN(403, 4, false),
    /** There is no such thing, or none that the caller may know of (L7). */
    NOT_FOUND(404, 5, false),
    /** The state changed since the caller looked. */
    STALE(409, 6, false),
    /** What the caller holds is too old or of another lineage: resync. */
    EXPIRED(410, 7, false),
    /** Larger than the stated limit. */
    TOO_LARGE(413, 8, false),
    /** The client speaks a protocol version that the server no longer understands. */
    UPGRADE_REQUIRED(426, 9, false),
    /** Too many requests or too much in use; wait and try again. */
    LIMITED(429, 10, true),
    /** A defect of the program. */
    INTERNAL(500, 70, false),
    /**
     * Stored bytes don't match their digest. Never retried; the block is set aside and reported.
     */
    CORRUPT(500, 11, false),
    /** Overloaded, stopping, unreachable or starting; try again. */
    UNAVAILABLE(503, 12, true);

    private final int httpStatus;
    private final int exitStatus;
    private final boolean retryable;

    ErrorCode(int httpStatus, int exitStatus, boolean retryable) {
        this.httpStatus = httpStatus;
        this.exitStatus = exitStatus;
        this.retryable = retryable;
    }

    /** The status of an HTTP answer that reports this failure (RFC 9110). */
    public int httpStatus() {
        return httpStatus;
    }

    /** The exit status of a command that failed so; 0 is success, 1 is never used. */
    public int exitStatus() {
        return exitStatus;
    }

    /** Whether the same request may succeed later without the caller changing anything. */
    public boolean retryable() {
        return retryable;
    }
}
