package io.syncline.core.error;

import java.util.Objects;

/**
 * A failure that the caller can't be expected to handle as a value. Expected outcomes are return
 * values instead.
 */
public class SynclineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /** A failure with a message in lower case that says what failed and on what. */
    public SynclineException(ErrorCode code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code);
    }

    /** As above, translating a foreign exception once, at the adapter. */
    public SynclineException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code);
    }

    /** What kind of failure this is. */
    public final ErrorCode code() {
        return code;
    }

    /** Outside input is malformed. */
    public static SynclineException invalid(String message) {
        return new SynclineException(ErrorCode.INVALID, message);
    }

    /** Bytes don't match their digest or format. */
    public static SynclineException corrupt(String message) {
        return new SynclineException(ErrorCode.CORRUPT, message);
    }
}
