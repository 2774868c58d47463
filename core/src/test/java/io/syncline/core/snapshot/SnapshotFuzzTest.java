package io.syncline.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.Zstandard;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.TreeDigest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Bytes that mean harm: refused, or read as some tree that could be; never anything else. */
final class SnapshotFuzzTest {
    private static final int ROUNDS = 1_500;
    private static final long MEMORY = 1 << 20;

    @Test
    @DisplayName("Any changed byte of a file is noticed")
    void anyChangedByteIsNoticed() throws IOException {
        byte[] bytes = SampleTree.random(1, 60).snapshot();
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= (byte) (1 << (at & 7));
            assertThat(read(damaged)).as("byte %d", at).isEqualTo(ErrorCode.CORRUPT);
        }
    }

    @Test
    @DisplayName("Any file that is cut off is noticed")
    void cutOffIsNoticed() throws IOException {
        byte[] bytes = SampleTree.random(2, 60).snapshot();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThat(read(cut)).as("length %d", length).isEqualTo(ErrorCode.CORRUPT);
        }
    }

    @Test
    @DisplayName("A forger who gets every checksum right still gives a tree that can be, or none")
    void forgedColumnsGiveATreeThatCanBeOrNone() throws IOException {
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(round);
            byte[] forged = forge(SampleTree.random(round % 7, 1 + round % 40).snapshot(), random);
            if (read(forged) == ErrorCode.CORRUPT) {
                refused++;
            }
        }
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - 1);
    }

    @Test
    @DisplayName("A head that states more than there is takes no memory")
    void forgedHeadsAreRefused() throws IOException {
        byte[] bytes = SampleTree.random(4, 30).snapshot();
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(round);
            byte[] forged = bytes.clone();
            ByteBuffer head = ByteBuffer.wrap(forged);
            int word = random.nextInt(2 + 8);
            int at = word < 2 ? 76 + 4 * word : SnapshotHead.HEADER_BYTES + 4 * (word - 2);
            int value =
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt();
                        case 1 -> Integer.MAX_VALUE - random.nextInt(9);
                        case 2 -> head.getInt(at) + 1 + random.nextInt(9);
                        default -> -random.nextInt(100);
                    };
            if (value == head.getInt(at)) {
                continue;
            }
            head.putInt(at, value);
            sealHead(head);
            assertThat(read(forged))
                    .as("round %d", round)
                    .isIn(ErrorCode.CORRUPT, ErrorCode.TOO_LARGE);
        }
    }

    /** Changes some plain bytes of the first group's columns, and makes all checksums right. */
    private static byte[] forge(byte[] bytes, Random random) throws IOException {
        SnapshotSource source = SnapshotSource.of(ByteBuffer.wrap(bytes));
        SnapshotHead head = SnapshotHead.read(source);
        SnapshotHead.Group group = head.groups().getFirst();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Zstandard zstd = new Zstandard(1)) {
            byte[] plain = zstd.decompress(head.tree(source, 0), group.plainBytes());
            int changes = 1 + random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                int at = random.nextInt(plain.length);
                plain[at] =
                        (byte)
                                switch (random.nextInt(4)) {
                                    case 0 -> plain[at] ^ (1 << random.nextInt(8));
                                    case 1 -> 0xFF;
                                    case 2 -> 0;
                                    default -> random.nextInt();
                                };
            }
            int length = random.nextInt(8) == 0 ? random.nextInt(plain.length) + 1 : plain.length;
            byte[] stored = zstd.compress(plain, length);
            ByteBuffer forged = ByteBuffer.allocate(SnapshotHead.HEADER_BYTES + 32);
            forged.put(bytes, 0, forged.capacity());
            forged.putInt(SnapshotHead.HEADER_BYTES + 16, stored.length);
            forged.putInt(SnapshotHead.HEADER_BYTES + 20, length);
            forged.putInt(
                    SnapshotHead.HEADER_BYTES + 24,
                    SnapshotHead.checksum(ByteBuffer.wrap(stored)));
            sealHead(forged);
            out.write(forged.array());
            out.write(stored);
            out.write(
                    bytes, (int) head.contentOffset(), bytes.length - (int) head.contentOffset());
        }
        return out.toByteArray();
    }

    private static void sealHead(ByteBuffer head) {
        ByteBuffer directory =
                head.slice(SnapshotHead.HEADER_BYTES, Math.min(32, head.capacity() - 92));
        head.putInt(84, SnapshotHead.checksum(directory));
        head.putInt(88, SnapshotHead.checksum(head.slice(0, 88)));
    }

    /** Reads in both ways and walks; says how it was refused, INTERNAL for not at all. */
    private static ErrorCode read(byte[] bytes) {
        SnapshotSource source = SnapshotSource.of(ByteBuffer.wrap(bytes));
        ErrorCode tree = outcome(() -> walk(source));
        ErrorCode stream = outcome(() -> SnapshotFormatTest.nodes(bytes).size());
        if (tree == ErrorCode.TOO_LARGE) {
            return tree;
        }
        assertThat(tree).isEqualTo(stream);
        return tree;
    }

    private interface Reading {
        int run() throws IOException;
    }

    private static ErrorCode outcome(Reading reading) {
        try {
            assertThat(reading.run()).isNotNegative();
            return ErrorCode.INTERNAL;
        } catch (SynclineException e) {
            return e.code();
        } catch (IOException e) {
            return ErrorCode.CORRUPT;
        } catch (RuntimeException e) {
            return fail("neither read nor refused", e);
        }
    }

    private static int walk(SnapshotSource source) throws IOException {
        SnapshotTree tree = SnapshotTree.read(source, true, MEMORY, Parallel.SEQUENTIAL);
        TreeDigest digest = TreeDigest.EMPTY;
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < tree.size(); i++) {
            assertThat(tree.resolve(tree.path(i))).hasValue(i);
            assertThat(tree.find(tree.id(i))).isPresent();
            Node node = tree.node(i);
            nodes.add(node);
            digest = digest.plus(node);
            assertThat(tree.target(i).map(target -> target.length).orElse(0))
                    .isLessThanOrEqualTo(SnapshotHead.TARGET_BYTES_MAX);
        }
        return nodes.size();
    }
}
