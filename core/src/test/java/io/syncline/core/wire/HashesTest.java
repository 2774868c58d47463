package io.syncline.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HashesTest {
    @Test
    void listsSurviveARoundTripInOrderWithRepeats() {
        List<Hash> hashes =
                List.of(Hash.sha256(new byte[] {1}), Hash.EMPTY, Hash.sha256(new byte[] {1}));
        byte[] bytes = Hashes.toBytes(hashes);

        assertThat(bytes).hasSize(96).startsWith(hashes.getFirst().toBytes());
        assertThat(Hashes.fromBytes(bytes, 3)).isEqualTo(hashes);
    }

    @Test
    void listsOfOddLengthOrTooManyAreInvalid() {
        for (int length : new int[] {0, 1, 31, 33, 63, 96}) {
            assertThatThrownBy(() -> Hashes.fromBytes(new byte[length], 2))
                    .isInstanceOf(SynclineException.class);
        }
    }

    @Test
    void aBitmapIsLeastSignificantBitFirst() {
        BitSet set = new BitSet();
        set.set(0);
        set.set(9);

        assertThat(Hashes.bitmap(set, 10)).containsExactly(1, 2);
        assertThat(Hashes.bitmap(new BitSet(), 17)).containsExactly(0, 0, 0);
        assertThat(Hashes.bitmap(new byte[] {1, 2}, 10)).isEqualTo(set);
    }

    @Test
    void bitmapsSurviveARoundTrip() {
        for (int count = 0; count < 200; count++) {
            BitSet set = new BitSet();
            Random random = new Random(count);
            for (int i = 0; i < count; i++) {
                set.set(i, random.nextBoolean());
            }
            assertThat(Hashes.bitmap(Hashes.bitmap(set, count), count)).isEqualTo(set);
        }
    }

    @Test
    void aBitmapOfAnotherLengthOrWithSpareBitsIsInvalid() {
        assertThatThrownBy(() -> Hashes.bitmap(new byte[] {1}, 10))
                .isInstanceOf(SynclineException.class);
        assertThatThrownBy(() -> Hashes.bitmap(new byte[] {1, 2, 0}, 10))
                .isInstanceOf(SynclineException.class);
        assertThatThrownBy(() -> Hashes.bitmap(new byte[] {1, 4}, 10))
                .isInstanceOf(SynclineException.class);
    }
}
