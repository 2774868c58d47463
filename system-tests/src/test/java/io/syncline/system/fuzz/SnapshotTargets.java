package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.Zstandard;
import io.syncline.core.snapshot.Parallel;
import io.syncline.core.snapshot.SnapshotReader;
import io.syncline.core.snapshot.SnapshotSource;
import io.syncline.core.snapshot.SnapshotTree;
import io.syncline.core.snapshot.SnapshotWriter;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Snapshots: opened, asked everything, and written again. */
final class SnapshotTargets {
    private static final int HEADER_BYTES = 92;
    private static final int GROUP_BYTES = 32;
    private static final int WORDS = 6;

    /** What a reader of these inputs may take; a group before compression may have 16 MiB. */
    private static final long TREE_BYTES_MAX = 8 << 20;

    private static final long GROUP_BYTES_MAX = 17 << 20;

    private static final ProjectId PROJECT = new ProjectId("1".repeat(32));
    private static final Cursor CURSOR = new Cursor(new Epoch("2".repeat(32)), 9);

    private SnapshotTargets() {}

    static List<Target> all() {
        return List.of(
                new Decoder(
                        "snapshot",
                        2_048,
                        n -> 4 * (TREE_BYTES_MAX + GROUP_BYTES_MAX) + 2_000L * n,
                        SnapshotTargets::read,
                        List.of(written(sample()))),
                new Decoder(
                        "snapshot-sealed",
                        1_024,
                        n -> 4 * (TREE_BYTES_MAX + GROUP_BYTES_MAX) + 4_000L * n,
                        input -> read(sealed(input)),
                        List.of(columns())));
    }

    /** An end that comes too early is the source's exception, which readers translate. */
    private static void read(byte[] input) {
        SnapshotSource source = SnapshotSource.of(ByteBuffer.wrap(input));
        Refusals refusals = new Refusals(ErrorCode.CORRUPT, ErrorCode.TOO_LARGE);
        Optional<List<Node>> nodes = refusals.of(() -> inTurn(source));
        Optional<SnapshotTree> light = refusals.of(() -> tree(source, false));
        Optional<SnapshotTree> tree = refusals.of(() -> tree(source, true));
        light.ifPresent(SnapshotTargets::ask);
        require(light.isPresent() || tree.isEmpty(), "a snapshot can be read only with contents");
        if (tree.isPresent()) {
            ask(tree.get());
            require(
                    nodes.isPresent() && nodes.get().equals(all(tree.get())),
                    "two readers differ: %s",
                    nodes);
            byte[] again = written(nodes.get());
            require(
                    inTurn(SnapshotSource.of(ByteBuffer.wrap(again))).equals(nodes.get()),
                    "another tree comes back");
        }
    }

