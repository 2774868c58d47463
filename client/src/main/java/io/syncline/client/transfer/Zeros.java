package io.syncline.client.transfer;

import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.ContentWalk;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.Cutter;
import io.syncline.core.tree.Hash;

/**
 * The block that long runs of zeros are cut into. Nothing before a block's first byte matters to
 * where it ends, so wherever a block begins and at least {@link #sizeBytes} zeros follow, it is
 * this one: a hole needn't be read to be described, nor written to be received. Thread-safe.
 */
final class Zeros {
    private final byte[] bytes;
    private final Hash hash;

    Zeros(Cutter cutter) {
        byte[] run = new byte[CutParameters.BLOCK_BYTES_MAX];
        this.bytes = new byte[cutter.cut(run, 0, run.length, true)];
        this.hash = new BlockHasher().hash(0, bytes, 0, bytes.length);
    }

    int sizeBytes() {
        return bytes.length;
    }

    Hash hash() {
        return hash;
    }

    /** The block's bytes, shared by all; never to be written. */
    byte[] bytes() {
        return bytes;
    }

    boolean are(ContentWalk.Data data) {
        return data.sizeBytes() == bytes.length && data.hash().equals(hash);
    }
}
