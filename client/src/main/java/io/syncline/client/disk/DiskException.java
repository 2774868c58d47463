package io.syncline.client.disk;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;

/**
 * Reading or writing an open file failed, or a refusal met a caller that didn't expect one. Carries
 * the refusal, so that a full disk can be told from a broken one.
 */
public final class DiskException extends SynclineException {
    private static final long serialVersionUID = 1L;

    private final transient Outcome.Refused refusal;

    /** The refusal of an operation on that path. */
    public DiskException(LocalPath path, Outcome.Refused refusal) {
        super(code(refusal), "cannot access '" + path + "': " + refusal.why());
        this.refusal = refusal;
    }

    /** Why it failed. */
    public Outcome.Refused refusal() {
        return refusal;
    }

    private static ErrorCode code(Outcome.Refused refusal) {
        return switch (refusal) {
            case Outcome.Changed _, Outcome.Exists _, Outcome.NotEmpty _ -> ErrorCode.STALE;
            case Outcome.Missing _ -> ErrorCode.NOT_FOUND;
            case Outcome.NoSpace _ -> ErrorCode.LIMITED;
            case Outcome.Denied _ -> ErrorCode.FORBIDDEN;
            case Outcome.Unsupported _ -> ErrorCode.INVALID;
            case Outcome.Unreadable _ -> ErrorCode.UNAVAILABLE;
        };
    }
}
