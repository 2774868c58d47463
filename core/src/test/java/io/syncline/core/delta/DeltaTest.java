package io.syncline.core.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.frame.DeltaChunkEncoder;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaTest {
    private static final int PIECE = Signature.PIECE_BYTES;

    private static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static Hash name(byte[] block) {
        return new BlockHasher().hash(0, block, 0, block.length);
    }

    private static Signature signature(byte[] block) {
        return Signature.of(name(block), ByteBuffer.wrap(block));
    }

    static List<Long> seeds() {
        List<Long> seeds = new ArrayList<>();
        for (long i = 0; i < 40; i++) {
            seeds.add(i);
        }
        seeds.add(new Random().nextLong());
        return seeds;
    }

    /** Like one of the bases, or several, with edits. */
    private static byte[] edited(Random random, List<byte[]> bases) {
        byte[] block = new byte[1 + random.nextInt(200_000)];
        int at = 0;
        while (at < block.length) {
            byte[] base = bases.get(random.nextInt(bases.size()));
            boolean copy = random.nextInt(4) > 0;
            byte[] from = copy ? base : bytes(random, 1 + random.nextInt(9_000));
            int start = random.nextInt(from.length);
            int length = Math.min(from.length - start, block.length - at);
            System.arraycopy(from, start, block, at, length);
            at += length;
        }
        return block;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("What is rebuilt from a chunk of deltas is what was there")
    void rebuilds(long seed) {
        var random = new Random(seed);
        List<byte[]> bases = new ArrayList<>();
        Map<Hash, ByteBuffer> held = new HashMap<>();
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            byte[] base = bytes(random, 1 + random.nextInt(100_000));
            if (random.nextInt(3) == 0) {
                Arrays.fill(base, 0, base.length / 2, (byte) 7);
            }
            bases.add(base);
            held.put(name(base), ByteBuffer.wrap(base));
        }
        // The receiver's signatures travel.
        var encoder =
                new DeltaEncoder(
                        Signature.read(
                                Signature.write(
                                        bases.stream().map(DeltaTest::signature).toList())));
        List<Block> expected = new ArrayList<>();
        try (var chunk = new DeltaChunkEncoder();
                var decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX)) {
            for (int i = 0; i < 12; i++) {
                byte[] block = edited(random, bases);
                Optional<Delta> delta = encoder.encode(ByteBuffer.wrap(block));
                if (delta.isPresent()) {
                    assertThat(chunk.add(delta.get())).isTrue();
                    expected.add(new Block(name(block), 0, ByteBuffer.wrap(block)));
                }
            }
            if (expected.isEmpty()) {
                return;
            }
            ByteBuffer made = chunk.finish();
            List<Block> received =
                    decoder
                            .decode(made, ChunkDecoder.bases(made).stream().map(held::get).toList())
                            .stream()
                            .map(ChunkDecoder.Received::block)
                            .toList();
            assertThat(received).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("A write in the middle costs itself and at most two pieces beside it")
    void smallWrite() {
        var random = new Random(1);
        byte[] base = bytes(random, 100_000);
        byte[] block = base.clone();
        System.arraycopy(bytes(random, 10_000), 0, block, 33_333, 10_000);

        Delta delta =
                new DeltaEncoder(List.of(signature(base)))
                        .encode(ByteBuffer.wrap(block))
                        .orElseThrow();

        // What is behind the last whole piece isn't told of.
        assertThat(delta.writtenBytes()).isBetween(10_000, 10_000 + 3 * PIECE + 100);
        assertThat(delta.steps()).hasSize(4);
    }

    @Test
    @DisplayName("Bytes that moved by an odd distance, even into another block, are found")
    void shifted() {
        var random = new Random(2);
        byte[] first = bytes(random, 70_000);
        byte[] second = bytes(random, 50_000);
        byte[] block = new byte[60_001];
        System.arraycopy(first, 40_000, block, 1, 30_000);
        System.arraycopy(second, 0, block, 30_001, 30_000);

        Delta delta =
                new DeltaEncoder(List.of(signature(first), signature(second)))
                        .encode(ByteBuffer.wrap(block))
                        .orElseThrow();

        assertThat(delta.writtenBytes()).isLessThan(4 * PIECE + 200);
        assertThat(delta.bases()).containsOnlyKeys(name(first), name(second));
    }

    @Test
    @DisplayName("L9 A long run of equal bytes is searched in time that grows with its length only")
    void equalBytes() {
        byte[] base = new byte[256 << 10];
        byte[] block = new byte[256 << 10];
        block[0] = 1;
        for (int i = 0; i < 50; i++) {
            Delta delta =
                    new DeltaEncoder(List.of(signature(base), signature(base)))
                            .encode(ByteBuffer.wrap(block))
                            .orElseThrow();
            // The piece that is followed by another one goes on; the rest is all copies.
            assertThat(delta.writtenBytes()).isLessThan(2 * PIECE + 1_000);
        }
    }

    @Test
    @DisplayName("What is like nothing is no delta")
    void nothingAlike() {
        var random = new Random(3);
        var encoder = new DeltaEncoder(List.of(signature(bytes(random, 65_536))));

        assertThat(encoder.encode(ByteBuffer.wrap(bytes(random, 65_536)))).isEmpty();
        assertThat(encoder.encode(ByteBuffer.wrap(bytes(random, 100)))).isEmpty();
        assertThat(new DeltaEncoder(List.of()).encode(ByteBuffer.wrap(new byte[9_000]))).isEmpty();
    }

    @Test
    @DisplayName("A chunk has room for what its receiver takes, and no more")
    void full() {
        var random = new Random(4);
        byte[] base = bytes(random, 256 << 10);
        Delta delta =
                new DeltaEncoder(List.of(signature(base)))
                        .encode(ByteBuffer.wrap(base))
                        .orElseThrow();
        try (var chunk = new DeltaChunkEncoder();
                var decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX)) {
            int count = 0;
            while (chunk.add(delta)) {
                count++;
            }
            assertThat(count).isEqualTo(Limits.CHUNK_BYTES_MAX / base.length);
            ByteBuffer full = chunk.finish();
            assertThat(full.remaining()).isLessThan(1_000);
            assertThat(decoder.decode(full, List.of(ByteBuffer.wrap(base)))).hasSize(count);
            assertThat(chunk.add(delta)).isTrue();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("Damaged bytes are refused or give blocks of their own names, and nothing else")
    void damaged(long seed) {
        var random = new Random(seed);
        byte[] base = bytes(random, 20_000);
        byte[] block = base.clone();
        System.arraycopy(bytes(random, 500), 0, block, 5_000, 500);
        Signature signature = signature(base);
        byte[] signatures = bytes(Signature.write(List.of(signature)));
        byte[] deltas;
        try (var chunk = new DeltaChunkEncoder()) {
            var encoder = new DeltaEncoder(List.of(signature));
            assertThat(chunk.add(encoder.encode(ByteBuffer.wrap(block)).orElseThrow())).isTrue();
            deltas = bytes(chunk.finish());
        }
        try (var decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX)) {
            for (int i = 0; i < 200; i++) {
                byte[] bad = damage(random, deltas);
                refusedOrFine(() -> {
                    ByteBuffer chunk = ByteBuffer.wrap(bad);
                    List<Hash> names = ChunkDecoder.bases(chunk);
                    decoder.decode(chunk, Collections.nCopies(names.size(), ByteBuffer.wrap(base)));
                });
                byte[] badSignatures = damage(random, signatures);
                refusedOrFine(() -> Signature.read(ByteBuffer.wrap(badSignatures)));
            }
        }
    }

    private static byte[] damage(Random random, byte[] good) {
        int length = random.nextInt(5) == 0 ? random.nextInt(good.length + 9) : good.length;
        byte[] bad = Arrays.copyOf(good, length);
        for (int i = 0; i < 1 + random.nextInt(3) && length > 0; i++) {
            // The beginning says most.
            bad[random.nextInt(random.nextBoolean() ? Math.min(64, length) : length)] =
                    (byte) random.nextInt();
        }
        return bad;
    }

    private static void refusedOrFine(Runnable decoding) {
        try {
            decoding.run();
        } catch (SynclineException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
        }
    }

    @Test
    @DisplayName("Deltas are refused without what they copy from")
    void noBases() {
        byte[] base = bytes(new Random(5), 20_000);
        try (var chunk = new DeltaChunkEncoder();
                var decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX)) {
            var encoder = new DeltaEncoder(List.of(signature(base)));
            assertThat(chunk.add(encoder.encode(ByteBuffer.wrap(base)).orElseThrow())).isTrue();
            ByteBuffer made = chunk.finish();

            assertThatThrownBy(() -> decoder.decode(made))
                    .isInstanceOfSatisfying(
                            SynclineException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
        }
    }

    @Test
    @DisplayName("The vector of docs/formats.md")
    void vector() {
        byte[] block = new byte[2_050];
        Arrays.fill(block, (byte) 1);

        ByteBuffer written = Signature.write(List.of(signature(block)));

        assertThat(HexFormat.of().formatHex(bytes(written)))
                .isEqualTo(
                        "534c530100000001"
                                + "330aacb657e3acc2c218b0cf8704869868cab6bee23c857adf9874c1480af396"
                                + "00000802"
                                + "04000800"
                                + "7c7d2eb358671b40");
    }

    @Test
    void requestsTravel() {
        var request =
                new SignatureRequest(
                        new Content(2, Hash.sha256(new byte[1]), 1L << 40),
                        List.of(
                                new SignatureRequest.Span(0, 70_000),
                                new SignatureRequest.Span(1L << 39, 1)));

        assertThat(SignatureRequest.read(request.write())).isEqualTo(request);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40, 41, 42, 52})
    void requestsOfAnotherLengthAreRefused(int length) {
        assertThatThrownBy(() -> SignatureRequest.read(ByteBuffer.allocate(length)))
                .isInstanceOf(SynclineException.class);
    }

    @Test
    @DisplayName("Spans that touch, overlap or go back are refused")
    void spansAscend() {
        Content content = new Content(1, Hash.sha256(new byte[1]), 1_000_000);
        for (long second : new long[] {0, 5, 10}) {
            assertThatThrownBy(() ->
                            new SignatureRequest(
                                    content,
                                    List.of(
                                            new SignatureRequest.Span(0, 10),
                                            new SignatureRequest.Span(second, 10))))
                    .isInstanceOf(SynclineException.class);
        }
    }
}
