package io.syncline.client.engine;

/**
 * Why a folder stands still until someone acts.
 *
 * @param reason for people
 */
record Stop(Kind kind, String reason) {
    /** What may start it again. */
    enum Kind {
        /** Too many deletes at once; confirm or reject (R28). */
        DELETES,
        /** Nothing is left in the root; confirm or reject. */
        EMPTIED,
        /** The root is gone or another one; look again on resume (R27). */
        ROOT,
        /** The server refuses this device; ask again on resume (R29). */
        ACCESS,
        /** Digests differ even after a reconcile; reconcile again on confirm (R4). */
        MISMATCH,
        /** A defect; look again on resume. */
        DEFECT
    }
}
