package io.syncline.core.wire;

import io.syncline.core.column.ColumnReader;
import io.syncline.core.column.ColumnWriter;
import io.syncline.core.column.Timestamps;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Live nodes in columns, in any order; {@code docs/formats.md} says which there are. */
final class NodeColumns {
    private static final int EXECUTABLE = 1;
    private static final int CONTENT = 2;

    /** About what a node takes, most of it its hash and its name. */
    private static final int NODE_BYTES = 80;

    private static final int DEVICE_BYTES = 16;

    private NodeColumns() {}

    static byte[] write(List<Node> nodes) {
        ColumnWriter out = new ColumnWriter(64 + NODE_BYTES * nodes.size());
        out.putUnsigned(nodes.size());
        writeTree(out, nodes);
        writeContents(out, nodes);
        writeDevices(out, nodes);
        writeNames(out, nodes);
        return out.toBytes();
    }

    private static void writeTree(ColumnWriter out, List<Node> nodes) {
        long parent = 0;
        for (Node node : nodes) {
            out.putSigned(node.place().parent().value() - parent);
            parent = node.place().parent().value();
        }
        for (Node node : nodes) {
            out.putByte(node.item().kind().code());
        }
        for (Node node : nodes) {
            if (node.deleted()) {
                throw new IllegalStateException("node " + node.id() + " isn't live");
            }
            out.putByte(
                    (node.item().executable() ? EXECUTABLE : 0)
                            | (node.item().content().isPresent() ? CONTENT : 0));
        }
        long id = 0;
        for (Node node : nodes) {
            out.putSigned(node.id().value() - id);
            id = node.id().value();
        }
        for (Node node : nodes) {
            out.putUnsigned(node.sequence() - node.id().value());
        }
        long second = 0;
        for (Node node : nodes) {
            long now = Timestamps.second(node.item().mtimeNanos());
            out.putSigned(now - second);
            second = now;
        }
        for (Node node : nodes) {
            out.putUnsigned(Timestamps.rest(node.item().mtimeNanos()));
        }
    }

    private static void writeContents(ColumnWriter out, List<Node> nodes) {
        List<Content> contents =
                nodes.stream().flatMap(node -> node.item().content().stream()).toList();
        for (Content content : contents) {
            out.putUnsigned(content.sizeBytes());
        }
        for (Content content : contents) {
            out.putByte(content.level());
        }
        for (Content content : contents) {
            if (!content.isEmpty()) {
                out.put(content.hash().toBytes());
            }
        }
    }

    private static void writeDevices(ColumnWriter out, List<Node> nodes) {
        Map<DeviceId, Integer> numbers = new LinkedHashMap<>();
        for (Node node : nodes) {
            numbers.putIfAbsent(node.device(), numbers.size());
        }
        out.putUnsigned(numbers.size());
        for (DeviceId device : numbers.keySet()) {
            out.put(HexFormat.of().parseHex(device.value()));
        }
        for (Node node : nodes) {
            out.putUnsigned(numbers.getOrDefault(node.device(), 0));
        }
    }

    private static void writeNames(ColumnWriter out, List<Node> nodes) {
        List<byte[]> names = nodes.stream().map(node -> node.place().name().toBytes()).toList();
        for (byte[] name : names) {
            out.putByte(name.length);
        }
        for (byte[] name : names) {
            out.put(name);
        }
    }

    /**
     * What {@link #write} made.
     *
     * @param nodesMax more are CORRUPT before memory is taken for them
     * @throws SynclineException CORRUPT or INVALID where no node can be so
     * @throws IndexOutOfBoundsException where the columns end before their nodes
     */
    static List<Node> read(ColumnReader in, int nodesMax) {
        int count = in.unsigned(nodesMax);
        NodeId[] parents = new NodeId[count];
        long parent = 0;
        for (int i = 0; i < count; i++) {
            long by = in.signed();
            parent += by;
            parents[i] = i > 0 && by == 0 ? parents[i - 1] : new NodeId(parent);
            if (parents[i].isLocalOnly()) {
                throw SynclineException.corrupt("a node of the server has a parent without an id");
            }
        }
        byte[] kinds = new byte[count];
        in.copy(kinds, 0, count);
        byte[] flags = new byte[count];
        in.copy(flags, 0, count);
        long[] ids = new long[count];
        long id = 0;
        for (int i = 0; i < count; i++) {
            id += in.signed();
            ids[i] = id;
        }
        long[] sequences = new long[count];
        for (int i = 0; i < count; i++) {
            sequences[i] = ids[i] + in.unsigned();
        }
        long[] times = readTimes(in, count);
        List<Optional<Content>> contents = readContents(in, flags);
        DeviceId[] devices = readDevices(in, count);
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            lengths[i] = in.next();
        }
        List<Node> nodes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Item item =
                    new Item(
                            kind(kinds[i] & 0xFF),
                            (flags[i] & EXECUTABLE) != 0,
                            times[i],
                            contents.get(i));
            Place place = new Place(parents[i], new Name(in.text(lengths[i])));
            nodes.add(new Node(new NodeId(ids[i]), place, item, sequences[i], false, devices[i]));
        }
        return nodes;
    }

    private static long[] readTimes(ColumnReader in, int count) {
        long[] times = new long[count];
        long second = 0;
        for (int i = 0; i < count; i++) {
            second += in.signed();
            times[i] = second;
        }
        for (int i = 0; i < count; i++) {
            times[i] = Timestamps.time(times[i], in.unsigned(Timestamps.NANOS - 1));
        }
        return times;
    }

    private static List<Optional<Content>> readContents(ColumnReader in, byte[] flags) {
        long[] sizes = new long[flags.length];
        for (int i = 0; i < flags.length; i++) {
            if ((flags[i] & ~(EXECUTABLE | CONTENT)) != 0) {
                throw SynclineException.corrupt("a node has flags that aren't known");
            }
            if ((flags[i] & CONTENT) != 0) {
                sizes[i] = in.unsigned();
            }
        }
        int[] levels = new int[flags.length];
        for (int i = 0; i < flags.length; i++) {
            if ((flags[i] & CONTENT) != 0) {
                levels[i] = in.next();
            }
        }
        List<Optional<Content>> contents = new ArrayList<>(flags.length);
        byte[] hash = new byte[Hash.BYTES];
        ByteBuffer words = ByteBuffer.wrap(hash);
        for (int i = 0; i < flags.length; i++) {
            if ((flags[i] & CONTENT) == 0) {
                contents.add(Optional.empty());
                continue;
            }
            Hash name = Hash.EMPTY;
            if (sizes[i] > 0) {
                in.copy(hash, 0, Hash.BYTES);
                name = Hash.read(words.rewind());
            }
            contents.add(Optional.of(new Content(levels[i], name, sizes[i])));
        }
        return contents;
    }

    private static DeviceId[] readDevices(ColumnReader in, int count) {
        DeviceId[] all = new DeviceId[in.unsigned(count)];
        byte[] id = new byte[DEVICE_BYTES];
        for (int i = 0; i < all.length; i++) {
            in.copy(id, 0, DEVICE_BYTES);
            all[i] = new DeviceId(HexFormat.of().formatHex(id));
        }
        DeviceId[] devices = new DeviceId[count];
        for (int i = 0; i < count; i++) {
            devices[i] = all[in.unsigned(all.length - 1)];
        }
        return devices;
    }

    private static Kind kind(int code) {
        return switch (code) {
            case 1 -> Kind.FILE;
            case 2 -> Kind.DIRECTORY;
            case 3 -> Kind.SYMLINK;
            default -> new Kind(code);
        };
    }
}
