package io.syncline.core.frame;

import io.syncline.core.tree.Hash;
import java.security.MessageDigest;
import java.util.List;

/**
 * Names an uploaded chunk: the SHA-256 of its blocks' names in their order, repeats included. Both
 * sides hash every block anyway, so the proof that what arrived is what was sent costs neither of
 * them another pass over the bytes.
 */
public final class ChunkName {
    private ChunkName() {}

    /** The name of the chunk of the blocks with these names. */
    public static Hash of(List<Hash> blocks) {
        MessageDigest digest = Hash.newDigest();
        blocks.forEach(block -> digest.update(block.toBytes()));
        return Hash.of(digest.digest());
    }
}
