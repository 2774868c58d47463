package io.syncline.core.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HashTest {
    /** FIPS 180-4's own example. */
    private static final String ABC =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void vectors() {
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);

        assertThat(Hash.sha256(abc).toHex()).isEqualTo(ABC);
        assertThat(Hash.sha256(ByteBuffer.wrap(abc)).toString()).isEqualTo(ABC);
        assertThat(Hash.EMPTY.toHex())
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void everySpellingIsReadAgain() {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            byte[] bytes = new byte[Hash.BYTES];
            random.nextBytes(bytes);
            Hash hash = Hash.of(bytes);

            assertThat(hash.toBytes()).isEqualTo(bytes);
            assertThat(hash.toHex()).isEqualTo(HexFormat.of().formatHex(bytes));
            assertThat(Hash.parse(hash.toHex())).isEqualTo(hash);
            ByteBuffer little = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).position(3);
            hash.write(little);
            assertThat(little.position()).isEqualTo(35);
            assertThat(Hash.read(little.position(3))).isEqualTo(hash);
            assertThat(little.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        }
    }

    @Test
    void theOrderIsThatOfUnsignedBytes() {
        Random random = new Random(2);
        for (int i = 0; i < 1_000; i++) {
            Hash one = hash(random);
            Hash other = hash(random);

            assertThat(Integer.signum(one.compareTo(other)))
                    .isEqualTo(number(one).compareTo(number(other)));
        }
    }

    private static Hash hash(Random random) {
        return new Hash(
                random.nextInt(3) - 1,
                random.nextInt(3) - 1,
                random.nextInt(3) - 1,
                random.nextInt(3) - 1);
    }

    private static BigInteger number(Hash hash) {
        return new BigInteger(1, hash.toBytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0",
                "BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            })
    void otherTextIsInvalid(String text) {
        assertThatThrownBy(() -> Hash.parse(text)).isInstanceOf(SynclineException.class);
    }

    @Test
    void otherLengthsAreInvalid() {
        assertThatThrownBy(() -> Hash.of(new byte[31])).isInstanceOf(SynclineException.class);
        assertThatThrownBy(() -> Hash.of(new byte[33])).isInstanceOf(SynclineException.class);
    }
}
