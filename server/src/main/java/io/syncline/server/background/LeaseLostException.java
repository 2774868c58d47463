package io.syncline.server.background;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;

/** Another node does now what this one was doing: nothing more is done here. */
public final class LeaseLostException extends SynclineException {
    private static final long serialVersionUID = 1L;

    LeaseLostException(String name) {
        super(ErrorCode.UNAVAILABLE, "another node took over: " + name);
    }
}
