package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Problem;
import io.syncline.core.wire.WireJson;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where a failure becomes what the caller sees of it (RFC 9457). */
final class Problems {
    private static final Logger log = LoggerFactory.getLogger(Problems.class);

    /** What a caller is told to wait before trying again, unless the failure says otherwise. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** Longest detail; what a caller sent may be part of it. */
    private static final int DETAIL_CHARACTERS_MAX = 500;

    private Problems() {}

    /** The answer that tells of this failure; unknown failures are logged and tell nothing. */
    static Answer answer(Throwable failure, String requestId) {
        return switch (failure) {
            case ProblemException known -> {
                log(known);
                yield answer(
                        known.code(),
                        message(known),
                        requestId,
                        known.resync(),
                        known.fork(),
                        known.missing(),
                        known.retryAfter().orElse(RETRY_AFTER));
            }
            case SynclineException known -> {
                log(known);
                yield answer(known.code(), message(known), requestId);
            }
            default -> {
                log.atError().setCause(failure).log("request failed by a defect");
                yield answer(
                        ErrorCode.INTERNAL,
                        "the server failed; its log tells why under this request's id",
                        requestId);
            }
        };
    }

    /** What a failure is to a caller. */
    static ErrorCode code(Throwable failure) {
        return failure instanceof SynclineException known ? known.code() : ErrorCode.INTERNAL;
    }

    static Answer answer(ErrorCode code, String detail, String requestId) {
        return answer(code, detail, requestId, Optional.empty(), 0, List.of(), RETRY_AFTER);
    }

    private static Answer answer(
            ErrorCode code,
            String detail,
            String requestId,
            Optional<Resync> resync,
            long fork,
            List<Hash> missing,
            Duration retryAfter) {
        String bounded =
                detail.length() <= DETAIL_CHARACTERS_MAX
                        ? detail
                        : detail.substring(0, DETAIL_CHARACTERS_MAX) + "…";
        Problem problem = new Problem(code, bounded, requestId, resync, fork, missing);
        Answer answer =
                Answer.of(
                        code.httpStatus(),
                        "application/problem+json",
                        ByteBuffer.wrap(WireJson.PROBLEM.toBytes(problem)));
        if (code == ErrorCode.UNAUTHENTICATED) {
            answer = answer.with("WWW-Authenticate", "Bearer");
        }
        return code.retryable()
                ? answer.with("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())))
                : answer;
    }

    /** The messages of INTERNAL and CORRUPT may tell of other people's blocks: they stay here. */
    private static String message(SynclineException failure) {
        return switch (failure.code()) {
            case INTERNAL, CORRUPT ->
                    "the server failed; its log tells why under this request's id";
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static void log(SynclineException failure) {
        switch (failure.code()) {
            case INTERNAL, CORRUPT -> log.atError().setCause(failure).log("request failed");
            case UNAVAILABLE ->
                    log.atWarn()
                            .addKeyValue("reason", failure.getMessage())
                            .log("request turned away");
            default ->
                    log.atDebug()
                            .addKeyValue("code", failure.code())
                            .addKeyValue("reason", failure.getMessage())
                            .log("request refused");
        }
    }
}
