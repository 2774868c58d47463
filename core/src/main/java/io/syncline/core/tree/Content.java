package io.syncline.core.tree;

import io.syncline.core.error.SynclineException;
import java.util.Objects;

/**
 * Names a whole file's bytes, or a symlink's target.
 *
 * @param level 0: {@code hash} names a single data block; n: it names a tree block of level n
 * @param hash SHA-256 of that block's bytes
 * @param sizeBytes size of the whole file, 0..2^53
 */
public record Content(int level, Hash hash, long sizeBytes) {
    /** The largest file: 2^53 bytes, so that JSON numbers hold every size (R45). */
    public static final long MAX_SIZE_BYTES = 1L << 53;

    /** The largest block, and so the largest content of level 0. */
    public static final int BLOCK_BYTES_MAX = 256 << 10;

    /** The highest level that a file of the largest size can need, with room. */
    public static final int MAX_LEVEL = 8;

    /** The content of an empty file: level 0, no block stored for it (R37). */
    public static final Content EMPTY = new Content(0, Hash.EMPTY, 0);

    public Content {
        Objects.requireNonNull(hash);
        if (level < 0 || level > MAX_LEVEL) {
            throw SynclineException.invalid(
                    "a content's level is 0.." + MAX_LEVEL + ", not " + level);
        }
        if (sizeBytes < 0 || sizeBytes > MAX_SIZE_BYTES) {
            throw SynclineException.invalid("a content's size is 0..2^53 bytes, not " + sizeBytes);
        }
        if (level == 0 && sizeBytes > BLOCK_BYTES_MAX) {
            throw SynclineException.invalid("a single block has at most 256 KiB, not " + sizeBytes);
        }
        if ((sizeBytes == 0) != hash.equals(Hash.EMPTY) || (sizeBytes == 0 && level != 0)) {
            throw SynclineException.invalid(
                    "empty content is level 0, size 0 and the hash of nothing");
        }
    }

    /** Whether no block is stored for this content. */
    public boolean isEmpty() {
        return sizeBytes == 0;
    }
}
