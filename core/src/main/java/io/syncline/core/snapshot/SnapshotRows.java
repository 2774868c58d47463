package io.syncline.core.snapshot;

import io.syncline.core.column.ColumnReader;
import io.syncline.core.column.Timestamps;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.Zstandard;
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
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Nodes in arrays, one entry a node; filled group by group, several groups at once. All that can be
 * checked within a group is, before it returns.
 */
final class SnapshotRows {
    private static final int FILE = Kind.FILE.code();
    private static final int DIRECTORY = Kind.DIRECTORY.code();
    private static final int SYMLINK = Kind.SYMLINK.code();
    private static final int FLAGS = SnapshotWriter.EXECUTABLE | SnapshotWriter.CONTENT;

    /** Directory numbers. */
    final int[] parents;

    final byte[] kinds;
    final byte[] flags;
    final long[] ids;
    final long[] sequences;
    final long[] mtimes;
    final long[] sizes;
    final byte[] levels;
    final int[] nameStarts;
    final byte[] names;

    /** Index into the devices of its group. */
    private final char[] devices;

    /** Which of its group's contents is its own. */
    private final char[] contents;

    /** The first node of each group, and one beyond the last. */
    private final int[] groupStarts;

    private final DeviceId[][] groupDevices;
    private final byte[][] groupHashes;
    private final int[][] groupTargetNodes;
    private final byte[][][] groupTargets;

    SnapshotRows(int nodeCount, int nameBytes, int[] groupStarts) {
        parents = new int[nodeCount];
        kinds = new byte[nodeCount];
        flags = new byte[nodeCount];
        ids = new long[nodeCount];
        sequences = new long[nodeCount];
        mtimes = new long[nodeCount];
        sizes = new long[nodeCount];
        levels = new byte[nodeCount];
        nameStarts = new int[nodeCount + 1];
        nameStarts[nodeCount] = nameBytes;
        names = new byte[nameBytes];
        devices = new char[nodeCount];
        contents = new char[nodeCount];
        this.groupStarts = groupStarts;
        int groups = groupStarts.length - 1;
        groupDevices = new DeviceId[groups][];
        groupHashes = new byte[groups][];
        groupTargetNodes = new int[groups][];
        groupTargets = new byte[groups][][];
    }

    int size() {
        return ids.length;
    }

    /**
     * Fills in a group.
     *
     * @param index which of these rows' groups
     * @param nameStart where its names begin among all
     * @param hashes its content section; empty where content names are left out
     */
    void decode(
            int index,
            SnapshotHead.Group group,
            int nameStart,
            Zstandard zstd,
            ByteBuffer tree,
            Optional<ByteBuffer> hashes) {
        try {
            ColumnReader in =
                    new ColumnReader(zstd.decompress(tree, group.plainBytes()), "a snapshot");
            int from = groupStarts[index];
            int to = from + group.nodeCount();
            decodeTree(in, from, to);
            int contentCount = decodeContents(in, from, to);
            decodeDevices(in, index, from, to);
            decodeNames(in, from, to, nameStart, nameStart + group.nameBytes());
            decodeTargets(in, index, from, to);
            if (!in.atEnd()
                    || contentCount != group.contentCount()
                    || directories(from, to) != group.directoryCount()) {
                throw SynclineException.corrupt("a snapshot's group has other nodes than it says");
            }
        } catch (IndexOutOfBoundsException e) {
            throw new SynclineException(
                    ErrorCode.CORRUPT, "a snapshot's group ends before its nodes", e);
        }
        if (hashes.isPresent()) {
            byte[] all = new byte[group.contentBytes()];
            hashes.get().get(all);
            groupHashes[index] = all;
        }
    }

