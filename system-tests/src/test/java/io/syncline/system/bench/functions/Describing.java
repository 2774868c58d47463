package io.syncline.system.bench.functions;

import io.syncline.core.block.ContentBuilder;
import io.syncline.core.block.ContentWalk;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** How fast the tree over a file's blocks is built, and walked; by default 6 GiB of file. */
@State(Scope.Thread)
@Items(
        value = "blocks",
        against = "build",
        naive = "one flat list of all hashes and sizes, hashed as a whole")
public class Describing {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int AHEAD = 64;

    @Param("100000")
    int size;

    private final Map<Hash, ByteBuffer> trees = new HashMap<>();
    private List<Hash> hashes = List.of();
    private Content content = Content.EMPTY;

    @Setup
    public void make() {
        hashes = Inputs.hashes(size);
        content = build(tree -> trees.put(tree.hash(), tree.bytes()));
    }

    private Content build(java.util.function.Consumer<TreeBlock> sink) {
        ContentBuilder builder = new ContentBuilder(sink);
        hashes.forEach(hash -> builder.add(hash, BLOCK_BYTES));
        return builder.finish();
    }

    @Benchmark
    public Content build(Blackhole sink) {
        return build(sink::consume);
    }

    @Benchmark
    public long walk(Blackhole blocks) {
        ContentWalk walk = new ContentWalk(content);
        while (true) {
            switch (walk.next(AHEAD)) {
                case ContentWalk.Data data -> blocks.consume(data);
                case ContentWalk.Needs needs ->
                        needs.trees()
                                .forEach(hash ->
                                        walk.supply(hash, Objects.requireNonNull(trees.get(hash))));
                case ContentWalk.End _ -> {
                    return content.sizeBytes();
                }
            }
        }
    }

    @Benchmark
    public Hash naive() {
        ByteBuffer list = ByteBuffer.allocate(size * (Hash.BYTES + Long.BYTES));
        for (Hash hash : hashes) {
            hash.write(list);
            list.putLong(BLOCK_BYTES);
        }
        return Hash.sha256(list.flip());
    }
}
