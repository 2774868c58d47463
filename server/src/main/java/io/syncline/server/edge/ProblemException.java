package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Hash;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A failure whose problem document tells more than code and message. */
public final class ProblemException extends SynclineException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<Resync> resync;
    private final long fork;
    private final transient List<Hash> missing;
    private final transient Optional<Duration> retryAfter;

    private ProblemException(
            ErrorCode code,
            String message,
            Optional<Resync> resync,
            long fork,
            List<Hash> missing,
            Optional<Duration> retryAfter) {
        super(code, message);
        this.resync = resync;
        this.fork = fork;
        this.missing = List.copyOf(missing);
        this.retryAfter = retryAfter;
    }

    /**
     * 410: what the caller holds is of another lineage or wrong; it recovers so.
     *
     * @param fork the last sequence that both are known to share, or 0
     */
    public static ProblemException resync(Resync mode, long fork, String message) {
        return new ProblemException(
                ErrorCode.EXPIRED, message, Optional.of(mode), fork, List.of(), Optional.empty());
    }

    /** These blocks are missing; at most 500 of them are told. */
    public static ProblemException missing(ErrorCode code, String message, List<Hash> missing) {
        return new ProblemException(
                code,
                message,
                Optional.empty(),
                0,
                missing.subList(0, Math.min(missing.size(), 500)),
                Optional.empty());
    }

    /** A retryable failure that says how long to wait. */
    public static ProblemException retry(ErrorCode code, String message, Duration after) {
        return new ProblemException(
                code, message, Optional.empty(), 0, List.of(), Optional.of(after));
    }

    Optional<Resync> resync() {
        return resync;
    }

    long fork() {
        return fork;
    }

    List<Hash> missing() {
        return missing;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
