package io.syncline.core.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.block.TreeBlock.Entry;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TreeBlockTest {
    private static final Hash A = Hash.sha256(new byte[] {1});
    private static final Hash B = Hash.sha256(new byte[] {2});

    /** The vector of docs/formats.md. */
    @Test
    void vector() {
        TreeBlock tree = TreeBlock.of(1, List.of(new Entry(A, 1), new Entry(B, 65_536)));

        assertThat(hex(tree.bytes()))
                .isEqualTo("534c5401" + "01" + "0002" + "01" + A.toHex() + "808004" + B.toHex());
        assertThat(tree.hash().toHex())
                .isEqualTo("f205ad0cf8cfb28953c427a8b08a391f40ba34d62b8c278319c7b032af31be23");
        assertThat(tree.sizeBytes()).isEqualTo(65_537);
    }

    @Test
    void noDataBlockCanHaveTheNameOfATreeBlock() {
        TreeBlock tree = TreeBlock.of(1, List.of(new Entry(A, 1), new Entry(B, 2)));
        BlockHasher hasher = new BlockHasher();

        assertThat(hasher.hash(0, tree.bytes())).isNotEqualTo(tree.hash());
        assertThat(hasher.hash(1, tree.bytes())).isEqualTo(tree.hash());
        assertThat(hasher.hash(8, tree.bytes())).isEqualTo(tree.hash());
        assertThat(hasher.hash(0, new byte[] {9, 1, 9}, 1, 2)).isEqualTo(A);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100, TreeBlock.ENTRIES_MAX})
    void treeBlocksSurviveARoundTrip(int count) {
        Random random = new Random(count);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Hash hash =
                    new Hash(
                            random.nextLong(),
                            random.nextLong(),
                            random.nextLong(),
                            random.nextLong());
            entries.add(new Entry(hash, random.nextLong(1, 1L << (1 + random.nextInt(40)))));
        }
        TreeBlock tree = TreeBlock.of(2, entries);
        TreeBlock read = TreeBlock.parse(tree.bytes());

        assertThat(read.entries()).isEqualTo(entries);
        assertThat(read.level()).isEqualTo(2);
        assertThat(read.hash()).isEqualTo(tree.hash());
        assertThat(read.sizeBytes()).isEqualTo(entries.stream().mapToLong(Entry::sizeBytes).sum());
        assertThat(tree.bytes().remaining()).isLessThanOrEqualTo(CutParameters.BLOCK_BYTES_MAX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "534c5401",
                // version, level 0 and 9, no entries, too many
                "534c5402010001" + "01",
                "534c5401000001" + "01",
                "534c5401090001" + "01",
                "534c5401010000",
                "534c540101ffff",
                // size 0, above a block, in too many bytes, never ending
                "534c5401010001" + "00",
                "534c5401010001" + "818010",
                "534c5401010001" + "8100",
                "534c5401010001" + "ffffffffffffffff7f",
                "534c5401020001" + "ffffffffffffff7f"
            })
    void otherBytesAreCorrupt(String start) {
        byte[] bytes = HexFormat.of().parseHex(start.length() > 14 ? start + A.toHex() : start);

        assertCorrupt(() -> TreeBlock.parse(ByteBuffer.wrap(bytes)));
    }

    @Test
    void theLargestSizesAreRead() {
        String start = "534c5401010001" + "808010";
        byte[] bytes = HexFormat.of().parseHex(start + A.toHex());

        assertThat(TreeBlock.parse(ByteBuffer.wrap(bytes)).sizeBytes()).isEqualTo(262_144);
        assertCorrupt(() -> TreeBlock.of(3, List.of(new Entry(A, 1L << 53), new Entry(B, 1))));
        assertThat(TreeBlock.of(3, List.of(new Entry(A, 1L << 53))).sizeBytes())
                .isEqualTo(1L << 53);
    }

    @Test
    void everyTornOrLongerSpellingIsCorrupt() {
        TreeBlock tree = TreeBlock.of(1, List.of(new Entry(A, 300), new Entry(B, 70_000)));
        byte[] bytes = new byte[tree.bytes().remaining() + 1];
        tree.bytes().get(bytes, 0, bytes.length - 1);
        for (int length = 0; length <= bytes.length; length++) {
            ByteBuffer torn = ByteBuffer.wrap(bytes, 0, length).slice();
            if (length == bytes.length - 1) {
                assertThat(TreeBlock.parse(torn)).isEqualTo(tree);
            } else {
                assertCorrupt(() -> TreeBlock.parse(torn));
            }
        }
    }

    @Test
    void damageIsCorruptOrAnotherBlock() {
        TreeBlock tree = TreeBlock.of(1, List.of(new Entry(A, 300), new Entry(B, 70_000)));
        byte[] bytes = new byte[tree.bytes().remaining()];
        tree.bytes().get(bytes);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            try {
                assertThat(TreeBlock.parse(ByteBuffer.wrap(damaged)).hash())
                        .isNotEqualTo(tree.hash());
            } catch (SynclineException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
            }
        }
    }

    @Test
    void moreThanABlockIsCorruptBeforeItIsCopied() {
        assertCorrupt(
                () -> TreeBlock.parse(ByteBuffer.allocate(CutParameters.BLOCK_BYTES_MAX + 1)));
        assertCorrupt(() ->
                TreeBlock.of(1, Collections.nCopies(TreeBlock.ENTRIES_MAX + 1, new Entry(A, 1))));
    }

    private static void assertCorrupt(ThrowingCallable callable) {
        assertThatThrownBy(callable)
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return HexFormat.of().formatHex(copy);
    }
}
