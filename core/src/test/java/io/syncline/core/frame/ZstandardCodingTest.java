package io.syncline.core.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZstandardCodingTest {
    private static final byte[] TEXT = "{\"id\":7,\"name\":\"a.txt\"}".repeat(400).getBytes(UTF_8);

    private static ByteBuffer decode(byte[] coded, int max) {
        return ZstandardCoding.decode(ByteBuffer.wrap(coded), max);
    }

    private static byte[] encode(byte[] plain) {
        ByteBuffer coded = ZstandardCoding.encode(ByteBuffer.wrap(plain));
        byte[] bytes = new byte[coded.remaining()];
        coded.get(bytes);
        return bytes;
    }

    private static void assertCorrupt(byte[] coded, int max) {
        assertThatThrownBy(() -> decode(coded, max))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, 65_536, 131_073, 3_000_000})
    void bytesComeBack(int size) {
        byte[] plain = new byte[size];
        Random random = new Random(size);
        for (int i = 0; i < size; i++) {
            plain[i] = (byte) random.nextInt(1 + i % 11);
        }
        byte[] coded = encode(plain);
        assertThat(Zstd.getFrameContentSize(coded)).isEqualTo(size);
        assertThat(decode(coded, size)).isEqualTo(ByteBuffer.wrap(plain));
        assertThat(coded.length).isLessThan(size / 2 + 20);
    }

    @Test
    void anyBufferWillDoAndKeepsItsPosition() {
        ByteBuffer padded = ByteBuffer.allocate(TEXT.length + 20).position(7).put(TEXT);
        ByteBuffer part = padded.limit(padded.position()).position(7).slice();
        ByteBuffer direct = ByteBuffer.allocateDirect(TEXT.length).put(TEXT).flip();
        for (ByteBuffer plain : new ByteBuffer[] {part, part.asReadOnlyBuffer(), direct}) {
            ByteBuffer coded = ZstandardCoding.encode(plain);
            assertThat(plain.remaining()).isEqualTo(TEXT.length);
            ByteBuffer other = ByteBuffer.allocateDirect(coded.remaining()).put(coded.duplicate());
            for (ByteBuffer each : new ByteBuffer[] {coded, other.flip()}) {
                assertThat(ZstandardCoding.decode(each, TEXT.length))
                        .isEqualTo(ByteBuffer.wrap(TEXT));
                assertThat(each.remaining()).isEqualTo(coded.remaining());
            }
        }
    }

    @Test
    void otherEncodersMayStateNoSizeAndWriteSeveralFrames() throws IOException {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            var frame = new ByteArrayOutputStream();
            try (var zstd = new ZstdOutputStreamNoFinalizer(frame)) {
                zstd.write(TEXT);
            }
            assertThat(Zstd.getFrameContentSize(frame.toByteArray())).isNotPositive();
            out.write(frame.toByteArray());
        }
        assertThat(decode(out.toByteArray(), 3 * TEXT.length).remaining())
                .isEqualTo(3 * TEXT.length);
        assertCorrupt(out.toByteArray(), 3 * TEXT.length - 1);
    }

    @Test
    void everyBeginningIsRefused() {
        byte[] coded = encode(TEXT);
        for (int length = 1; length < coded.length; length++) {
            assertCorrupt(Arrays.copyOf(coded, length), TEXT.length);
        }
        assertCorrupt(Arrays.copyOf(coded, coded.length + 1), TEXT.length);
    }

    @Test
    @DisplayName("L9 changed bytes never give more than the bound, nor another failure")
    void changedBytesStayBounded() {
        byte[] coded = encode(TEXT);
        for (int bit = 0; bit < coded.length * 8; bit++) {
            byte[] changed = coded.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(decode(changed, TEXT.length).remaining())
                        .isLessThanOrEqualTo(TEXT.length);
            } catch (SynclineException e) {
                assertThat(e.code()).as("bit %d", bit).isEqualTo(ErrorCode.CORRUPT);
            }
        }
    }

    @Test
    @DisplayName("L9 a bomb ends at the bound")
    void bombIsRefused() {
        byte[] bomb = encode(new byte[64 << 20]);
        assertThat(bomb.length).isLessThan(16 << 10);
        assertThatThrownBy(() -> decode(bomb, 8 << 20)).hasMessageContaining("more than 8388608");
    }

    @Test
    @DisplayName("L9 a frame that needs a window of more than 8 MiB is refused")
    void largeWindowIsRefused() throws IOException {
        for (int log : new int[] {23, 24}) {
            var out = new ByteArrayOutputStream();
            try (var zstd = new ZstdOutputStreamNoFinalizer(out)) {
                zstd.setLong(log);
                zstd.write(TEXT);
            }
            if (log == 23) {
                assertThat(decode(out.toByteArray(), TEXT.length)).isEqualTo(ByteBuffer.wrap(TEXT));
            } else {
                assertCorrupt(out.toByteArray(), TEXT.length);
            }
        }
    }

    @Test
    void whatNeedsADictionaryIsRefused() {
        try (ZstdCompressCtx context = new ZstdCompressCtx()) {
            context.loadDict("{\"id\":0,\"name\":\"b.txt\"}".repeat(20).getBytes(UTF_8));
            byte[] coded = context.compress(TEXT);
            assertThat(coded.length).isLessThan(TEXT.length);
            assertCorrupt(coded, TEXT.length);
        }
    }

    @Test
    void noFramesHoldNoBytes() {
        assertThat(ZstandardCoding.decode(ByteBuffer.allocate(0), 10).remaining()).isZero();
    }
}
