package io.syncline.core.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CutterTest {
    private static final CutParameters P = CutParameters.FORMAT_1;
    private static final Cutter CUTTER = new Cutter(P);

    @Test
    @DisplayName("R24 R41 format 1 cuts where docs/formats.md says")
    void vectors() {
        assertThat(cuts(Vectors.bytes("cut 1", 1 << 20)))
                .containsExactly(
                        80683, 205541, 238739, 283559, 326916, 396174, 478419, 537905, 579472,
                        641948, 690827, 799364, 870128, 994438, 1047460, 1048576);
        assertThat(cuts(Vectors.bytes("cut 2", 300_000)))
                .containsExactly(52343, 138430, 202547, 270311, 300000);
        assertThat(cuts(new byte[600_000])).containsExactly(262_144, 524_288, 600_000);
    }

    @Test
    @DisplayName("R41 another format is refused")
    void anotherFormatNeedsANewerVersion() {
        assertThat(CutParameters.of(1)).isEqualTo(P);
        assertThatThrownBy(() -> CutParameters.of(2))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UPGRADE_REQUIRED));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void blocksKeepTheirBoundsAndAddUp(int seed) {
        byte[] content = random(seed, 3_000_000 + seed * 12_345);
        int from = 0;
        for (int end : cuts(content)) {
            assertThat(end - from).isLessThanOrEqualTo(P.maxBytes());
            if (end < content.length) {
                assertThat(end - from).isGreaterThan(P.minBytes());
            }
            from = end;
        }
        assertThat(from).isEqualTo(content.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void theSizeOfTheWindowDoesNotMatter(int seed) {
        byte[] content = random(seed, 2_000_000);
        List<Integer> whole = cuts(content);

        for (int window : new int[] {P.maxBytes(), P.maxBytes() + 1, 300_001, 1 << 20}) {
            assertThat(cutsByWindow(content, window)).isEqualTo(whole);
        }
    }

    @Test
    void theBytesBeforeABlockDoNotMatter() {
        byte[] content = random(9, 600_000);
        byte[] shifted = new byte[content.length + 777];
        new Random(1).nextBytes(shifted);
        System.arraycopy(content, 0, shifted, 777, content.length);

        assertThat(CUTTER.cut(shifted, 777, shifted.length, true) - 777)
                .isEqualTo(CUTTER.cut(content, 0, content.length, true));
    }

    @Test
    void aWindowThatMayBeTooShortAsksForMore() {
        byte[] content = random(3, P.maxBytes());

        assertThat(CUTTER.cut(content, 0, P.maxBytes() - 1, false)).isEqualTo(Cutter.MORE);
        assertThat(CUTTER.cut(content, 0, 0, false)).isEqualTo(Cutter.MORE);
        assertThat(CUTTER.cut(content, 0, P.maxBytes(), false)).isPositive();
        assertThat(CUTTER.cut(content, 5, 5, true)).isEqualTo(5);
        assertThat(CUTTER.cut(content, 5, 6, true)).isEqualTo(6);
        assertThat(CUTTER.cut(content, 0, P.minBytes(), true)).isEqualTo(P.minBytes());
    }

    @Test
    void blocksHave64KiBOnAverage() {
        byte[] content = random(42, 64 << 20);

        int average = content.length / cuts(content).size();

        assertThat(average).isBetween(60 << 10, 68 << 10);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 10_000, 1 << 20})
    void anInsertAtTheFrontCostsAFewBlocks(int inserted) {
        byte[] content = random(5, 16 << 20);
        byte[] changed = new byte[inserted + content.length];
        new Random(6).nextBytes(changed);
        System.arraycopy(content, 0, changed, inserted, content.length);
        Set<Hash> before = new HashSet<>(blocks(content));

        List<Hash> fresh = blocks(changed).stream().filter(hash -> !before.contains(hash)).toList();

        assertThat(fresh).hasSizeLessThan(inserted / P.minBytes() + 8);
    }

    @Test
    void aChangeInTheMiddleCostsAFewBlocks() {
        for (int seed = 0; seed < 20; seed++) {
            byte[] content = random(seed, 4 << 20);
            Set<Hash> before = new HashSet<>(blocks(content));
            content[new Random(seed).nextInt(content.length)] ^= 0x55;

            long fresh = blocks(content).stream().filter(hash -> !before.contains(hash)).count();

            assertThat(fresh).as("seed %d", seed).isBetween(1L, 6L);
        }
    }

    private static List<Integer> cuts(byte[] content) {
        List<Integer> cuts = new ArrayList<>();
        for (int from = 0; from < content.length; ) {
            from = CUTTER.cut(content, from, content.length, true);
            cuts.add(from);
        }
        return cuts;
    }

    /** Cuts as a reader of a file does: a buffer that is filled, used up and moved to its front. */
    private static List<Integer> cutsByWindow(byte[] content, int window) {
        List<Integer> cuts = new ArrayList<>();
        byte[] buffer = new byte[window];
        int read = 0;
        int from = 0;
        int to = 0;
        while (true) {
            int end = CUTTER.cut(buffer, from, to, read == content.length);
            if (end == Cutter.MORE) {
                System.arraycopy(buffer, from, buffer, 0, to - from);
                to -= from;
                from = 0;
                int more = Math.min(window - to, content.length - read);
                System.arraycopy(content, read, buffer, to, more);
                read += more;
                to += more;
            } else if (end == from) {
                return cuts;
            } else {
                cuts.add(read - (to - end));
                from = end;
            }
        }
    }

    private static List<Hash> blocks(byte[] content) {
        List<Hash> hashes = new ArrayList<>();
        int from = 0;
        for (int end : cuts(content)) {
            hashes.add(Hash.sha256(Arrays.copyOfRange(content, from, end)));
            from = end;
        }
        return hashes;
    }

    private static byte[] random(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
