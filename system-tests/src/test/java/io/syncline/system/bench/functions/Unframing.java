package io.syncline.system.bench.functions;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.frame.FrameDecoder;
import io.syncline.core.frame.FrameEncoder;
import io.syncline.core.tree.Hash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** How fast frames of text become blocks again, their names and checksums checked. */
@State(Scope.Thread)
@Items(value = "bytes", against = "decode", naive = "gzip, and the name checked")
public class Unframing {
    private static final int BLOCK_BYTES = 64 << 10;

    @Param("1048576")
    int size;

    private final FrameDecoder decoder = new FrameDecoder();
    private final BlockHasher hasher = new BlockHasher();
    private final List<ByteBuffer> frames = new ArrayList<>();
    private final List<byte[]> gzipped = new ArrayList<>();
    private final List<Hash> names = new ArrayList<>();

    @Setup
    public void make() throws IOException {
        byte[] text = Inputs.text(size);
        try (FrameEncoder encoder = new FrameEncoder()) {
            for (int from = 0; from < size; from += BLOCK_BYTES) {
                int to = Math.min(size, from + BLOCK_BYTES);
                Hash hash = hasher.hash(0, text, from, to);
                names.add(hash);
                frames.add(encoder.encode(hash, 0, text, from, to));
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                    out.write(text, from, to - from);
                }
                gzipped.add(bytes.toByteArray());
            }
        }
    }

    @TearDown
    public void close() {
        decoder.close();
    }

    @Benchmark
    public void decode(Blackhole blocks) {
        frames.forEach(frame -> blocks.consume(decoder.decode(frame)));
    }

    @Benchmark
    public void naive(Blackhole blocks) throws IOException {
        for (int i = 0; i < gzipped.size(); i++) {
            byte[] plain;
            try (var in = new GZIPInputStream(new ByteArrayInputStream(gzipped.get(i)))) {
                plain = in.readAllBytes();
            }
            if (!hasher.hash(0, plain, 0, plain.length).equals(names.get(i))) {
                throw new IllegalStateException("another block");
            }
            blocks.consume(new Block(names.get(i), 0, ByteBuffer.wrap(plain)));
        }
    }
}
