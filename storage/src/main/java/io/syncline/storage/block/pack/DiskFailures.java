package io.syncline.storage.block.pack;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;

/** Translates what the file system says. */
final class DiskFailures {
    private DiskFailures() {}

    static SynclineException translate(String what, Exception e) {
        String message = String.valueOf(e.getMessage());
        boolean full = message.contains("No space left") || message.contains("quota exceeded");
        return new SynclineException(
                ErrorCode.UNAVAILABLE,
                full ? "the disk of the block store is full" : what + ": " + message,
                e);
    }
}