    private void decodeTree(ColumnReader in, int from, int to) {
        long parent = 0;
        for (int i = from; i < to; i++) {
            parent += in.unsigned(SnapshotHead.NODES_MAX);
            if (parent > SnapshotHead.NODES_MAX) {
                throw SynclineException.corrupt("a snapshot has a parent that can't be");
            }
            parents[i] = (int) parent;
        }
        in.copy(kinds, from, to - from);
        in.copy(flags, from, to - from);
        long id = 0;
        for (int i = from; i < to; i++) {
            id += in.signed();
            ids[i] = id;
        }
        for (int i = from; i < to; i++) {
            long above = in.unsigned();
            if (ids[i] < 1 || ids[i] > Node.MAX_SEQUENCE || above > Node.MAX_SEQUENCE - ids[i]) {
                throw SynclineException.corrupt("a snapshot has an id or sequence that can't be");
            }
            sequences[i] = ids[i] + above;
        }
        long second = 0;
        for (int i = from; i < to; i++) {
            second += in.signed();
            mtimes[i] = second;
        }
        for (int i = from; i < to; i++) {
            mtimes[i] = Timestamps.time(mtimes[i], in.unsigned(Timestamps.NANOS - 1));
        }
    }

    /** Sizes and levels; says how many contents aren't empty. */
    private int decodeContents(ColumnReader in, int from, int to) {
        for (int i = from; i < to; i++) {
            checkKind(kinds[i] & 0xFF, flags[i] & 0xFF);
            if ((flags[i] & SnapshotWriter.CONTENT) != 0) {
                sizes[i] = in.unsigned();
            }
        }
        int count = 0;
        for (int i = from; i < to; i++) {
            if ((flags[i] & SnapshotWriter.CONTENT) == 0) {
                continue;
            }
            int level = in.next();
            long size = sizes[i];
            boolean possible =
                    size <= Content.MAX_SIZE_BYTES
                            && level <= Content.MAX_LEVEL
                            && (level > 0 ? size > 0 : size <= Content.BLOCK_BYTES_MAX);
            if (!possible) {
                throw SynclineException.corrupt("a snapshot has a content that can't be");
            }
            levels[i] = (byte) level;
            if (size > 0) {
                contents[i] = (char) count;
                count++;
            }
        }
        return count;
    }

    private static void checkKind(int kind, int flags) {
        boolean content = (flags & SnapshotWriter.CONTENT) != 0;
        boolean executable = (flags & SnapshotWriter.EXECUTABLE) != 0;
        boolean known = kind <= SYMLINK;
        int allowed = kind == SYMLINK ? FLAGS | SnapshotWriter.TARGET : FLAGS;
        if (kind == 0
                || (flags & ~allowed) != 0
                || (known && content == (kind == DIRECTORY))
                || (known && executable && kind != FILE)) {
            throw SynclineException.corrupt("a snapshot has a node that can't be");
        }
    }

