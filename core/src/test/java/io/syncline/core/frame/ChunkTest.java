package io.syncline.core.frame;

import static io.syncline.core.frame.FrameTest.assertCode;
import static io.syncline.core.frame.FrameTest.bytes;
import static io.syncline.core.frame.FrameTest.data;
import static io.syncline.core.frame.FrameTest.hex;
import static io.syncline.core.frame.FrameTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.syncline.core.block.Block;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.block.Vectors;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkDecoder.Received;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ChunkTest {
    private static final String FRAMES_VECTOR =
            "534c430100000000000000020000000a5346010000000005000000052cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b98249a71bb4cadc8399468656c6c6f534601000000000500000005486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a731aa814e0e20a4dd776f726c64";

    private static final String TOGETHER_VECTOR =
            "534c430100000001000000020000000a0000001628b52ffd200d690000000000058000000568656c6c6f776f726c64";

    private final ChunkEncoder encoder = new ChunkEncoder();
    private final ChunkDecoder decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX);

    @AfterEach
    void close() {
        encoder.close();
        decoder.close();
    }

    /** The vectors of docs/formats.md. */
    @Test
    void vectors() {
        try (FrameEncoder frames = new FrameEncoder()) {
            ByteBuffer hello = frames.encode(data(ascii("hello")));
            ByteBuffer world = frames.encode(data(ascii("world")));
            assertThat(hex(join(ChunkEncoder.ofFrames(List.of(hello, world)))))
                    .isEqualTo(FRAMES_VECTOR);
        }
        for (String vector : List.of(FRAMES_VECTOR, TOGETHER_VECTOR)) {
            assertThat(blocks(ByteBuffer.wrap(HexFormat.of().parseHex(vector))))
                    .containsExactly(data(ascii("hello")), data(ascii("world")));
        }
    }

    @Test
    void manySmallBlocksAreCompressedTogether() {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            blocks.add(data(text(500 + i)));
        }
        ByteBuffer chunk = chunk(blocks);
        long alone = 0;
        try (FrameEncoder frames = new FrameEncoder()) {
            for (Block block : blocks) {
                alone += frames.encode(block).remaining();
            }
        }

        assertThat((long) chunk.remaining()).isLessThan(alone * 3 / 4);
        assertThat(blocks(chunk)).isEqualTo(blocks);
        assertThat(decoder.decode(chunk)).allMatch(received -> received.frame().isEmpty());
    }

    @Test
    void incompressibleBlocksTravelAsTheyAre() {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            blocks.add(data(Vectors.bytes("chunk " + i, 65_000)));
        }
        ByteBuffer chunk = chunk(blocks);

        assertThat(chunk.remaining()).isLessThan(60 * 65_000 + 400);
        assertThat(blocks(chunk)).isEqualTo(blocks);
        try (FrameDecoder frames = new FrameDecoder()) {
            assertThat(decoder.decode(chunk))
                    .allSatisfy(received ->
                            assertThat(frames.decode(received.frame().orElseThrow()))
                                    .isEqualTo(received.block()));
        }
    }

    @Test
    void mixedBlocksKeepTheirOrder() {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int size = 1_000 + 37 * i;
            blocks.add(data(i % 3 == 0 ? Vectors.bytes("mix " + i, size) : text(size)));
        }
        ByteBuffer chunk = chunk(blocks);

        assertThat(blocks(chunk)).isEqualTo(blocks);
        assertThat(decoder.decode(chunk).stream().filter(r -> r.frame().isPresent()).count())
                .isBetween(60L, 67L);
    }

    @Test
    void onlyWhatLooksRandomIsNotCompressed() {
        for (int size : new int[] {1_024, 4_000, 65_536, 262_144}) {
            assertThat(Randomness.looksRandom(ByteBuffer.wrap(Vectors.bytes("r", size)))).isTrue();
            assertThat(Randomness.looksRandom(ByteBuffer.wrap(text(size)))).isFalse();
            assertThat(Randomness.looksRandom(ByteBuffer.allocate(size))).isFalse();
            ByteBuffer numbers = ByteBuffer.allocate(size);
            Random random = new Random(size);
            while (numbers.hasRemaining()) {
                numbers.putFloat(random.nextFloat());
            }
            assertThat(Randomness.looksRandom(numbers.flip())).isFalse();
        }
        assertThat(Randomness.looksRandom(ByteBuffer.wrap(Vectors.bytes("r", 1_023)))).isFalse();
    }

    @Test
    void treeBlocksTravelInBothForms() {
        TreeBlock tree =
                TreeBlock.of(
                        1,
                        List.of(
                                new TreeBlock.Entry(Hash.EMPTY, 1),
                                new TreeBlock.Entry(Hash.EMPTY, 2)));
        for (Block other : List.of(data(text(60_000)), data(Vectors.bytes("t", 60_000)))) {
            assertThat(blocks(chunk(List.of(other, Block.of(tree)))))
                    .containsExactly(other, Block.of(tree));
        }
    }

    @Test
    @DisplayName("L9 a chunk never is longer than 4 MiB, however badly it compresses")
    void aChunkKeepsItsBound() {
        Random random = new Random(1);
        for (int size : new int[] {1, 100, 5_000, 65_536, 262_144}) {
            byte[] bytes = new byte[size];
            int added = 0;
            random.nextBytes(bytes);
            Block block = data(bytes);
            while (encoder.add(block)) {
                added++;
            }
            assertThat(encoder.blockCount()).isEqualTo(added);
            assertThat(encoder.plainBytes()).isEqualTo(added * size);
            ByteBuffer chunk = encoder.finish();

            assertThat(chunk.remaining()).isLessThanOrEqualTo(Limits.CHUNK_BYTES_MAX);
            assertThat(decoder.decode(chunk)).hasSize(added);
            assertThat(added == ChunkEncoder.BLOCKS_MAX || added * (size + 4) > 3_800_000).isTrue();
        }
    }

    @Test
    void distinctTinyRandomBlocksFit() {
        Random random = new Random(2);
        byte[] bytes = new byte[250];
        List<Block> blocks = new ArrayList<>();
        do {
            random.nextBytes(bytes);
            blocks.add(data(bytes.clone()));
        } while (encoder.add(blocks.getLast()));
        blocks.removeLast();
        ByteBuffer chunk = encoder.finish();

        assertThat(chunk.remaining()).isLessThanOrEqualTo(Limits.CHUNK_BYTES_MAX);
        assertThat(blocks(chunk)).isEqualTo(blocks);
    }

    @Test
    void anEncoderIsUsedAgain() {
        Block a = data(text(100));
        Block b = data(text(200));

        ByteBuffer first = chunk(List.of(a));
        assertThat(blocks(first)).containsExactly(a);
        ByteBuffer second = chunk(List.of(b));
        assertThat(blocks(second)).containsExactly(b);
        assertThatThrownBy(encoder::finish).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theAnswerToAReadIsMadeOfStoredFrames() {
        List<Block> blocks = List.of(data(text(70_000)), data(Vectors.bytes("r", 50)));
        List<ByteBuffer> parts;
        try (FrameEncoder frames = new FrameEncoder()) {
            parts = ChunkEncoder.ofFrames(blocks.stream().map(frames::encode).toList());
        }

        assertThat(parts).hasSize(3);
        assertThat(blocks(join(parts))).isEqualTo(blocks);
    }

    @Test
    void aReadMayBeLongerThanAnUpload() {
        List<Block> blocks = new ArrayList<>();
        List<ByteBuffer> frames = new ArrayList<>();
        try (FrameEncoder encode = new FrameEncoder()) {
            for (int i = 0; i < 64; i++) {
                blocks.add(data(Vectors.bytes("read " + i, 262_144)));
                frames.add(encode.encode(blocks.getLast()));
            }
            ByteBuffer chunk = join(ChunkEncoder.ofFrames(frames));
            assertCode(ErrorCode.CORRUPT, () -> decoder.decode(chunk));
            try (ChunkDecoder reader = new ChunkDecoder(Limits.READ_BYTES_MAX)) {
                assertThat(reader.decode(chunk).stream().map(Received::block).toList())
                        .isEqualTo(blocks);
            }
            frames.add(frames.getFirst());
            assertThatThrownBy(() -> ChunkEncoder.ofFrames(frames))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @DisplayName("L9 a zstd bomb is refused before it is decompressed")
    void aBombIsRefused() {
        byte[] bomb = Zstd.compress(new byte[100 << 20], 1);

        assertCode(ErrorCode.CORRUPT, () -> decoder.decode(together(1, 65_536, bomb, 0)));
        assertCode(
                ErrorCode.CORRUPT,
                () -> decoder.decode(together(400, (100 << 20) - 1_600, bomb, 0)));
        assertCode(
                ErrorCode.CORRUPT,
                () -> decoder.decode(together(16, 16 << 20, Zstd.compress(new byte[17 << 20]), 0)));
    }

    @Test
    void blocksCompressedTogetherKeepTheirBounds() {
        int bare = ChunkHeader.BARE;
        assertThat(decoder.decode(together(1, 3, words(3, 3), 0))).hasSize(1);
        assertThat(decoder.decode(together(2, 8, words(3, 3, bare | 5), 5))).hasSize(2);
        assertThat(decoder.decode(together(1, 262_144, words(262_144, 262_144), 0))).hasSize(1);
        // A count, a sum, or a section that isn't what the words say.
        assertTogetherCorrupt(2, 3, words(3, 3), 0);
        assertTogetherCorrupt(1, 4, words(3, 3), 0);
        assertTogetherCorrupt(1, 2, words(3, 3), 0);
        assertTogetherCorrupt(1, 4, words(4, 3), 0);
        assertTogetherCorrupt(1, 3, words(3, 4), 0);
        assertTogetherCorrupt(2, 8, words(3, 3, bare | 5), 4);
        assertTogetherCorrupt(2, 8, words(3, 3, bare | 5), 6);
        assertTogetherCorrupt(2, 8, words(3, 3, bare | 4), 5);
        assertTogetherCorrupt(1, 3, words(3, bare | 3), 0);
        assertTogetherCorrupt(1, 3, words(0, 3), 3);
        assertTogetherCorrupt(1, 3, words(3, 3), 9);
        // An empty block, an impossible level, a block of 256 KiB + 1.
        assertTogetherCorrupt(2, 3, words(3, 3, 0), 0);
        assertTogetherCorrupt(1, 3, words(3, 9 << 24 | 3), 0);
        assertTogetherCorrupt(1, 262_145, words(262_145, 262_145), 0);
    }

    private void assertTogetherCorrupt(int count, int plain, byte[] compressed, int bareBytes) {
        assertCode(
                ErrorCode.CORRUPT,
                () -> decoder.decode(together(count, plain, compressed, bareBytes)));
    }

    @Test
    void otherHeadersAreCorrupt() {
        ByteBuffer chunk = chunk(List.of(data(text(5_000))));
        int[][] changes = {
            {0, 'X'},
            {3, 2},
            {7, 2},
            {4, 1},
            {16, 0x7F},
            {16, 0x80},
            {11, 0},
            {11, 2},
            {8, 0x7F},
            {8, 0x80},
            {12, 0x7F},
            {15, 0}
        };
        for (int[] change : changes) {
            byte[] other = bytes(chunk);
            other[change[0]] = (byte) change[1];
            assertCode(ErrorCode.CORRUPT, () -> decoder.decode(ByteBuffer.wrap(other)));
        }
    }

    @Test
    void everyTornOrLongerChunkIsCorrupt() {
        List<Block> small = List.of(data(text(300)), data(text(100)));
        List<Block> random = List.of(data(Vectors.bytes("1", 90)), data(Vectors.bytes("2", 90)));
        for (List<Block> blocks : List.of(small, random)) {
            ByteBuffer chunk = chunk(blocks);
            for (int length = 0; length < chunk.remaining(); length++) {
                byte[] torn = Arrays.copyOf(bytes(chunk), length);
                assertCode(ErrorCode.CORRUPT, () -> decoder.decode(ByteBuffer.wrap(torn)));
            }
            byte[] longer = Arrays.copyOf(bytes(chunk), chunk.remaining() + 1);
            longer[chunk.remaining()] = 0;
            assertCode(ErrorCode.CORRUPT, () -> decoder.decode(ByteBuffer.wrap(longer)));
        }
    }

    @Test
    void damageIsCorruptOrOtherBlocksNeverACrash() {
        List<Block> blocks = List.of(data(text(3_000)), data(text(2_000)));
        ByteBuffer chunk = chunk(blocks);
        Random random = new Random(3);
        for (int round = 0; round < 5_000; round++) {
            byte[] damaged = bytes(chunk);
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            try {
                // A name always is computed, so what is read is what it says it is.
                for (Received received : decoder.decode(ByteBuffer.wrap(damaged))) {
                    ByteBuffer bytes = received.block().bytes();
                    assertThat(Hash.sha256(bytes)).isEqualTo(received.block().hash());
                }
            } catch (SynclineException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
            }
        }
    }

    @Test
    void positionsStay() {
        ByteBuffer chunk = chunk(List.of(data(text(100)), data(Vectors.bytes("p", 3_000))));
        ByteBuffer inside = ByteBuffer.allocate(chunk.remaining() + 20).position(7);
        inside.put(chunk.duplicate()).flip().position(7);

        decoder.decode(inside);

        assertThat(inside.position()).isEqualTo(7);
        assertThat(blocks(inside.asReadOnlyBuffer())).hasSize(2);
    }

    private ByteBuffer chunk(List<Block> blocks) {
        for (Block block : blocks) {
            assertThat(encoder.add(block)).isTrue();
        }
        return encoder.finish();
    }

    private List<Block> blocks(ByteBuffer chunk) {
        return decoder.decode(chunk).stream().map(Received::block).toList();
    }

    private static ByteBuffer together(int count, int plain, byte[] compressed, int bareBytes) {
        ByteBuffer chunk = ByteBuffer.allocate(20 + compressed.length + bareBytes);
        chunk.put(ascii("SLC")).put((byte) 1).putInt(1).putInt(count).putInt(plain);
        chunk.putInt(compressed.length).put(compressed);
        return chunk.rewind();
    }

    /** These words and then as many zeros. */
    private static byte[] words(int zeros, int... words) {
        ByteBuffer plain = ByteBuffer.allocate(4 * words.length + zeros);
        for (int word : words) {
            plain.putInt(word);
        }
        return Zstd.compress(plain.array());
    }

    private static ByteBuffer join(List<ByteBuffer> parts) {
        ByteBuffer all = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(part -> all.put(part.duplicate()));
        return all.flip();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
