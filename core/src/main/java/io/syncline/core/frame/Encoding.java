package io.syncline.core.frame;

/** How a frame's payload spells its block. */
public enum Encoding {
    /** The block's bytes. */
    PLAIN(0),
    /** One zstd frame (RFC 8878) that states its content size and needs no dictionary. */
    ZSTD(1),
    /** Reserved: copy and insert instructions against another block. Not read by this version. */
    DELTA(2);

    private final int code;

    Encoding(int code) {
        this.code = code;
    }

    /** The number on disk and wire. */
    public int code() {
        return code;
    }
}
