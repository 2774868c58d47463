package io.syncline.core.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProofTest {
    private static final ProjectId PROJECT = new ProjectId("00112233445566778899aabbccddeeff");
    private static final Epoch EPOCH = new Epoch("ffeeddccbbaa99887766554433221100");
    private static final TreeDigest DIGEST = new TreeDigest(Hash.sha256(new byte[0]));

    private static ProofKey key(int first) {
        byte[] bytes = new byte[ProofKey.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (first + i);
        }
        return new ProofKey(bytes);
    }

    @Test
    @DisplayName("R2 the vector of the documented format")
    void vector() {
        Proof proof = key(0).sign(PROJECT, new Cursor(EPOCH, 7), DIGEST);

        assertThat(proof.mac()).isEqualTo("c8ea2396f16a3e784804e982009cfcc5");
        assertThat(proof).hasToString(EPOCH + ".7." + DIGEST + ".c8ea2396f16a3e784804e982009cfcc5");
        assertThat(Proof.parse(proof.toString())).isEqualTo(proof);
    }

    @Test
    @DisplayName("R2 a proof holds for one key, project, epoch, sequence and digest only")
    void whatIsSigned() {
        ProofKey key = key(0);
        Proof proof = key.sign(PROJECT, new Cursor(EPOCH, 7), DIGEST);
        Epoch otherEpoch = new Epoch(PROJECT.value());

        assertThat(key.signed(PROJECT, proof)).isTrue();
        assertThat(key(1).signed(PROJECT, proof)).isFalse();
        assertThat(key.signed(new ProjectId(EPOCH.value()), proof)).isFalse();
        for (Proof changed :
                new Proof[] {
                    new Proof(new Cursor(otherEpoch, 7), DIGEST, proof.mac()),
                    new Proof(new Cursor(EPOCH, 8), DIGEST, proof.mac()),
                    new Proof(new Cursor(EPOCH, 7), TreeDigest.EMPTY, proof.mac()),
                    new Proof(proof.cursor(), DIGEST, "0".repeat(32))
                }) {
            assertThat(key.signed(PROJECT, changed)).as("%s", changed).isFalse();
        }
    }

    @Test
    void everyProofSurvivesItsText() {
        Random random = new Random(5);
        ProofKey key = key(9);
        for (int i = 0; i < 1_000; i++) {
            long sequence = random.nextLong(Node.MAX_SEQUENCE + 1) >> random.nextInt(54);
            Proof proof = key.sign(PROJECT, new Cursor(EPOCH, sequence), DIGEST);

            assertThat(Proof.parse(proof.toString())).isEqualTo(proof);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "E.7.D",
                "E.07.D.M",
                "E.-7.D.M",
                "E.9007199254740993.D.M",
                "E.99999999999999999999.D.M",
                "E.7.D.M.",
                "E.7.D.MM",
                " E.7.D.M",
                "E.7.d.M",
                "7.E.D.M"
            })
    void anythingElseIsInvalid(String form) {
        String text =
                form.replace("E", EPOCH.value())
                        .replace("D", DIGEST.toString())
                        .replace("M", "0".repeat(32));

        assertThatThrownBy(() -> Proof.parse(text))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }
}
