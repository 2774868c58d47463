package io.syncline.server.edge;

/**
 * What a request needs places for. Each kind but the first has its own bound, a half of all places,
 * and together they have three quarters: so that whoever looks finds a place however much is being
 * sent.
 */
public enum RequestKind {
    /** Listings, changes, accounts, and everything else that is small. */
    LOOK,
    /** Changes of a tree. */
    COMMIT,
    /** Chunks, whose bodies may come slowly. */
    UPLOAD,
    /** Blocks, contents and snapshots, which may be read slowly. */
    DOWNLOAD
}