    private int directories(int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += kinds[i] == DIRECTORY ? 1 : 0;
        }
        return count;
    }

    private void decodeDevices(ColumnReader in, int index, int from, int to) {
        int count = in.unsigned(SnapshotHead.GROUP_NODES_MAX);
        if (count > to - from) {
            throw SynclineException.corrupt("a snapshot has more devices than nodes");
        }
        DeviceId[] all = new DeviceId[count];
        byte[] id = new byte[16];
        for (int i = 0; i < count; i++) {
            in.copy(id, 0, id.length);
            all[i] = new DeviceId(HexFormat.of().formatHex(id));
        }
        groupDevices[index] = all;
        for (int i = from; i < to; i++) {
            devices[i] = (char) in.unsigned(count - 1);
        }
    }

    private void decodeNames(ColumnReader in, int from, int to, int nameStart, int nameEnd) {
        int at = nameStart;
        for (int i = from; i < to; i++) {
            nameStarts[i] = at;
            at += in.next();
        }
        if (at != nameEnd) {
            throw SynclineException.corrupt("a snapshot has other names than it says");
        }
        in.copy(names, nameStart, nameEnd - nameStart);
        for (int i = from; i < to; i++) {
            int start = nameStarts[i];
            int end = i + 1 < to ? nameStarts[i + 1] : nameEnd;
            checkName(start, end);
            if (i > from && parents[i] == parents[i - 1]) {
                checkOrder(nameStarts[i - 1], start, end);
            }
        }
    }

    private void checkName(int from, int to) {
        boolean ascii = true;
        boolean possible = to > from;
        for (int i = from; i < to; i++) {
            byte b = names[i];
            possible &= b != 0 && b != '/';
            ascii &= b >= 0;
        }
        boolean dots = to - from <= 2 && possible && names[from] == '.' && names[to - 1] == '.';
        if (!possible || dots || (!ascii && !isUtf8(from, to))) {
            throw SynclineException.corrupt("a snapshot has a name that can't be");
        }
    }

    private boolean isUtf8(int from, int to) {
        try {
            var _ =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(names, from, to - from));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }

    private void checkOrder(int before, int start, int end) {
        if (Arrays.compareUnsigned(names, before, start, names, start, end) >= 0) {
            throw SynclineException.corrupt("a snapshot has names out of order");
        }
    }

    /** Siblings that two groups share ascend as well. */
    void checkAcross(int node) {
        if (parents[node] < parents[node - 1]) {
            throw SynclineException.corrupt("a snapshot has directories out of order");
        }
        if (parents[node] == parents[node - 1]) {
            checkOrder(nameStarts[node - 1], nameStarts[node], nameStarts[node + 1]);
        }
    }

    private void decodeTargets(ColumnReader in, int index, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += (flags[i] & SnapshotWriter.TARGET) != 0 ? 1 : 0;
        }
        int[] nodes = new int[count];
        byte[][] targets = new byte[count][];
        int next = 0;
        for (int i = from; next < count; i++) {
            if ((flags[i] & SnapshotWriter.TARGET) != 0) {
                int length = in.unsigned(SnapshotHead.TARGET_BYTES_MAX);
                if (length != sizes[i] || levels[i] != 0) {
                    throw SynclineException.corrupt("a snapshot has a target that can't be");
                }
                byte[] target = new byte[length];
                in.copy(target, 0, length);
                nodes[next] = i;
                targets[next] = target;
                next++;
            }
        }
        groupTargetNodes[index] = nodes;
        groupTargets[index] = targets;
    }

    private int group(int node) {
        int at = Arrays.binarySearch(groupStarts, node);
        return at >= 0 ? at : -at - 2;
    }

    Name name(int node) {
        int start = nameStarts[node];
        return new Name(
                new String(names, start, nameStarts[node + 1] - start, StandardCharsets.UTF_8));
    }

    DeviceId device(int node) {
        return groupDevices[group(node)][devices[node]];
    }

    Optional<byte[]> target(int node) {
        int group = group(node);
        int at = Arrays.binarySearch(groupTargetNodes[group], node);
        return at < 0 ? Optional.empty() : Optional.of(groupTargets[group][at].clone());
    }

    /** The whole node; only where content names were read. */
    Node node(int node, NodeId parent) {
        Optional<Content> content = Optional.empty();
        if ((flags[node] & SnapshotWriter.CONTENT) != 0) {
            content =
                    Optional.of(
                            sizes[node] == 0
                                    ? Content.EMPTY
                                    : new Content(levels[node], hash(node), sizes[node]));
        }
        return new Node(
                new NodeId(ids[node]),
                new Place(parent, name(node)),
                new Item(
                        new Kind(kinds[node] & 0xFF),
                        (flags[node] & SnapshotWriter.EXECUTABLE) != 0,
                        mtimes[node],
                        content),
                sequences[node],
                false,
                device(node));
    }

    private Hash hash(int node) {
        byte[] all = groupHashes[group(node)];
        if (all == null) {
            throw new IllegalStateException("this snapshot was read without content names");
        }
        return Hash.read(ByteBuffer.wrap(all, contents[node] * Hash.BYTES, Hash.BYTES));
    }
}
