package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;

/** A body came more slowly than it may. */
final class SlowBodyException extends SynclineException {
    private static final long serialVersionUID = 1L;

    SlowBodyException() {
        super(ErrorCode.UNAVAILABLE, "the body came too slowly");
    }
}
