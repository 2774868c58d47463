package io.syncline.system.bench.functions;

import io.syncline.core.block.BlockHasher;
import io.syncline.core.tree.Hash;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** How fast blocks of 64 KiB are named: SHA-256. */
@State(Scope.Thread)
@Items(
        value = "bytes",
        against = "hash",
        naive = "each block copied, a new digest, a name in hexadecimal digits")
public class Hashing {
    private static final int BLOCK_BYTES = 64 << 10;

    @Param("4194304")
    int size;

    private final BlockHasher hasher = new BlockHasher();
    private byte[] bytes = {};

    @Setup
    public void make() {
        bytes = Inputs.randomBytes(size);
    }

    @Benchmark
    public void hash(Blackhole names) {
        for (int from = 0; from < size; from += BLOCK_BYTES) {
            names.consume(hasher.hash(0, bytes, from, Math.min(size, from + BLOCK_BYTES)));
        }
    }

    @Benchmark
    public void naive(Blackhole names) {
        for (int from = 0; from < size; from += BLOCK_BYTES) {
            MessageDigest digest = Hash.newDigest();
            byte[] block = Arrays.copyOfRange(bytes, from, Math.min(size, from + BLOCK_BYTES));
            names.consume(HexFormat.of().formatHex(digest.digest(block)));
        }
    }
}
