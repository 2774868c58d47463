package io.syncline.core.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class TreeDigestTest {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
    private static final DeviceId DEVICE = new DeviceId("00112233445566778899aabbccddeeff");
    private static final Hash ABC =
            Hash.parse("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    private static final Node DIRECTORY = node(1, 0, "d", Item.DIRECTORY, 1);
    private static final Node FILE =
            node(
                    7,
                    1,
                    "ä.txt",
                    Item.file(new Content(0, ABC, 3), true, 1_767_323_045_678_901_234L),
                    9);
    private static final Node EMPTY_FILE =
            node(8, 0, "empty", Item.file(Content.EMPTY, false, -1), 8);

    /** The vectors of docs/formats.md. */
    @Test
    @DisplayName("R40 canonical bytes are as docs/formats.md says")
    void vectors() {
        assertThat(hex(DIRECTORY))
                .isEqualTo(
                        "0100080000000000000001020008000000000000000003000164040001020900080000000000000001");
        assertThat(hex(FILE))
                .isEqualTo(
                        "01000800000000000000070200080000000000000001030006c3a42e747874040001010500010106000800000000000000030700081886caf2450d67f208002100ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0900080000000000000009");
        assertThat(hex(EMPTY_FILE))
                .isEqualTo(
                        "01000800000000000000080200080000000000000000030005656d707479040001010600080000000000000000070008ffffffffffffffff08002100e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550900080000000000000008");
        assertThat(TreeDigest.EMPTY.plus(DIRECTORY).toString())
                .isEqualTo("4ca4399d72b30fbd10b281086ea37d36ac5bb4fa120a27cf2797be651878fb65");
        assertThat(digest(List.of(DIRECTORY, FILE, EMPTY_FILE)).toString())
                .isEqualTo("26b681a5a255a811c03eba34b5a88cf3680ced112e3b1a0d049b57fdcb5898b2");
        assertThat(TreeDigest.EMPTY.toString()).isEqualTo("0".repeat(64));
    }

    @Test
    void theOrderDoesNotMatter() {
        List<Node> nodes = nodes(1, 200);
        TreeDigest digest = digest(nodes);
        Random random = new Random(2);
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(nodes, random);

            assertThat(digest(nodes)).isEqualTo(digest);
        }
    }

    @Test
    void minusUndoesPlus() {
        TreeDigest digest = TreeDigest.EMPTY;
        List<Node> nodes = nodes(3, 300);
        for (Node node : nodes) {
            assertThat(digest.plus(node).minus(node)).isEqualTo(digest);
            assertThat(digest.minus(node).plus(node)).isEqualTo(digest);
            digest = digest.plus(node);
        }
        for (Node node : nodes) {
            digest = digest.minus(node);
        }
        assertThat(digest).isEqualTo(TreeDigest.EMPTY);
    }

    @Test
    void theSumIsThatOfBigIntegers() {
        BigInteger sum = BigInteger.ZERO;
        TreeDigest digest = TreeDigest.EMPTY;
        Random random = new Random(4);
        for (Node node : nodes(5, 500)) {
            BigInteger hash = number(Hash.sha256(TreeDigest.canonicalBytes(node)));
            boolean add = random.nextBoolean();
            digest = add ? digest.plus(node) : digest.minus(node);
            sum = (add ? sum.add(hash) : sum.subtract(hash)).mod(MODULUS);

            assertThat(number(digest.value())).isEqualTo(sum);
        }
    }

    @Test
    void carriesCrossEveryWord() {
        Hash node = Hash.sha256(TreeDigest.canonicalBytes(FILE));
        long[] edges = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE};
        for (long a : edges) {
            for (long b : edges) {
                for (long c : edges) {
                    for (long d : edges) {
                        // Such that the node's own words make each word wrap or not, by one.
                        for (Hash start :
                                List.of(
                                        new Hash(a, b, c, d),
                                        new Hash(
                                                a - node.a(),
                                                b - node.b(),
                                                c - node.c(),
                                                d - node.d()))) {
                            TreeDigest digest = new TreeDigest(start);
                            BigInteger plus = number(start).add(number(node)).mod(MODULUS);
                            BigInteger minus = number(start).subtract(number(node)).mod(MODULUS);

                            assertThat(number(digest.plus(FILE).value())).isEqualTo(plus);
                            assertThat(number(digest.minus(FILE).value())).isEqualTo(minus);
                        }
                    }
                }
            }
        }
    }

    @Test
    void replacingFollowsWhatIsLive() {
        TreeDigest base = TreeDigest.EMPTY.plus(DIRECTORY);
        Node later = node(7, 0, "b.txt", FILE.item(), 12);
        Node gone = new Node(later.id(), later.place(), later.item(), 13, true, DEVICE);

        assertThat(base.plus(FILE).replace(FILE, later)).isEqualTo(base.plus(later));
        assertThat(base.plus(later).replace(later, gone)).isEqualTo(base);
        assertThat(base.replace(gone, later)).isEqualTo(base.plus(later));
        assertThat(base.replace(gone, gone)).isEqualTo(base);
    }

    @Test
    void everyFieldCounts() {
        Content other = new Content(0, ABC, 4);
        List<Node> nodes =
                List.of(
                        FILE,
                        node(6, 1, "ä.txt", FILE.item(), 9),
                        node(7, 2, "ä.txt", FILE.item(), 9),
                        node(7, 1, "a\u0308.txt", FILE.item(), 9),
                        node(7, 1, "ä.txt", FILE.item(), 10),
                        node(7, 1, "ä.txt", Item.file(other, true, 5), 9),
                        node(7, 1, "ä.txt", Item.file(other, false, 5), 9),
                        node(7, 1, "ä.txt", Item.file(other, false, 6), 9),
                        node(7, 1, "ä.txt", Item.file(new Content(1, ABC, 4), false, 6), 9),
                        node(7, 1, "ä.txt", Item.symlink(other, 6), 9),
                        node(7, 1, "ä.txt", Item.DIRECTORY, 9));

        assertThat(nodes.stream().map(node -> TreeDigest.EMPTY.plus(node)).distinct())
                .hasSize(nodes.size());
    }

    @Test
    @DisplayName(
            "R40 a field that a node lacks leaves no trace, so a new one changes no old digest")
    void absentFieldsLeaveNoTrace() {
        Node plain = node(7, 1, "x", Item.file(new Content(0, ABC, 3), false, 0), 9);
        Node unknown = node(7, 1, "x", new Item(new Kind(77), false, 0, Optional.empty()), 9);

        assertThat(tags(plain)).containsExactly(1, 2, 3, 4, 6, 8, 9);
        assertThat(tags(FILE)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(tags(DIRECTORY)).containsExactly(1, 2, 3, 4, 9);
        assertThat(tags(unknown)).containsExactly(1, 2, 3, 4, 9);
    }

    private static List<Integer> tags(Node node) {
        byte[] bytes = TreeDigest.canonicalBytes(node);
        List<Integer> tags = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            tags.add((int) bytes[at]);
            at += 3 + ((bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF));
        }
        return tags;
    }

    private static List<Node> nodes(int seed, int count) {
        Random random = new Random(seed);
        List<Node> nodes = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            Content content = new Content(1, Hash.sha256(new byte[] {(byte) i}), 300_000L + i);
            Item item = Item.file(content, random.nextBoolean(), random.nextLong());
            nodes.add(node(i, random.nextInt(i), "n" + i, item, i + (long) random.nextInt(1_000)));
        }
        return nodes;
    }

    private static TreeDigest digest(List<Node> nodes) {
        TreeDigest digest = TreeDigest.EMPTY;
        for (Node node : nodes) {
            digest = digest.plus(node);
        }
        return digest;
    }

    private static Node node(long id, long parent, String name, Item item, long sequence) {
        Place place = new Place(new NodeId(parent), new Name(name));
        return new Node(new NodeId(id), place, item, sequence, false, DEVICE);
    }

    private static BigInteger number(Hash hash) {
        return new BigInteger(1, hash.toBytes());
    }

    private static String hex(Node node) {
        return HexFormat.of().formatHex(TreeDigest.canonicalBytes(node));
    }
}
