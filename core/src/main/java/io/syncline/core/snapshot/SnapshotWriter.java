package io.syncline.core.snapshot;

import io.syncline.core.column.ColumnWriter;
import io.syncline.core.column.Timestamps;
import io.syncline.core.frame.Zstandard;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a snapshot of nodes that come in listing order: the caller asks {@link #nextDirectory} and
 * adds that directory's live children in byte order of their names, until there is none. Tree and
 * content sections go to two sinks; the file is what {@link #finish} returns, then all of the first
 * sink, then all of the second.
 *
 * <p>Memory: one group of nodes (at most about 16 MiB) and 8 bytes for each directory whose
 * children are still to come. Not thread-safe; holds native memory.
 */
public final class SnapshotWriter implements AutoCloseable {
    /** As small as level 6 within two hundredths on columns, at three times its speed. */
    private static final int ZSTD_LEVEL = 3;

    /** A group ends once its names and targets have so many bytes. */
    private static final int GROUP_TEXT_BYTES = 4 << 20;

    static final int EXECUTABLE = 1;
    static final int CONTENT = 2;
    static final int TARGET = 4;

    private final ProjectId project;
    private final Cursor cursor;
    private final TreeDigest digest;
    private final SnapshotSink tree;
    private final SnapshotSink contents;
    private final Zstandard zstd = new Zstandard(ZSTD_LEVEL);
    private final List<SnapshotHead.Group> groups = new ArrayList<>();

    /** Ids of directories that wait for their children, a ring. */
    private long[] waiting = new long[64];

    private int waitingFrom;
    private int waitingCount;

    /** The directory whose children come, by number and id; none before the first is asked for. */
    private int directory = -1;

    private NodeId directoryId = NodeId.ROOT;
    private @Nullable Name last;
    private int nodeCount;

    // The group.
    private final ColumnWriter parents = new ColumnWriter();
    private final ColumnWriter kinds = new ColumnWriter();
    private final ColumnWriter flags = new ColumnWriter();
    private final ColumnWriter ids = new ColumnWriter();
    private final ColumnWriter sequences = new ColumnWriter();
    private final ColumnWriter seconds = new ColumnWriter();
    private final ColumnWriter nanoseconds = new ColumnWriter();
    private final ColumnWriter sizes = new ColumnWriter();
    private final ColumnWriter levels = new ColumnWriter();
    private final ColumnWriter deviceIds = new ColumnWriter();
    private final ColumnWriter devices = new ColumnWriter();
    private final ColumnWriter nameLengths = new ColumnWriter();
    private final ColumnWriter names = new ColumnWriter();
    private final ColumnWriter targets = new ColumnWriter();
    private final ColumnWriter hashes = new ColumnWriter();
    private final ColumnWriter plain = new ColumnWriter();
    private final Map<String, Integer> deviceNumbers = new HashMap<>();
    private int groupNodes;
    private int groupDirectories;
    private int groupContents;
    private int lastParent;
    private long lastId;
    private long lastSecond;

    /** A snapshot of that project at that cursor, where it has that digest. */
    public SnapshotWriter(
            ProjectId project,
            Cursor cursor,
            TreeDigest digest,
            SnapshotSink tree,
            SnapshotSink contents) {
        this.project = project;
        this.cursor = cursor;
        this.digest = digest;
        this.tree = tree;
        this.contents = contents;
    }

    /** The directory whose children are to be added now, the root at first; empty at the end. */
    public Optional<NodeId> nextDirectory() {
        directory++;
        last = null;
        if (directory == 0) {
            return Optional.of(NodeId.ROOT);
        }
        if (waitingCount == 0) {
            return Optional.empty();
        }
        directoryId = new NodeId(waiting[waitingFrom]);
        waitingFrom = (waitingFrom + 1) & (waiting.length - 1);
        waitingCount--;
        return Optional.of(directoryId);
    }

    /** Adds a node whose target isn't inline. */
    public void add(Node node) throws IOException {
        add(node, Optional.empty());
    }

    /**
     * Adds the next live child of the directory.
     *
     * @param target a symlink's target, at most {@link SnapshotHead#TARGET_BYTES_MAX}
     * @throws IllegalStateException where it isn't the next one, or there are too many
     */
    public void add(Node node, Optional<byte[]> target) throws IOException {
        check(node);
        byte[] name = node.place().name().toBytes();
        last = node.place().name();
        if (groupNodes == SnapshotHead.GROUP_NODES_MAX
                || (groupNodes > 0 && names.length() + targets.length() >= GROUP_TEXT_BYTES)) {
            flush();
        }
        Item item = node.item();
        parents.putUnsigned(groupNodes == 0 ? directory : directory - lastParent);
        lastParent = directory;
        kinds.putByte(item.kind().code());
        flags.putByte(
                (item.executable() ? EXECUTABLE : 0)
                        | (item.content().isPresent() ? CONTENT : 0)
                        | (target.isPresent() ? TARGET : 0));
        ids.putSigned(node.id().value() - lastId);
        lastId = node.id().value();
        sequences.putUnsigned(node.sequence() - lastId);
        long second = Timestamps.second(item.mtimeNanos());
        seconds.putSigned(second - lastSecond);
        lastSecond = second;
        nanoseconds.putUnsigned(Timestamps.rest(item.mtimeNanos()));
        if (item.content().isPresent()) {
            Content content = item.content().get();
            sizes.putUnsigned(content.sizeBytes());
            levels.putByte(content.level());
            if (!content.isEmpty()) {
                hashes.put(content.hash().toBytes());
                groupContents++;
            }
        }
        devices.putUnsigned(deviceNumber(node.device().value()));
        nameLengths.putByte(name.length);
        names.put(name);
        if (target.isPresent()) {
            targets.putUnsigned(target.get().length);
            targets.put(target.get());
        }
        if (item.isDirectory()) {
            await(node.id().value());
            groupDirectories++;
        }
        groupNodes++;
        nodeCount++;
    }

    private void check(Node node) {
        if (directory < 0
                || node.deleted()
                || !node.place().parent().equals(directoryId)
                || (last != null && last.compareTo(node.place().name()) >= 0)) {
            throw new IllegalStateException("node " + node.id() + " isn't the next to be listed");
        }
        if (nodeCount == SnapshotHead.NODES_MAX) {
            throw new IllegalStateException(
                    "a snapshot has at most " + SnapshotHead.NODES_MAX + " nodes");
        }
    }

    private int deviceNumber(String device) {
        Integer known = deviceNumbers.get(device);
        if (known != null) {
            return known;
        }
        int number = deviceNumbers.size();
        deviceNumbers.put(device, number);
        deviceIds.put(HexFormat.of().parseHex(device));
        return number;
    }

    private void await(long id) {
        if (waitingCount == waiting.length) {
            long[] more = Arrays.copyOf(waiting, 2 * waiting.length);
            // What had wrapped around goes on behind what had not.
            System.arraycopy(waiting, 0, more, waiting.length, waitingFrom);
            waiting = more;
        }
        waiting[(waitingFrom + waitingCount) & (waiting.length - 1)] = id;
        waitingCount++;
    }

    private void flush() throws IOException {
        if (groups.size() == SnapshotHead.GROUPS_MAX) {
            throw new IllegalStateException(
                    "a snapshot has at most " + SnapshotHead.GROUPS_MAX + " groups");
        }
        int nameBytes = names.length();
        plain.clear();
        for (ColumnWriter column :
                List.of(
                        parents,
                        kinds,
                        flags,
                        ids,
                        sequences,
                        seconds,
                        nanoseconds,
                        sizes,
                        levels)) {
            plain.put(column);
            column.clear();
        }
        plain.putUnsigned(deviceNumbers.size());
        for (ColumnWriter column : List.of(deviceIds, devices, nameLengths, names, targets)) {
            plain.put(column);
            column.clear();
        }
        byte[] stored = zstd.compress(plain.bytes(), plain.length());
        ByteBuffer named = ByteBuffer.wrap(hashes.bytes(), 0, hashes.length());
        groups.add(
                new SnapshotHead.Group(
                        groupNodes,
                        groupDirectories,
                        nameBytes,
                        groupContents,
                        stored.length,
                        plain.length(),
                        SnapshotHead.checksum(ByteBuffer.wrap(stored)),
                        SnapshotHead.checksum(named.duplicate())));
        tree.write(ByteBuffer.wrap(stored));
        contents.write(named);
        hashes.clear();
        deviceNumbers.clear();
        groupNodes = 0;
        groupDirectories = 0;
        groupContents = 0;
        lastId = 0;
        lastSecond = 0;
    }

    /**
     * Writes the last group and returns what the file begins with, when all directories have been
     * listed.
     */
    public ByteBuffer finish() throws IOException {
        if (directory < 0 || waitingCount > 0) {
            throw new IllegalStateException("not all directories have been listed");
        }
        if (groupNodes > 0) {
            flush();
        }
        return new SnapshotHead(project, cursor, digest, nodeCount, groups).toBytes();
    }

    @Override
    public void close() {
        zstd.close();
    }
}
