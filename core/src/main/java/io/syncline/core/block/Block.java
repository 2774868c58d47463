package io.syncline.core.block;

import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;

/**
 * A block with its name. Whoever makes one has computed or checked the name.
 *
 * @param hash its name, as {@link BlockHasher} gives it
 * @param level 0 for a data block, n for a tree block of level n
 * @param bytes its plain bytes, read-only, 1..256 KiB; each call of the accessor gives a buffer
 *     with a position of its own
 */
public record Block(Hash hash, int level, ByteBuffer bytes) {
    public Block {
        bytes = bytes.slice().asReadOnlyBuffer();
    }

    /** A tree block as a block. */
    public static Block of(TreeBlock tree) {
        return new Block(tree.hash(), tree.level(), tree.bytes());
    }

    @Override
    public ByteBuffer bytes() {
        return bytes.duplicate();
    }

    /** How many plain bytes it has. */
    public int sizeBytes() {
        return bytes.limit();
    }
}
