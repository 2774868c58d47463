package io.syncline.core.block;

import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Names blocks. A data block (level 0) is named by the SHA-256 of its bytes; a tree block by the
 * complement of that, so that no file, whatever its bytes, can be taken for a tree block: a name
 * says which of the two it names. Not thread-safe; make one per thread and keep it.
 */
public final class BlockHasher {
    private final MessageDigest digest = Hash.newDigest();

    /** The name of the block of these bytes. */
    public Hash hash(int level, byte[] bytes, int from, int to) {
        digest.update(bytes, from, to - from);
        return name(level);
    }

    /** The name of the block of the remaining bytes; the position stays. */
    public Hash hash(int level, ByteBuffer bytes) {
        digest.update(bytes.duplicate());
        return name(level);
    }

    private Hash name(int level) {
        Hash hash = Hash.of(digest.digest());
        return level == 0 ? hash : new Hash(~hash.a(), ~hash.b(), ~hash.c(), ~hash.d());
    }
}
