package io.syncline.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.block.Vectors;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameTest {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder();

    @AfterEach
    void close() {
        encoder.close();
        decoder.close();
    }

    /** The vector of docs/formats.md. */
    @Test
    void vector() {
        assertThat(hex(encoder.encode(data(HELLO))))
                .isEqualTo(
                        "5346010000000005000000052cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b98249a71bb4cadc8399468656c6c6f");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 52, 1_000, 16_384, 65_536, CutParameters.BLOCK_BYTES_MAX})
    void framesSurviveARoundTrip(int size) {
        for (byte[] bytes : List.of(Vectors.bytes("frame", size), text(size))) {
            Block block = data(bytes);
            ByteBuffer frame = encoder.encode(block);

            assertThat(decoder.decode(frame)).isEqualTo(block);
            assertThat(FrameHeader.read(frame.duplicate()).frameBytes())
                    .isEqualTo(frame.remaining())
                    .isLessThanOrEqualTo(size + FrameHeader.BYTES);
            assertThat(decoder.decode(direct(frame))).isEqualTo(block);
            assertThat(decoder.decode(frame.asReadOnlyBuffer())).isEqualTo(block);
        }
    }

    @Test
    void compressionIsUsedWhereItHelps() {
        assertThat(FrameDecoder.check(encoder.encode(data(text(65_536)))).encoding())
                .isEqualTo(Encoding.ZSTD);
        assertThat(FrameDecoder.check(encoder.encode(data(Vectors.bytes("x", 65_536)))).encoding())
                .isEqualTo(Encoding.PLAIN);
        assertThat(FrameDecoder.check(encoder.encode(data(HELLO))).encoding())
                .isEqualTo(Encoding.PLAIN);
    }

    @Test
    void treeBlocksKeepTheirLevel() {
        TreeBlock tree =
                TreeBlock.of(
                        3,
                        List.of(
                                new TreeBlock.Entry(Hash.EMPTY, 5),
                                new TreeBlock.Entry(Hash.EMPTY, 6)));

        Block block = decoder.decode(encoder.encode(Block.of(tree)));

        assertThat(block.level()).isEqualTo(3);
        assertThat(block.hash()).isEqualTo(tree.hash());
        assertThat(TreeBlock.parse(block.bytes())).isEqualTo(tree);
    }

    @Test
    void everyTornFrameIsCorrupt() {
        byte[] frame = bytes(encoder.encode(data(text(300))));
        for (int length = 0; length < frame.length; length++) {
            byte[] torn = Arrays.copyOf(frame, length);
            assertCode(ErrorCode.CORRUPT, () -> decoder.decode(ByteBuffer.wrap(torn)));
        }
        assertCode(
                ErrorCode.CORRUPT,
                () -> decoder.decode(ByteBuffer.wrap(Arrays.copyOf(frame, frame.length + 1))));
    }

    @Test
    void everyFlippedBitIsCorrupt() {
        for (byte[] bytes : List.of(text(300), Vectors.bytes("flip", 100))) {
            ByteBuffer frame = encoder.encode(data(bytes));
            for (int bit = 0; bit < frame.remaining() * 8; bit++) {
                byte[] damaged = bytes(frame);
                damaged[bit / 8] ^= (byte) (1 << (bit % 8));
                assertCode(ErrorCode.CORRUPT, () -> decoder.decode(ByteBuffer.wrap(damaged)));
            }
        }
    }

    @Test
    void aFrameUnderAnothersNameIsCorrupt() {
        byte[] bytes = text(1_000);
        ByteBuffer frame = encoder.encode(Hash.EMPTY, 0, bytes, 0, bytes.length);
        ByteBuffer asTree = encoder.encode(Hash.sha256(bytes), 1, bytes, 0, bytes.length);

        assertThat(FrameDecoder.check(frame).hash()).isEqualTo(Hash.EMPTY);
        assertCode(ErrorCode.CORRUPT, () -> decoder.decode(frame));
        assertCode(ErrorCode.CORRUPT, () -> decoder.decode(asTree));
    }

    @Test
    @DisplayName("L9 a zstd bomb is refused before it is decompressed")
    void aBombIsRefused() {
        byte[] zeros = new byte[100 << 20];
        byte[] bomb = Zstd.compress(zeros, 1);
        assertThat(bomb.length).isLessThan(20_000);
        Hash name = Hash.sha256(new byte[65_536]);

        assertCode(ErrorCode.CORRUPT, () -> decoder.decode(zstdFrame(bomb, 65_536, name)));
    }

    @Test
    void whatIsNotExactlyOneZstdFrameOfThatSizeIsCorrupt() {
        byte[] plain = text(1_000);
        Hash name = Hash.sha256(plain);
        byte[] good = Zstd.compress(plain, 1);
        byte[] half = Zstd.compress(Arrays.copyOf(plain, 500), 1);
        byte[] rest = Zstd.compress(Arrays.copyOfRange(plain, 500, 1_000), 1);
        byte[] two = Arrays.copyOf(half, half.length + rest.length);
        System.arraycopy(rest, 0, two, half.length, rest.length);
        byte[] longer = Arrays.copyOf(good, good.length + 1);

        assertThat(decoder.decode(zstdFrame(good, 1_000, name)).hash()).isEqualTo(name);
        assertCode(ErrorCode.CORRUPT, () -> decoder.decode(zstdFrame(good, 999, name)));
        assertCode(ErrorCode.CORRUPT, () -> decoder.decode(zstdFrame(good, 1_001, name)));
        assertCode(ErrorCode.CORRUPT, () -> decoder.decode(zstdFrame(two, 1_000, name)));
        assertCode(ErrorCode.CORRUPT, () -> decoder.decode(zstdFrame(longer, 1_000, name)));
        assertCode(ErrorCode.CORRUPT, () -> decoder.decode(zstdFrame(text(50), 1_000, name)));
    }

    @Test
    void damagedZstdIsCorruptNeverACrash() {
        byte[] plain = text(20_000);
        byte[] good = Zstd.compress(plain, 1);
        Hash name = Hash.sha256(plain);
        Random random = new Random(7);
        for (int round = 0; round < 3_000; round++) {
            byte[] damaged = good.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(decoder.decode(zstdFrame(damaged, 20_000, name)).hash()).isEqualTo(name);
            } catch (SynclineException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
            }
        }
    }

    @Test
    @DisplayName("R43 a delta needs a newer version")
    void aDeltaNeedsANewerVersion() {
        byte[] payload = {1, 2, 3};
        ByteBuffer frame = ByteBuffer.allocate(FrameHeader.BYTES + 3);
        FrameEncoder.write(frame, Encoding.DELTA, Hash.EMPTY, 0, 100, ByteBuffer.wrap(payload));

        assertThat(FrameDecoder.check(frame.flip()).encoding()).isEqualTo(Encoding.DELTA);
        assertCode(ErrorCode.UPGRADE_REQUIRED, () -> decoder.decode(frame));
    }

    @Test
    void headersOutOfBoundsAreRefused() {
        assertHeaderRefused(Encoding.PLAIN, 0, 0, 0);
        assertHeaderRefused(Encoding.PLAIN, 9, 1, 1);
        assertHeaderRefused(Encoding.PLAIN, -1, 1, 1);
        assertHeaderRefused(Encoding.PLAIN, 0, 2, 1);
        assertHeaderRefused(Encoding.ZSTD, 0, 2, 2);
        assertHeaderRefused(Encoding.ZSTD, 0, 2, 0);
        assertHeaderRefused(
                Encoding.PLAIN,
                0,
                CutParameters.BLOCK_BYTES_MAX + 1,
                CutParameters.BLOCK_BYTES_MAX + 1);
    }

    @Test
    void whatIsNoBlockIsNotEncoded() {
        assertThatThrownBy(() -> encoder.encode(Hash.EMPTY, 0, new byte[0], 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertHeaderRefused(Encoding encoding, int level, int plain, int stored) {
        assertCode(
                ErrorCode.CORRUPT,
                () -> new FrameHeader(encoding, level, plain, stored, Hash.EMPTY, 0));
    }

    private static ByteBuffer zstdFrame(byte[] payload, int plain, Hash name) {
        ByteBuffer frame = ByteBuffer.allocate(FrameHeader.BYTES + payload.length);
        FrameEncoder.write(frame, Encoding.ZSTD, name, 0, plain, ByteBuffer.wrap(payload));
        return frame.flip();
    }

    static void assertCode(ErrorCode code, ThrowingCallable callable) {
        assertThatThrownBy(callable)
                .isInstanceOfSatisfying(
                        SynclineException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    static Block data(byte[] bytes) {
        return new Block(
                new BlockHasher().hash(0, bytes, 0, bytes.length), 0, ByteBuffer.wrap(bytes));
    }

    /** Text that compresses about as well as source code. */
    static byte[] text(int size) {
        Random random = new Random(size);
        StringBuilder text = new StringBuilder();
        while (text.length() < size) {
            text.append("word").append(random.nextInt(500)).append(' ');
        }
        return Arrays.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII), size);
    }

    private static ByteBuffer direct(ByteBuffer bytes) {
        return ByteBuffer.allocateDirect(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    static byte[] bytes(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    static String hex(ByteBuffer bytes) {
        return HexFormat.of().formatHex(bytes(bytes));
    }
}
