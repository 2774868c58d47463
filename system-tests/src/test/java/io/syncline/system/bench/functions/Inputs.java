package io.syncline.system.bench.functions;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncline.core.lineage.Proof;
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
import io.syncline.core.tree.TreeDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Inputs of benchmarks, the same ones each time. */
final class Inputs {
    static final DeviceId DEVICE = new DeviceId("d".repeat(32));
    static final Cursor CURSOR = new Cursor(new Epoch("e".repeat(32)), 1L << 40);
    static final Proof PROOF = new Proof(CURSOR, TreeDigest.EMPTY, "0".repeat(32));

    /** Files in a directory of {@link #tree}. */
    static final int DIRECTORY_FILES = 100;

    private static final long MTIME_NANOS = 1_767_323_045_678_901_234L;
    private static final String[] WORDS = {
        "sync ", "block ", "return ", "public ", "static ", "node ", "tree ", "{\n    ", "}\n", "= "
    };

    private Inputs() {}

    static Random random() {
        return new Random(1);
    }

    static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random().nextBytes(bytes);
        return bytes;
    }

    /** Words of a program: zstd makes a fifth of it or so. */
    static byte[] text(int count) {
        Random random = random();
        StringBuilder text = new StringBuilder();
        while (text.length() < count) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(1_000));
        }
        return Arrays.copyOf(text.toString().getBytes(UTF_8), count);
    }

    static Hash hash(Random random) {
        return new Hash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    static List<Hash> hashes(int count) {
        Random random = random();
        List<Hash> hashes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            hashes.add(hash(random));
        }
        return hashes;
    }

    static Item file(Random random) {
        return Item.file(
                new Content(0, hash(random), 1 + random.nextInt(1 << 16)),
                random.nextInt(10) == 0,
                MTIME_NANOS + random.nextLong(1L << 50));
    }

    /**
     * So many nodes, directories of {@link #DIRECTORY_FILES} files in the root, each followed by
     * its files, in order of id and of name.
     */
    static List<Node> tree(int count) {
        Random random = random();
        List<Node> nodes = new ArrayList<>(count);
        long directory = 0;
        for (int id = 1; id <= count; id++) {
            boolean first = (id - 1) % (DIRECTORY_FILES + 1) == 0;
            if (first) {
                directory = id;
            }
            nodes.add(
                    node(
                            id,
                            first ? 0 : directory,
                            (first ? "directory %07d" : "some file %07d.txt").formatted(id),
                            first ? Item.DIRECTORY : file(random)));
        }
        return nodes;
    }

    static Node node(long id, long parent, String name, Item item) {
        return new Node(
                new NodeId(id),
                new Place(new NodeId(parent), new Name(name)),
                item,
                id + (1L << 32),
                false,
                DEVICE);
    }
}
