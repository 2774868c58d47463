package io.syncline.core.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.block.TreeBlock.Entry;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link ContentBuilder} and {@link ContentWalk} against each other. */
final class ContentTest {
    private record Described(Content content, Map<Hash, TreeBlock> trees) {}

    @Test
    @DisplayName("R37 empty content has no block")
    void emptyContentHasNoBlock() {
        Described described = describe(List.of());

        assertThat(described.content).isEqualTo(Content.EMPTY);
        assertThat(described.trees).isEmpty();
        assertThat(new ContentWalk(Content.EMPTY).next(1)).isEqualTo(new ContentWalk.End());
    }

    @Test
    void aSingleBlockIsTheContent() {
        Entry only = entry(1, 100);
        Described described = describe(List.of(only));

        assertThat(described.content).isEqualTo(new Content(0, only.hash(), 100));
        assertThat(described.trees).isEmpty();
        assertThat(walk(described, 0)).containsExactly(only);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 127, 128, 129, 1_000, 4_095, 4_096, 4_097, 50_000, 300_000})
    void whatWasDescribedIsListedAgain(int count) {
        List<Entry> blocks = blocks(count, count);
        Described described = describe(blocks);

        assertThat(walk(described, 0)).isEqualTo(blocks);
        assertThat(described.content.sizeBytes())
                .isEqualTo(blocks.stream().mapToLong(Entry::sizeBytes).sum());
        assertThat(described.trees.values())
                .allSatisfy(tree -> assertThat(tree.entries()).hasSizeLessThanOrEqualTo(4_096));
        if (count == 300_000) {
            assertThat(described.content.level()).isEqualTo(2);
            assertThat(described.trees.size()).isBetween(200, 360);
        }
    }

    @Test
    @DisplayName("L3 children come before parents")
    void childrenComeBeforeParents() {
        Set<Hash> seen = new HashSet<>();
        ContentBuilder builder =
                new ContentBuilder(tree -> {
                    if (tree.level() > 1) {
                        assertThat(tree.entries()).allMatch(entry -> seen.contains(entry.hash()));
                    }
                    seen.add(tree.hash());
                });
        blocks(7, 200_000).forEach(block -> builder.add(block.hash(), (int) block.sizeBytes()));
        Content content = builder.finish();

        assertThat(seen).contains(content.hash());
        assertThat(content.level()).isGreaterThan(1);
    }

    @Test
    void aWalkBeginsAtAnyByte() {
        List<Entry> blocks = blocks(3, 20_000);
        Described described = describe(blocks);
        Random random = new Random(4);
        for (int round = 0; round < 200; round++) {
            long from = random.nextLong(described.content.sizeBytes());
            long offset = 0;
            int first = 0;
            while (offset + blocks.get(first).sizeBytes() <= from) {
                offset += blocks.get(first++).sizeBytes();
            }
            ContentWalk walk = new ContentWalk(described.content, from);
            ContentWalk.Data data = (ContentWalk.Data) nextData(walk, described.trees, 1);

            assertThat(data.offsetBytes()).isEqualTo(offset);
            assertThat(data.hash()).isEqualTo(blocks.get(first).hash());
        }
        assertThat(walk(described, described.content.sizeBytes())).isEmpty();
        assertThat(walk(described, described.content.sizeBytes() - 1)).hasSize(1);
    }

    @Test
    void aWalkAsksAheadInOrder() {
        List<Entry> blocks = blocks(5, 100_000);
        Described described = describe(blocks);
        TreeBlock top = tree(described, described.content.hash());
        ContentWalk walk = new ContentWalk(described.content);

        assertThat(walk.next(10))
                .isEqualTo(new ContentWalk.Needs(List.of(described.content.hash())));
        walk.supply(top.hash(), top.bytes());
        ContentWalk.Needs needs = (ContentWalk.Needs) walk.next(10);

        assertThat(needs.trees())
                .isEqualTo(top.entries().subList(0, 10).stream().map(Entry::hash).toList());
        needs.trees().forEach(hash -> walk.supply(hash, tree(described, hash).bytes()));
        int listed = 0;
        while (walk.next(10) instanceof ContentWalk.Data) {
            listed++;
        }
        assertThat(listed)
                .isEqualTo(
                        needs.trees().stream()
                                .mapToInt(hash -> tree(described, hash).entries().size())
                                .sum());
    }

    @Test
    void aRunOfEqualBlocksNeedsEachTreeBlockOnce() {
        Entry zeros = entry(1, 262_144);
        Described described = describe(Collections.nCopies(1_000_000, zeros));
        int[] fetched = {0};
        ContentWalk walk = new ContentWalk(described.content);
        long listed = 0;
        for (boolean more = true; more; ) {
            switch (walk.next(16)) {
                case ContentWalk.Data data -> {
                    listed++;
                    assertThat(data.hash()).isEqualTo(zeros.hash());
                }
                case ContentWalk.Needs needs -> {
                    fetched[0] += needs.trees().size();
                    needs.trees().forEach(h -> walk.supply(h, tree(described, h).bytes()));
                }
                case ContentWalk.End _ -> more = false;
            }
        }

        assertThat(listed).isEqualTo(1_000_000);
        assertThat(fetched[0]).isLessThanOrEqualTo(2 * described.trees.size());
        assertThat(described.trees.size()).isLessThan(10);
    }

    @Test
    void addingARunIsAddingEachOfIt() {
        Random random = new Random(17);
        // Names that end a tree block, and names that don't.
        List<Hash> hashes = new ArrayList<>();
        for (int i = 0; hashes.size() < 4; i++) {
            Hash hash = entry(i, 1).hash();
            boolean cuts = (hash.d() & 1023) == 0;
            if (cuts || hashes.size() < 3) {
                hashes.add(hash);
            }
        }
        for (int round = 0; round < 30; round++) {
            List<TreeBlock> byRuns = new ArrayList<>();
            List<TreeBlock> oneByOne = new ArrayList<>();
            ContentBuilder runs = new ContentBuilder(byRuns::add);
            ContentBuilder single = new ContentBuilder(oneByOne::add);
            for (int i = random.nextInt(12); i > 0; i--) {
                Hash hash = hashes.get(random.nextInt(hashes.size()));
                int left = random.nextInt(random.nextBoolean() ? 10 : 9_000);
                while (left > 0) {
                    int count = 1 + random.nextInt(Math.min(left, runs.room(hash)));
                    runs.add(hash, 7, count);
                    for (int k = 0; k < count; k++) {
                        single.add(hash, 7);
                    }
                    assertThat(byRuns).as("round %d", round).isEqualTo(oneByOne);
                    left -= count;
                }
                int tooMany = runs.room(hash) + 1;
                assertThatThrownBy(() -> runs.add(hash, 7, tooMany))
                        .isInstanceOf(IllegalStateException.class);
            }
            assertThat(runs.finish()).as("round %d", round).isEqualTo(single.finish());
        }
    }

    /** 16 million blocks of 64 KiB; what waits is counted by the sizes of the tree blocks. */
    @Test
    @DisplayName("L9 a file of 1 TB is described in bounded memory")
    void aTerabyteIsDescribedInBoundedMemory() {
        long[] counts = new long[9];
        ContentBuilder builder = new ContentBuilder(tree -> counts[tree.level()]++);
        Random random = new Random(1);
        long size = 0;
        while (size < 1L << 40) {
            int block = 16_384 + random.nextInt(98_304);
            builder.add(
                    new Hash(random.nextLong(), size, random.nextLong(), random.nextLong()), block);
            size += block;
        }
        Content content = builder.finish();

        assertThat(content.sizeBytes()).isEqualTo(size);
        assertThat(content.level()).isEqualTo(3);
        assertThat(counts[1]).isBetween(13_000L, 17_500L);
        assertThat(counts[2]).isBetween(8L, 24L);
        assertThat(counts[3]).isEqualTo(1);
    }

    @Test
    void oneChangedBlockChangesOneTreeBlockPerLevel() {
        List<Entry> blocks = new ArrayList<>(blocks(8, 300_000));
        Described before = describe(blocks);
        blocks.set(150_000, entry(123_456, 50_000));
        Described after = describe(blocks);

        Set<Hash> fresh = new HashSet<>(after.trees.keySet());
        fresh.removeAll(before.trees.keySet());

        assertThat(after.content.level()).isEqualTo(2);
        assertThat(fresh).hasSize(2).contains(after.content.hash());
    }

    @Test
    void anInsertedBlockChangesAFewTreeBlocks() {
        List<Entry> blocks = new ArrayList<>(blocks(8, 300_000));
        Described before = describe(blocks);
        blocks.addFirst(entry(123_456, 50_000));
        Described after = describe(blocks);

        Set<Hash> fresh = new HashSet<>(after.trees.keySet());
        fresh.removeAll(before.trees.keySet());

        assertThat(fresh).hasSizeBetween(2, 6);
    }

    @Test
    void aTreeBlockThatIsNotWhatItsParentSaidIsCorrupt() {
        Described described = describe(blocks(5, 100_000));
        TreeBlock top = tree(described, described.content.hash());
        Entry first = top.entries().getFirst();
        TreeBlock child = tree(described, first.hash());

        // Another size, another level, and a tree of a single entry at the top.
        TreeBlock longer = TreeBlock.of(2, List.of(longer(first), top.entries().get(1)));
        assertCorrupt(new Content(2, longer.hash(), longer.sizeBytes()), longer, child);
        TreeBlock higher = TreeBlock.of(3, top.entries());
        assertCorrupt(new Content(3, higher.hash(), higher.sizeBytes()), higher, child);
        TreeBlock single = TreeBlock.of(2, List.of(first));
        assertCorrupt(new Content(2, single.hash(), single.sizeBytes()), single, child);
        assertCorrupt(new Content(2, top.hash(), described.content.sizeBytes() + 1), top, child);
        assertCorrupt(new Content(1, top.hash(), described.content.sizeBytes()), top, child);
    }

    @Test
    void bytesOfAnotherNameAreCorrupt() {
        Described described = describe(blocks(5, 100_000));
        ContentWalk walk = new ContentWalk(described.content);
        TreeBlock other = TreeBlock.of(1, List.of(entry(1, 1), entry(2, 2)));

        assertThatThrownBy(() -> walk.supply(described.content.hash(), other.bytes()))
                .isInstanceOf(SynclineException.class);
        assertThatThrownBy(() -> walk.supply(described.content.hash(), ByteBuffer.allocate(9)))
                .isInstanceOf(SynclineException.class);
    }

    @Test
    void aBuilderRefusesWhatIsNoBlock() {
        ContentBuilder builder = new ContentBuilder(_ -> {});

        assertThatThrownBy(() -> builder.add(Hash.EMPTY, 0))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> builder.add(Hash.EMPTY, 262_145))
                .isInstanceOf(IllegalStateException.class);
        builder.finish();
        assertThatThrownBy(builder::finish).isInstanceOf(IllegalStateException.class);
    }

    private static Entry longer(Entry entry) {
        return new Entry(entry.hash(), entry.sizeBytes() + 1);
    }

    private static void assertCorrupt(Content content, TreeBlock... trees) {
        Map<Hash, TreeBlock> byHash = new HashMap<>();
        for (TreeBlock tree : trees) {
            byHash.put(tree.hash(), tree);
        }
        assertThatThrownBy(() -> nextData(new ContentWalk(content), byHash, 1))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }

    private static Described describe(List<Entry> blocks) {
        Map<Hash, TreeBlock> trees = new HashMap<>();
        ContentBuilder builder = new ContentBuilder(tree -> trees.put(tree.hash(), tree));
        blocks.forEach(block -> builder.add(block.hash(), (int) block.sizeBytes()));
        return new Described(builder.finish(), trees);
    }

    private static List<Entry> walk(Described described, long fromByte) {
        ContentWalk walk = new ContentWalk(described.content, fromByte);
        List<Entry> found = new ArrayList<>();
        while (nextData(walk, described.trees, 32) instanceof ContentWalk.Data data) {
            found.add(new Entry(data.hash(), data.sizeBytes()));
        }
        return found;
    }

    private static ContentWalk.Step nextData(
            ContentWalk walk, Map<Hash, TreeBlock> trees, int ahead) {
        ContentWalk.Step step = walk.next(ahead);
        while (step instanceof ContentWalk.Needs needs) {
            for (Hash hash : needs.trees()) {
                TreeBlock tree = trees.get(hash);
                assertThat(tree).isNotNull();
                walk.supply(hash, tree.bytes());
            }
            step = walk.next(ahead);
        }
        return step;
    }

    private static TreeBlock tree(Described described, Hash hash) {
        TreeBlock tree = described.trees.get(hash);
        assertThat(tree).isNotNull();
        return tree;
    }

    private static List<Entry> blocks(int seed, int count) {
        Random random = new Random(seed);
        List<Entry> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            blocks.add(
                    new Entry(
                            new Hash(random.nextLong(), i, random.nextLong(), random.nextLong()),
                            1 + random.nextInt(262_144)));
        }
        return blocks;
    }

    private static Entry entry(int number, int size) {
        return new Entry(Hash.sha256(ByteBuffer.allocate(4).putInt(0, number)), size);
    }
}
