package io.syncline.storage.block;

import io.syncline.core.block.BlockHasher;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.Random;

/** Frames for tests. */
public final class Frames {
    private Frames() {}

    /** A frame with the name of its block. */
    public record Named(Hash hash, ByteBuffer frame) {}

    /** The frame of these bytes as a data block. */
    public static Named of(byte[] bytes) {
        return of(0, bytes);
    }

    /** The frame of these bytes as a block of this level. */
    public static Named of(int level, byte[] bytes) {
        Hash hash = new BlockHasher().hash(level, bytes, 0, bytes.length);
        try (FrameEncoder encoder = new FrameEncoder()) {
            return new Named(hash, encoder.encode(hash, level, bytes, 0, bytes.length));
        }
    }

    /** A frame of random bytes, which don't compress. */
    public static Named random(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return of(bytes);
    }
}
