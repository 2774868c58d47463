package io.syncline.core.frame;

import io.syncline.core.error.SynclineException;

/** How a chunk spells its blocks. */
enum ChunkForm {
    /** Frames, one after another. */
    FRAMES(0),
    /** Blocks without headers: some compressed together, the others as they are. */
    TOGETHER(1),
    /** Data blocks as deltas against blocks that the receiver has, compressed together. */
    DELTAS(2);

    private final int code;

    ChunkForm(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    int code() {
        return code;
    }

    static ChunkForm of(int code) {
        return switch (code) {
            case 0 -> FRAMES;
            case 1 -> TOGETHER;
            case 2 -> DELTAS;
            default -> throw SynclineException.corrupt("a chunk of unknown form " + code);
        };
    }
}