    private static List<Node> inTurn(SnapshotSource source) {
        try (SnapshotReader reader = SnapshotReader.open(source)) {
            List<Node> all = new ArrayList<>();
            for (List<Node> some = reader.next(); !some.isEmpty(); some = reader.next()) {
                all.addAll(some);
            }
            return all;
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.CORRUPT, "it ends", e);
        }
    }

    private static SnapshotTree tree(SnapshotSource source, boolean contents) {
        try {
            return SnapshotTree.read(source, contents, TREE_BYTES_MAX, Parallel.SEQUENTIAL);
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.CORRUPT, "it ends", e);
        }
    }

    private static List<Node> all(SnapshotTree tree) {
        List<Node> all = new ArrayList<>();
        for (int i = 0; i < tree.size(); i++) {
            all.add(tree.node(i));
        }
        return all;
    }

    private static void ask(SnapshotTree tree) {
        for (int i = 0; i < tree.size(); i++) {
            int parent = tree.parent(i);
            require(parent < i, "node %s has the parent %s", i, parent);
            require(
                    tree.child(parent, tree.name(i)).orElse(-2) == i,
                    "node %s isn't found below its parent",
                    i);
            require(
                    tree.firstChild(parent) <= i && i < tree.endChild(parent),
                    "node %s isn't among its siblings",
                    i);
            require(tree.resolve(tree.path(i)).orElse(-2) == i, "node %s isn't at its path", i);
            require(tree.find(tree.id(i)).isPresent(), "node %s isn't found", i);
            require(tree.sequence(i) >= tree.id(i).value(), "node %s is older than itself", i);
            require(tree.sizeBytes(i) >= 0, "node %s has a size below 0", i);
            require(
                    tree.target(i).isEmpty() || !tree.kind(i).isKnown() || tree.kind(i).code() == 3,
                    "node %s has a target",
                    i);
            require(tree.firstChild(i) <= tree.endChild(i), "node %s has children", i);
        }
    }

    /** A whole file around one group: six words of two bytes, and its columns. */
    private static byte[] sealed(byte[] input) {
        if (input.length < 2 * WORDS) {
            return input;
        }
        ByteBuffer words = ByteBuffer.wrap(input);
        int nodes = words.getShort() & 0xFFFF;
        int directories = words.getShort() & 0xFFFF;
        int nameBytes = words.getShort() & 0xFFFF;
        int contents = words.getShort() & 0xFF;
        int stated = words.getShort() & 0xFF;
        int groups = 1 + (words.getShort() & 1);
        byte[] plain = Arrays.copyOfRange(input, 2 * WORDS, input.length);
        byte[] stored;
        try (Zstandard zstd = new Zstandard(1)) {
            stored = zstd.compress(plain, plain.length);
        }
        byte[] names = new byte[contents * Hash.BYTES];
        Arrays.fill(names, (byte) 7);
        ByteBuffer file =
                ByteBuffer.allocate(
                        HEADER_BYTES + groups * (GROUP_BYTES + stored.length + names.length));
        file.position(HEADER_BYTES);
        for (int i = 0; i < groups; i++) {
            file.putInt(nodes)
                    .putInt(directories)
                    .putInt(nameBytes)
                    .putInt(contents)
                    .putInt(stored.length)
                    .putInt(plain.length)
                    .putInt(BlockTargets.crc(stored, 0, stored.length))
                    .putInt(BlockTargets.crc(names, 0, names.length));
        }
        for (int i = 0; i < groups; i++) {
            file.put(stored);
        }
        for (int i = 0; i < groups; i++) {
            file.put(names);
        }
        file.putInt(0, 0x534c5301)
                .putLong(36, 9)
                .putInt(76, nodes * groups + (stated == 255 ? 1 : 0))
                .putInt(80, groups)
                .putInt(
                        84,
                        BlockTargets.crc(
                                file.array(), HEADER_BYTES, HEADER_BYTES + groups * GROUP_BYTES));
        return file.putInt(88, BlockTargets.crc(file.array(), 0, 88)).array();
    }

    // ---- Samples.

    private static Node node(long id, long parent, String name, Item item) {
        return new Node(
                new NodeId(id),
                new Place(new NodeId(parent), new Name(name)),
                item,
                id + 2,
                false,
                new DeviceId("3".repeat(32)));
    }

    private static List<Node> sample() {
        byte[] target = "d".getBytes(StandardCharsets.US_ASCII);
        return List.of(
                node(1, 0, "d", Item.DIRECTORY),
                node(2, 0, "empty", Item.file(Content.EMPTY, false, -1)),
                node(3, 0, "l", Item.symlink(new Content(0, Hash.sha256(target), 1), 5)),
                node(4, 1, "e", Item.DIRECTORY),
                node(
                        7,
                        1,
                        "ä.txt",
                        Item.file(
                                new Content(1, Hash.sha256(target), 70_000), true, 1_234_567_890L)),
                node(9, 4, "f", Item.file(new Content(0, Hash.sha256(target), 1), false, 0)));
    }

    /** Nodes in listing order as a file. */
    private static byte[] written(List<Node> nodes) {
        ByteArrayOutputStream tree = new ByteArrayOutputStream();
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        try (SnapshotWriter writer =
                new SnapshotWriter(
                        PROJECT,
                        CURSOR,
                        TreeDigest.EMPTY,
                        bytes -> tree.writeBytes(BlockTargets.bytes(bytes)),
                        bytes -> contents.writeBytes(BlockTargets.bytes(bytes)))) {
            int next = 0;
            for (Optional<NodeId> directory = writer.nextDirectory();
                    directory.isPresent();
                    directory = writer.nextDirectory()) {
                // Ids may repeat in a forged tree; then names begin again with the next directory.
                for (int first = next;
                        next < nodes.size()
                                && nodes.get(next).place().parent().equals(directory.get())
                                && (next == first || ascend(nodes, next));
                        next++) {
                    writer.add(nodes.get(next));
                }
            }
            ByteBuffer head = writer.finish();
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            file.writeBytes(BlockTargets.bytes(head));
            file.writeBytes(tree.toByteArray());
            file.writeBytes(contents.toByteArray());
            return file.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean ascend(List<Node> nodes, int at) {
        Name before = nodes.get(at - 1).place().name();
        return before.compareTo(nodes.get(at).place().name()) < 0;
    }

    /** The columns of a directory and two files, as docs/formats.md has them. */
    private static byte[] columns() {
        byte[] columns =
                HexFormat.of()
                        .parseHex(
                                "000001020101000203020e010000020001ccd6b9950d00ff93ebdc03f2ebdcc302"
                                    + "00030000013333333333333333333333333333333300000001050664656d"
                                    + "707479c3a42e747874");
        return ByteBuffer.allocate(2 * WORDS + columns.length)
                .putShort((short) 3)
                .putShort((short) 1)
                .putShort((short) 12)
                .putShort((short) 1)
                .putShort((short) 0)
                .putShort((short) 0)
                .put(columns)
                .array();
    }
}
