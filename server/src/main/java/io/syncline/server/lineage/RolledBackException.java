package io.syncline.server.lineage;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Proof;

/** Leaves the transaction in which a signed head was shown that this server doesn't remember. */
final class RolledBackException extends SynclineException {
    private static final long serialVersionUID = 1L;

    private final transient Proof proof;

    RolledBackException(Proof proof) {
        super(ErrorCode.EXPIRED, "this server was taken back to an older state");
        this.proof = proof;
    }

    Proof proof() {
        return proof;
    }
}
