package io.syncline.core.snapshot;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A tree for tests, and its snapshot. */
final class SampleTree {
    static final ProjectId PROJECT = new ProjectId("1".repeat(32));
    static final Epoch EPOCH = new Epoch("2".repeat(32));
    static final DeviceId DEVICE = new DeviceId("3".repeat(32));

    private static final String[] LETTERS = {"a", "b", "Z", "ä", "é", "日", "😀", ".", " ", "~"};

    final Map<NodeId, List<Node>> children = new HashMap<>();
    final Map<NodeId, byte[]> targets = new HashMap<>();
    final List<Node> nodes = new ArrayList<>();

    void add(Node node) {
        nodes.add(node);
        children.computeIfAbsent(node.place().parent(), _ -> new ArrayList<>()).add(node);
    }

    static Node node(long id, long parent, String name, long sequence, Item item) {
        return new Node(
                new NodeId(id),
                new Place(new NodeId(parent), new Name(name)),
                item,
                sequence,
                false,
                DEVICE);
    }

    /** A tree of all kinds of nodes from a seed. */
    static SampleTree random(long seed, int count) {
        Random random = new Random(seed);
        SampleTree tree = new SampleTree();
        List<Long> directories = new ArrayList<>(List.of(0L));
        Set<Place> taken = new HashSet<>();
        long id = 0;
        while (tree.nodes.size() < count) {
            id += 1 + (random.nextInt(8) == 0 ? random.nextLong(1L << 34) : 0);
            long parent = directories.get(random.nextInt(directories.size()));
            String name = name(random);
            if (!taken.add(new Place(new NodeId(parent), new Name(name)))) {
                continue;
            }
            Item item = item(random);
            if (item.isDirectory()) {
                directories.add(id);
            }
            long sequence = id + (random.nextBoolean() ? 0 : random.nextLong(1L << 40));
            DeviceId device = new DeviceId("%032x".formatted(random.nextInt(5)));
            Node node =
                    new Node(
                            new NodeId(id),
                            new Place(new NodeId(parent), new Name(name)),
                            item,
                            sequence,
                            false,
                            device);
            tree.add(node);
            if (item.kind().equals(Kind.SYMLINK) && random.nextInt(4) > 0) {
                tree.targets.put(node.id(), target(item.sizeBytes()));
            }
        }
        return tree;
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder();
        int length = random.nextInt(20) == 0 ? 60 : 1 + random.nextInt(8);
        for (int i = 0; i < length; i++) {
            name.append(LETTERS[random.nextInt(LETTERS.length)]);
        }
        return Name.fault(name.toString()).isEmpty() ? name.toString() : "x";
    }

    private static byte[] target(long size) {
        return "t".repeat((int) size).getBytes(StandardCharsets.UTF_8);
    }

    private static Item item(Random random) {
        long mtime =
                switch (random.nextInt(6)) {
                    case 0 -> 0;
                    case 1 -> random.nextLong();
                    case 2 -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
                    default -> 1_767_323_045_678_901_234L + random.nextInt();
                };
        return switch (random.nextInt(8)) {
            case 0, 1 -> Item.DIRECTORY;
            case 2 -> {
                byte[] target = target(1 + random.nextInt(30));
                yield Item.symlink(new Content(0, Hash.sha256(target), target.length), mtime);
            }
            case 3 -> Item.file(Content.EMPTY, random.nextBoolean(), mtime);
            case 4 -> new Item(new Kind(4 + random.nextInt(252)), true, mtime, Optional.empty());
            case 5 -> Item.file(new Content(1 + random.nextInt(8), hash(random), 1 + random.nextLong(1L << 53)), false, mtime);
            default -> Item.file(new Content(0, hash(random), 1 + random.nextInt(1 << 18)), random.nextBoolean(), mtime);
        };
    }

    private static Hash hash(Random random) {
        return new Hash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    List<Node> children(NodeId directory) {
        List<Node> sorted = new ArrayList<>(children.getOrDefault(directory, List.of()));
        sorted.sort(Comparator.comparing((Node node) -> node.place().name()));
        return sorted;
    }

    TreeDigest digest() {
        TreeDigest digest = TreeDigest.EMPTY;
        for (Node node : nodes) {
            digest = digest.plus(node);
        }
        return digest;
    }

    /** All nodes in listing order. */
    List<Node> listed() {
        List<Node> listed = new ArrayList<>(children(NodeId.ROOT));
        for (int i = 0; i < listed.size(); i++) {
            listed.addAll(children(listed.get(i).id()));
        }
        return listed;
    }

    byte[] snapshot() throws IOException {
        ByteArrayOutputStream trees = new ByteArrayOutputStream();
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        try (SnapshotWriter writer =
                new SnapshotWriter(
                        PROJECT,
                        new Cursor(EPOCH, 9),
                        digest(),
                        sink(trees),
                        sink(contents))) {
            Optional<NodeId> directory = writer.nextDirectory();
            while (directory.isPresent()) {
                for (Node child : children(directory.get())) {
                    writer.add(child, Optional.ofNullable(targets.get(child.id())));
                }
                directory = writer.nextDirectory();
            }
            ByteBuffer head = writer.finish();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            sink(all).write(head);
            all.writeBytes(trees.toByteArray());
            all.writeBytes(contents.toByteArray());
            return all.toByteArray();
        }
    }

    static SnapshotSink sink(ByteArrayOutputStream to) {
        return bytes -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            to.writeBytes(copy);
        };
    }
}
