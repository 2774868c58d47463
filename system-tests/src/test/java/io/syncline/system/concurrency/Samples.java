package io.syncline.system.concurrency;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.tree.Content;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Contents that share blocks: single blocks, and tree blocks of two levels over them. They are cut
 * far smaller than a client would, so that many trees come and go in a short time.
 */
final class Samples {
    private static final int BLOCKS = 200;
    private static final int TREES = 120;
    private static final int TOPS = 60;

    /** Large enough that a pack fills within a run and is rewritten. */
    private static final int FRESH_BYTES_MIN = 100 << 10;

    private static final int FRESH_BYTES_MAX = 250 << 10;

    /**
     * A content with all of its blocks, children before parents.
     *
     * @param blocks without repeats
     */
    record Sample(Content content, List<Block> blocks) {}

    private final List<Sample> all = new ArrayList<>();

    Samples(RandomGenerator random) {
        List<Sample> single =
                IntStream.range(0, BLOCKS)
                        .mapToObj(_ -> single(random, random.nextInt(1, 2_000)))
                        .toList();
        List<Sample> trees =
                IntStream.range(0, TREES).mapToObj(_ -> tree(1, single, random)).toList();
        all.addAll(single);
        all.addAll(trees);
        IntStream.range(0, TOPS).forEach(_ -> all.add(tree(2, trees, random)));
        all.add(new Sample(Content.EMPTY, List.of()));
    }

    private static Sample single(RandomGenerator random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        Block block =
                new Block(new BlockHasher().hash(0, bytes, 0, size), 0, ByteBuffer.wrap(bytes));
        return new Sample(new Content(0, block.hash(), size), List.of(block));
    }

    private static Sample tree(int level, List<Sample> below, RandomGenerator random) {
        SequencedSet<Block> blocks = new LinkedHashSet<>();
        List<TreeBlock.Entry> entries = new ArrayList<>();
        int count = random.nextInt(2, 6);
        for (int i = 0; i < count; i++) {
            Sample child = below.get(random.nextInt(below.size()));
            blocks.addAll(child.blocks());
            entries.add(new TreeBlock.Entry(child.content().hash(), child.content().sizeBytes()));
        }
        TreeBlock tree = TreeBlock.of(level, entries);
        blocks.add(Block.of(tree));
        return new Sample(new Content(level, tree.hash(), tree.sizeBytes()), List.copyOf(blocks));
    }

    /** One that was used before, probably. */
    Sample any(RandomGenerator random) {
        return all.get(random.nextInt(all.size()));
    }

    /** A large one that never was there before. */
    static Sample fresh(RandomGenerator random) {
        return single(random, random.nextInt(FRESH_BYTES_MIN, FRESH_BYTES_MAX));
    }
}
