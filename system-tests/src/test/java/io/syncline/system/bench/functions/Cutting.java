package io.syncline.system.bench.functions;

import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.ContentBuilder;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.Cutter;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** How fast a file is cut, and described: cut, hashed, and its tree of blocks built. */
@State(Scope.Thread)
@Items(
        value = "bytes",
        against = "describe",
        naive = "described by blocks of 64 KiB, wherever they begin")
public class Cutting {
    private static final int FIXED_BYTES = 64 << 10;

    @Param("16777216")
    int size;

    private final Cutter cutter = new Cutter(CutParameters.FORMAT_1);
    private final BlockHasher hasher = new BlockHasher();
    private byte[] bytes = {};

    @Setup
    public void make() {
        bytes = Inputs.randomBytes(size);
    }

    @Benchmark
    public int cut() {
        int cuts = 0;
        for (int from = 0; from < size; from = cutter.cut(bytes, from, size, true)) {
            cuts++;
        }
        return cuts;
    }

    @Benchmark
    public Content describe(Blackhole trees) {
        ContentBuilder builder = new ContentBuilder(trees::consume);
        for (int from = 0; from < size; ) {
            int to = cutter.cut(bytes, from, size, true);
            builder.add(hasher.hash(0, bytes, from, to), to - from);
            from = to;
        }
        return builder.finish();
    }

    @Benchmark
    public Content naive(Blackhole trees) {
        ContentBuilder builder = new ContentBuilder(trees::consume);
        for (int from = 0; from < size; from += FIXED_BYTES) {
            int to = Math.min(size, from + FIXED_BYTES);
            Hash hash = hasher.hash(0, bytes, from, to);
            builder.add(hash, to - from);
        }
        return builder.finish();
    }
}
