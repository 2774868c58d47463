package io.syncline.core.frame;

import static io.syncline.core.frame.FrameTest.assertCode;
import static io.syncline.core.frame.FrameTest.bytes;
import static io.syncline.core.frame.FrameTest.data;
import static io.syncline.core.frame.FrameTest.hex;
import static io.syncline.core.frame.FrameTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.block.Vectors;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class PackTest {
    private static final PackHeader HEADER =
            new PackHeader(
                    new ProjectId("00112233445566778899aabbccddeeff"),
                    1,
                    Instant.ofEpochMilli(1_767_323_045_678L));

    private static final class Pack {
        final byte[] bytes;
        final List<PackIndex.Entry> entries;

        Pack(byte[] bytes, List<PackIndex.Entry> entries) {
            this.bytes = bytes;
            this.entries = entries;
        }
    }

    /** The vectors of docs/formats.md. */
    @Test
    @DisplayName("R33 a pack says whose it is")
    void vectors() {
        assertThat(hex(HEADER.toBytes()))
                .isEqualTo(
                        "534c504b0000000100112233445566778899aabbccddeeff000000010000019b7ca98f2e5ca4c371");
        assertThat(hex(PackIndex.toBytes(List.of(new PackIndex.Entry(Hash.EMPTY, 40, 57, 5, 0)))))
                .isEqualTo(
                        "534c505800000001000000280000003900000005e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855f6fa0b0200000040534c5045");
    }

    @Test
    void headersSurviveARoundTrip() {
        assertThat(PackHeader.read(HEADER.toBytes())).isEqualTo(HEADER);
        byte[] bytes = bytes(HEADER.toBytes());
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertCode(ErrorCode.CORRUPT, () -> PackHeader.read(ByteBuffer.wrap(damaged)));
        }
        assertCode(ErrorCode.CORRUPT, () -> PackHeader.read(ByteBuffer.allocate(39)));
    }

    @Test
    void aPackTellsItsFrames() {
        Pack pack = pack(50);
        for (int readMax : new int[] {1 << 20, 4_096, 17}) {
            assertThat(frames(scan(pack.bytes, readMax))).isEqualTo(pack.entries);
            assertThat(scan(pack.bytes, readMax).getLast())
                    .isEqualTo(new PackScanner.End(pack.bytes.length));
        }
    }

    @Test
    void anEmptyPackHasNoFrames() {
        assertThat(scan(pack(0).bytes, 100)).containsExactly(new PackScanner.End(40));
        assertCode(ErrorCode.CORRUPT, () -> scan(new byte[39], 100));
        assertCode(ErrorCode.CORRUPT, () -> scan(new byte[0], 100));
    }

    @Test
    void anIndexEndsTheFrames() {
        Pack pack = pack(20);
        ByteBuffer index = PackIndex.toBytes(pack.entries);
        byte[] bytes = Arrays.copyOf(pack.bytes, pack.bytes.length + index.remaining());
        index.duplicate().get(bytes, pack.bytes.length, index.remaining());

        assertThat(frames(scan(bytes, 5_000))).isEqualTo(pack.entries);
        assertThat(scan(bytes, 5_000).getLast()).isEqualTo(new PackScanner.End(pack.bytes.length));
        ByteBuffer trailer =
                ByteBuffer.wrap(bytes, bytes.length - PackIndex.TRAILER_BYTES, 12).slice();
        assertThat(PackIndex.length(trailer)).isEqualTo(Optional.of(index.remaining()));
        assertThat(PackIndex.read(index)).isEqualTo(pack.entries);
        assertThat(PackIndex.length(ByteBuffer.wrap(pack.bytes, 0, 12))).isEmpty();
        assertThat(PackIndex.read(PackIndex.toBytes(List.of()))).isEmpty();
    }

    @Test
    @DisplayName("L2 damage that looks like an index hides no frame")
    void anIndexBetweenFramesIsDamage() {
        Pack pack = pack(4);
        int at = (int) pack.entries.get(2).offsetBytes();
        byte[] index = bytes(PackIndex.toBytes(pack.entries.subList(0, 2)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(pack.bytes, 0, at);
        out.writeBytes(index);
        out.write(pack.bytes, at, pack.bytes.length - at);

        List<PackScanner.Step> steps = scan(out.toByteArray(), 5_000);

        assertThat(frames(steps).stream().map(PackIndex.Entry::hash).toList())
                .isEqualTo(pack.entries.stream().map(PackIndex.Entry::hash).toList());
        assertThat(steps).contains(new PackScanner.Damage(at, index.length));
        assertThat(steps.getLast()).isEqualTo(new PackScanner.End(out.size()));
    }

    @Test
    void aDamagedIndexIsCorrupt() {
        byte[] index = bytes(PackIndex.toBytes(pack(3).entries));
        for (int bit = 0; bit < index.length * 8; bit++) {
            byte[] damaged = index.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertCode(ErrorCode.CORRUPT, () -> PackIndex.read(ByteBuffer.wrap(damaged)));
        }
        for (int length = 0; length < index.length; length++) {
            byte[] torn = Arrays.copyOf(index, length);
            assertCode(ErrorCode.CORRUPT, () -> PackIndex.read(ByteBuffer.wrap(torn)));
        }
    }

    @Test
    @DisplayName("L2 a pack torn anywhere keeps every frame before the tear")
    void aTornPackKeepsItsFrames() {
        Pack pack = pack(12);
        for (int length = PackHeader.BYTES; length < pack.bytes.length; length += 7) {
            int end = length;
            List<PackIndex.Entry> whole =
                    pack.entries.stream()
                            .filter(entry -> entry.offsetBytes() + entry.frameBytes() <= end)
                            .toList();
            long valid =
                    whole.isEmpty()
                            ? 40
                            : whole.getLast().offsetBytes() + whole.getLast().frameBytes();
            List<PackScanner.Step> steps = scan(Arrays.copyOf(pack.bytes, length), 1 << 20);

            assertThat(frames(steps)).isEqualTo(whole);
            assertThat(steps.getLast()).isEqualTo(new PackScanner.End(valid));
            assertThat(damage(steps)).isEqualTo(length - valid);
        }
    }

    @Test
    void zerosAfterATearAreNoFrames() {
        Pack pack = pack(5);
        byte[] bytes = Arrays.copyOf(pack.bytes, pack.bytes.length + 3_000_000);

        List<PackScanner.Step> steps = scan(bytes, 1 << 20);

        assertThat(frames(steps)).isEqualTo(pack.entries);
        assertThat(steps.getLast()).isEqualTo(new PackScanner.End(pack.bytes.length));
        assertThat(damage(steps)).isEqualTo(3_000_000);
    }

    @Test
    void aDamagedFrameIsSteppedOver() {
        Pack pack = pack(30);
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            int hit = random.nextInt(pack.entries.size());
            PackIndex.Entry victim = pack.entries.get(hit);
            byte[] damaged = pack.bytes.clone();
            int at = (int) victim.offsetBytes() + random.nextInt(victim.frameBytes());
            damaged[at] ^= (byte) (1 + random.nextInt(255));
            List<PackIndex.Entry> others = new ArrayList<>(pack.entries);
            others.remove(hit);

            List<PackScanner.Step> steps = scan(damaged, 1 << 20);

            assertThat(frames(steps)).isEqualTo(others);
            assertThat(damage(steps)).isEqualTo(victim.frameBytes());
            assertThat(steps)
                    .contains(new PackScanner.Damage(victim.offsetBytes(), victim.frameBytes()));
        }
    }

    @Test
    void aTornBlockThatHoldsFramesIsNotSearched() {
        Pack inner = pack(5);
        Block copy = data(inner.bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(HEADER.toBytes()));
        ByteBuffer frame = ByteBuffer.allocate(FrameHeader.BYTES + inner.bytes.length);
        FrameEncoder.write(frame, Encoding.PLAIN, copy.hash(), 0, inner.bytes.length, copy.bytes());
        out.write(frame.array(), 0, frame.capacity() - 1);

        List<PackScanner.Step> steps = scan(out.toByteArray(), 1 << 20);

        assertThat(frames(steps)).isEmpty();
        assertThat(steps.getLast()).isEqualTo(new PackScanner.End(40));
    }

    @Test
    void framesLargerThanTheReadsAreFound() {
        Pack pack =
                pack(
                        List.of(
                                data(Vectors.bytes("a", 262_144)),
                                data(Vectors.bytes("b", 262_144)),
                                data(Vectors.bytes("c", 262_144)),
                                data(Vectors.bytes("d", 262_144)),
                                data(Vectors.bytes("e", 262_144)),
                                data(Vectors.bytes("f", 262_144))));

        assertThat(frames(scan(pack.bytes, 100_000))).isEqualTo(pack.entries);
    }

    private static Pack pack(int frames) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            blocks.add(data(i % 2 == 0 ? text(200 + i * 37) : Vectors.bytes("pack " + i, i * 31)));
        }
        return pack(blocks);
    }

    private static Pack pack(List<Block> blocks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<PackIndex.Entry> entries = new ArrayList<>();
        out.writeBytes(bytes(HEADER.toBytes()));
        try (FrameEncoder encoder = new FrameEncoder()) {
            for (Block block : blocks) {
                ByteBuffer frame = encoder.encode(block);
                entries.add(
                        new PackIndex.Entry(
                                block.hash(),
                                out.size(),
                                frame.remaining(),
                                block.sizeBytes(),
                                block.level()));
                out.writeBytes(bytes(frame));
            }
        }
        return new Pack(out.toByteArray(), entries);
    }

    private static List<PackScanner.Step> scan(byte[] pack, int readMax) {
        PackScanner scanner =
                new PackScanner((offset, into) -> {
                    int length =
                            (int)
                                    Math.min(
                                            Math.min(readMax, into.remaining()),
                                            pack.length - offset);
                    if (length > 0) {
                        into.put(pack, (int) offset, length);
                    }
                    return length;
                });
        assertThat(scanner.header()).isEqualTo(HEADER);
        List<PackScanner.Step> steps = new ArrayList<>();
        try (FrameDecoder decoder = new FrameDecoder()) {
            do {
                steps.add(scanner.next());
                if (steps.getLast() instanceof PackScanner.Frame frame) {
                    assertThat(decoder.decode(frame.bytes()).hash())
                            .isEqualTo(frame.header().hash());
                }
            } while (!(steps.getLast() instanceof PackScanner.End));
        }
        return steps;
    }

    private static List<PackIndex.Entry> frames(List<PackScanner.Step> steps) {
        List<PackIndex.Entry> entries = new ArrayList<>();
        for (PackScanner.Step step : steps) {
            if (step instanceof PackScanner.Frame(var offset, var header, _)) {
                entries.add(
                        new PackIndex.Entry(
                                header.hash(),
                                offset,
                                header.frameBytes(),
                                header.plainBytes(),
                                header.level()));
            }
        }
        return entries;
    }

    private static long damage(List<PackScanner.Step> steps) {
        long damage = 0;
        for (PackScanner.Step step : steps) {
            if (step instanceof PackScanner.Damage(_, var length)) {
                damage += length;
            }
        }
        return damage;
    }
}
