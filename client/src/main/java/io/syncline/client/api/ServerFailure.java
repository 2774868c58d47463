package io.syncline.client.api;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.time.Duration;
import java.util.Optional;

/** A call to the server that failed, with how long the server asked to wait, if it did. */
public final class ServerFailure extends SynclineException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<Duration> retryAfter;

    /** A refusal that the server stated. */
    ServerFailure(ErrorCode code, String message, Optional<Duration> retryAfter) {
        super(code, message);
        this.retryAfter = retryAfter;
    }

    /** A connection, or an answer, that failed; nothing is known of what the server did. */
    static ServerFailure unavailable(String message) {
        return new ServerFailure(ErrorCode.UNAVAILABLE, message, Optional.empty());
    }

    /** As above, translating a foreign exception. */
    static ServerFailure unavailable(String message, Throwable cause) {
        ServerFailure failure = unavailable(message);
        failure.initCause(cause);
        return failure;
    }

    /** How long to wait at least before the next try. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
