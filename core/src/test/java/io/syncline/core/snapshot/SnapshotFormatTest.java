package io.syncline.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.Zstandard;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.TreeDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SnapshotFormatTest {
    private static final long MEMORY = 64 << 20;

    @Test
    void vectorIsAsDocumented() throws IOException {
        SampleTree tree = new SampleTree();
        byte[] abc = "abc".getBytes(StandardCharsets.UTF_8);
        tree.add(SampleTree.node(1, 0, "d", 1, Item.DIRECTORY));
        tree.add(SampleTree.node(7, 1, "ä.txt", 9, Item.file(new Content(0, Hash.sha256(abc), 3), true, 1_767_323_045_678_901_234L)));
        tree.add(SampleTree.node(8, 0, "empty", 8, Item.file(Content.EMPTY, false, -1)));
        byte[] bytes = tree.snapshot();

        assertThat(HexFormat.of().formatHex(bytes, 0, 84))
                .isEqualTo(
                        "534c5301"
                                + "1".repeat(32)
                                + "2".repeat(32)
                                + "0000000000000009"
                                + "26b681a5a255a811c03eba34b5a88cf3680ced112e3b1a0d049b57fdcb5898b2"
                                + "0000000300000001");
        SnapshotSource source = SnapshotSource.of(ByteBuffer.wrap(bytes));
        SnapshotHead head = SnapshotHead.read(source);
        try (Zstandard zstd = new Zstandard(1)) {
            byte[] plain =
                    zstd.decompress(head.tree(source, 0), head.groups().getFirst().plainBytes());
            assertThat(HexFormat.of().formatHex(plain)).isEqualTo("000001020101000203020e010000020001ccd6b9950d00ff93ebdc03f2ebdcc3"
                            + "0200030000013333333333333333333333333333333300000001050664656d70"
                            + "7479c3a42e747874");
        }
        assertThat(HexFormat.of().formatHex(bytes, (int) head.contentOffset(), bytes.length))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void projectWithoutNodesHasASnapshot() throws IOException {
        byte[] bytes = new SampleTree().snapshot();

        SnapshotTree tree = read(bytes, true);

        assertThat(bytes).hasSize(92);
        assertThat(tree.size()).isZero();
        assertThat(tree.endChild(SnapshotTree.ROOT)).isZero();
        assertThat(tree.resolve(List.of())).hasValue(SnapshotTree.ROOT);
        assertThat(nodes(bytes)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 100, 1_000, 5_000})
    @DisplayName("What was written is what is read, in listing order")
    void whatWasWrittenIsWhatIsRead(int count) throws IOException {
        for (long seed = 1; seed <= 10; seed++) {
            SampleTree sample = SampleTree.random(seed * 31 + count, count);
            byte[] bytes = sample.snapshot();
            SnapshotTree tree = read(bytes, true);

            List<Node> listed = new ArrayList<>();
            for (int i = 0; i < tree.size(); i++) {
                listed.add(tree.node(i));
            }
            assertThat(listed).as("seed %d", seed).isEqualTo(sample.listed());
            assertThat(nodes(bytes)).as("seed %d", seed).isEqualTo(listed);
            assertThat(tree.head().digest()).isEqualTo(sample.digest());
            assertThat(tree.head().cursor()).isEqualTo(new Cursor(SampleTree.EPOCH, 9));
            assertThat(tree.head().sizeBytes()).isEqualTo(bytes.length);
        }
    }

    @Test
    void treeAnswersByPlacePathAndId() throws IOException {
        SampleTree sample = SampleTree.random(5, 3_000);
        SnapshotTree tree = read(sample.snapshot(), true);

        for (int i = 0; i < tree.size(); i++) {
            assertThat(tree.find(tree.id(i))).hasValue(i);
            assertThat(tree.resolve(tree.path(i))).hasValue(i);
            assertThat(tree.child(tree.parent(i), tree.name(i))).hasValue(i);
            assertThat(tree.parent(i)).isLessThan(i);
            List<Node> children = sample.children(tree.id(i));
            assertThat(tree.endChild(i) - tree.firstChild(i)).isEqualTo(children.size());
            Node node = tree.node(i);
            assertThat(tree.kind(i)).isEqualTo(node.item().kind());
            assertThat(tree.sizeBytes(i)).isEqualTo(node.item().sizeBytes());
            assertThat(tree.mtimeNanos(i)).isEqualTo(node.item().mtimeNanos());
            assertThat(tree.sequence(i)).isEqualTo(node.sequence());
        }
        assertThat(tree.find(new NodeId(Node.MAX_SEQUENCE))).isEmpty();
        assertThat(tree.child(SnapshotTree.ROOT, new Name("not there"))).isEmpty();
        assertThat(tree.resolve(List.of(new Name("not"), new Name("there"))))
                .isEqualTo(OptionalInt.empty());
    }

    @Test
    @DisplayName("R37 targets of symlinks are inline")
    void targetsAreInline() throws IOException {
        SampleTree sample = SampleTree.random(9, 2_000);
        SnapshotTree tree = read(sample.snapshot(), false);

        int seen = 0;
        for (int i = 0; i < tree.size(); i++) {
            byte[] target = sample.targets.get(tree.id(i));
            if (target == null) {
                assertThat(tree.target(i)).isEmpty();
            } else {
                assertThat(tree.kind(i)).isEqualTo(Kind.SYMLINK);
                assertThat(tree.target(i).orElseThrow()).isEqualTo(target);
                seen++;
            }
        }
        assertThat(seen).isPositive();
    }

    @Test
    void treeCanBeReadWithoutTheContentSection() throws IOException {
        SampleTree sample = SampleTree.random(3, 500);
        byte[] bytes = sample.snapshot();
        int length =
                (int) SnapshotHead.read(SnapshotSource.of(ByteBuffer.wrap(bytes))).contentOffset();
        SnapshotTree tree =
                SnapshotTree.read(
                        SnapshotSource.of(ByteBuffer.wrap(bytes, 0, length)),
                        false,
                        MEMORY,
                        Parallel.SEQUENTIAL);

        assertThat(length).isLessThan(bytes.length);
        for (int i = 0; i < tree.size(); i++) {
            assertThat(tree.name(i)).isEqualTo(sample.listed().get(i).place().name());
        }
    }

    @Test
    void groupsAreReadIndependentlyInAnyOrder() throws IOException {
        SampleTree sample = new SampleTree();
        long id = 0;
        for (int directory = 1; directory <= 3; directory++) {
            id++;
            long parent = id;
            sample.add(SampleTree.node(parent, 0, "d" + directory, parent, Item.DIRECTORY));
            for (int i = 0; i < 50_000; i++) {
                id++;
                sample.add(SampleTree.node(id, parent, "f%05d".formatted(i), id, Item.file(Content.EMPTY, false, 0)));
            }
        }
        byte[] bytes = sample.snapshot();
        SnapshotTree tree =
                SnapshotTree.read(
                        SnapshotSource.of(ByteBuffer.wrap(bytes)),
                        true,
                        MEMORY,
                        tasks -> tasks.reversed().forEach(Runnable::run));

        assertThat(tree.head().groups()).hasSize(3);
        List<Node> listed = sample.listed();
        assertThat(nodes(bytes)).isEqualTo(listed);
        for (int i = 0; i < tree.size(); i += 997) {
            assertThat(tree.node(i)).isEqualTo(listed.get(i));
        }
    }

    @Test
    @DisplayName("The writer keeps one group and the directories that wait, whatever the tree")
    void writerKeepsOneGroupOnly() throws IOException {
        long[] largest = {0};
        long[] written = {0};
        SnapshotSink counting =
                bytes -> {
                    largest[0] = Math.max(largest[0], bytes.remaining());
                    written[0] += bytes.remaining();
                };
        try (SnapshotWriter writer =
                new SnapshotWriter(
                        SampleTree.PROJECT,
                        new Cursor(SampleTree.EPOCH, 1 << 20),
                        TreeDigest.EMPTY,
                        counting,
                        counting)) {
            assertThat(writer.nextDirectory()).hasValue(NodeId.ROOT);
            for (int i = 1; i <= 300_000; i++) {
                Content content = new Content(0, new Hash(i, i, i, i), 1 + i % 1000);
                writer.add(
                        SampleTree.node(i, 0, "%0200d".formatted(i), i, Item.file(content, false, i)));
            }
            assertThat(writer.nextDirectory()).isEmpty();
            assertThat(writer.finish().remaining()).isPositive();
        }

        assertThat(written[0]).isGreaterThan(300_000L * Hash.BYTES);
        assertThat(largest[0]).isLessThan(3 << 20);
    }

    @Test
    void nodesOutOfOrderAreRefused() throws IOException {
        Node a = SampleTree.node(1, 0, "a", 1, Item.DIRECTORY);
        Node b = SampleTree.node(2, 0, "b", 2, Item.DIRECTORY);
        Node below = SampleTree.node(3, 2, "c", 3, Item.DIRECTORY);
        try (SnapshotWriter writer =
                new SnapshotWriter(
                        SampleTree.PROJECT,
                        new Cursor(SampleTree.EPOCH, 3),
                        TreeDigest.EMPTY,
                        _ -> {},
                        _ -> {})) {
            assertThatThrownBy(() -> writer.add(a)).isInstanceOf(IllegalStateException.class);
            assertThat(writer.nextDirectory()).hasValue(NodeId.ROOT);
            writer.add(b);
            assertThatThrownBy(() -> writer.add(a)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.add(b)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.add(below)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void treeThatNeedsMoreMemoryThanAllowedIsRefusedUnread() throws IOException {
        byte[] bytes = SampleTree.random(3, 500).snapshot();

        assertThatThrownBy(() ->
                        SnapshotTree.read(
                                SnapshotSource.of(ByteBuffer.wrap(bytes)),
                                true,
                                10_000,
                                Parallel.SEQUENTIAL))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
    }

    private static SnapshotTree read(byte[] bytes, boolean contents) throws IOException {
        return SnapshotTree.read(
                SnapshotSource.of(ByteBuffer.wrap(bytes)), contents, MEMORY, Parallel.SEQUENTIAL);
    }

    static List<Node> nodes(byte[] bytes) throws IOException {
        List<Node> nodes = new ArrayList<>();
        try (SnapshotReader reader = SnapshotReader.open(SnapshotSource.of(ByteBuffer.wrap(bytes)))) {
            for (List<Node> group = reader.next(); !group.isEmpty(); group = reader.next()) {
                nodes.addAll(group);
            }
        }
        return nodes;
    }
}
