package io.syncline.core.wire;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.Hash;
import java.util.List;
import java.util.Optional;

/**
 * The one error format, {@code application/problem+json} (RFC 9457): {@code type} is {@code
 * urn:syncline:CODE}, {@code title} the code, {@code status} the HTTP status, {@code detail} what
 * failed and what to do, {@code instance} the request's id.
 *
 * @param resync with EXPIRED: how to recover
 * @param fork with resync UNION: the last sequence that both histories are known to share; 0: none
 *     is
 * @param missing hashes that are missing, at most 500: children of a chunk's tree blocks, or blocks
 *     of a read
 */
public record Problem(
        ErrorCode code,
        String detail,
        String instance,
        Optional<Resync> resync,
        long fork,
        List<Hash> missing) {
    public Problem {
        missing = List.copyOf(missing);
    }
}
