package io.syncline.system.bench.functions;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.tree.Hash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** How fast blocks of 64 KiB of text become frames for the store. */
@State(Scope.Thread)
@Items(value = "bytes", against = "encode", naive = "gzip")
public class Framing {
    private static final int BLOCK_BYTES = 64 << 10;

    @Param("1048576")
    int size;

    private final FrameEncoder encoder = new FrameEncoder();
    private final List<Block> blocks = new ArrayList<>();

    @Setup
    public void make() {
        byte[] text = Inputs.text(size);
        BlockHasher hasher = new BlockHasher();
        for (int from = 0; from < size; from += BLOCK_BYTES) {
            int to = Math.min(size, from + BLOCK_BYTES);
            Hash hash = hasher.hash(0, text, from, to);
            blocks.add(new Block(hash, 0, ByteBuffer.wrap(text, from, to - from).slice()));
        }
    }

    @TearDown
    public void close() {
        encoder.close();
    }

    @Benchmark
    public void encode(Blackhole frames) {
        blocks.forEach(block -> frames.consume(encoder.encode(block)));
    }

    @Benchmark
    public void naive(Blackhole frames) throws IOException {
        for (Block block : blocks) {
            byte[] copy = new byte[block.sizeBytes()];
            block.bytes().get(copy);
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(frame)) {
                out.write(copy);
            }
            frames.consume(frame.toByteArray());
        }
    }
}
