package io.syncline.core.snapshot;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A snapshot's header and directory of groups: what it shows, and what is where.
 *
 * @param project whose tree it is
 * @param cursor what it shows the tree at
 * @param digest the project's digest there
 * @param nodeCount live nodes, 0..{@link #NODES_MAX}
 * @param groups in order, at most {@link #GROUPS_MAX}
 */
public record SnapshotHead(
        ProjectId project, Cursor cursor, TreeDigest digest, int nodeCount, List<Group> groups) {
    /** Most nodes in a snapshot; a project beyond has none, and is read by the feed. */
    public static final int NODES_MAX = 1 << 26;

    /** Most groups in a snapshot. */
    public static final int GROUPS_MAX = 1 << 14;

    /** Most nodes in a group. */
    public static final int GROUP_NODES_MAX = 1 << 16;

    /** Most bytes of a tree section before it is compressed. */
    public static final int GROUP_PLAIN_BYTES_MAX = 16 << 20;

    /** Longest target of a symlink that is inline, in bytes: the longest path of Linux. */
    public static final int TARGET_BYTES_MAX = 4_096;

    /** Bytes of the header. */
    static final int HEADER_BYTES = 92;

    static final int GROUP_BYTES = 32;
    private static final int MAGIC = 0x534c5301;

    /** More than zstd makes of any plain bytes. */
    private static final int STORED_BYTES_MAX = GROUP_PLAIN_BYTES_MAX + (1 << 17);

    /**
     * A group of nodes.
     *
     * @param nameBytes of all their names
     * @param contentCount contents that aren't empty
     * @param storedBytes length of the tree section
     * @param plainBytes its length before compression
     */
    record Group(
            int nodeCount,
            int directoryCount,
            int nameBytes,
            int contentCount,
            int storedBytes,
            int plainBytes,
            int treeChecksum,
            int contentChecksum) {
        Group {
            if (nodeCount < 1
                    || nodeCount > GROUP_NODES_MAX
                    || directoryCount < 0
                    || contentCount < 0
                    || directoryCount > nodeCount - contentCount
                    || nameBytes < nodeCount
                    || nameBytes > plainBytes
                    || plainBytes > GROUP_PLAIN_BYTES_MAX
                    || storedBytes < 1
                    || storedBytes > STORED_BYTES_MAX) {
                throw SynclineException.corrupt("a snapshot has a group that can't be");
            }
        }

        int contentBytes() {
            return contentCount * Hash.BYTES;
        }
    }

    public SnapshotHead {
        groups = List.copyOf(groups);
        if (nodeCount < 0
                || nodeCount > NODES_MAX
                || groups.size() > GROUPS_MAX
                || groups.stream().mapToLong(Group::nodeCount).sum() != nodeCount) {
            throw SynclineException.corrupt("a snapshot has other nodes than it says");
        }
    }

    /** Reads and checks what a snapshot begins with. */
    public static SnapshotHead read(SnapshotSource source) throws IOException {
        ByteBuffer header = source.read(0, HEADER_BYTES);
        if (header.getInt(0) != MAGIC) {
            throw SynclineException.corrupt("no snapshot, or of a version that isn't known");
        }
        if (header.getInt(88) != checksum(header.slice(0, 88))) {
            throw SynclineException.corrupt("a snapshot's header is damaged");
        }
        int nodeCount = header.getInt(76);
        int groupCount = header.getInt(80);
        long sequence = header.getLong(36);
        if (nodeCount < 0
                || nodeCount > NODES_MAX
                || groupCount < 0
                || groupCount > GROUPS_MAX
                || sequence < 0
                || sequence > Node.MAX_SEQUENCE) {
            throw SynclineException.corrupt("a snapshot has a header that can't be");
        }
        ByteBuffer directory = source.read(HEADER_BYTES, groupCount * GROUP_BYTES);
        if (header.getInt(84) != checksum(directory.duplicate())) {
            throw SynclineException.corrupt("a snapshot's directory is damaged");
        }
        List<Group> groups = new ArrayList<>(groupCount);
        for (int i = 0; i < groupCount; i++) {
            groups.add(
                    new Group(
                            directory.getInt(),
                            directory.getInt(),
                            directory.getInt(),
                            directory.getInt(),
                            directory.getInt(),
                            directory.getInt(),
                            directory.getInt(),
                            directory.getInt()));
        }
        return new SnapshotHead(
                new ProjectId(id(header, 4)),
                new Cursor(new Epoch(id(header, 20)), sequence),
                new TreeDigest(Hash.read(header.duplicate().position(44))),
                nodeCount,
                groups);
    }

    /** The header and the directory of groups as bytes. */
    ByteBuffer toBytes() {
        ByteBuffer directory = ByteBuffer.allocate(groups.size() * GROUP_BYTES);
        for (Group group : groups) {
            directory
                    .putInt(group.nodeCount())
                    .putInt(group.directoryCount())
                    .putInt(group.nameBytes())
                    .putInt(group.contentCount())
                    .putInt(group.storedBytes())
                    .putInt(group.plainBytes())
                    .putInt(group.treeChecksum())
                    .putInt(group.contentChecksum());
        }
        directory.flip();
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + directory.remaining());
        bytes.putInt(MAGIC)
                .put(HexFormat.of().parseHex(project.value()))
                .put(HexFormat.of().parseHex(cursor.epoch().value()))
                .putLong(cursor.sequence());
        digest.value().write(bytes);
        bytes.putInt(nodeCount).putInt(groups.size()).putInt(checksum(directory.duplicate()));
        bytes.putInt(checksum(bytes.duplicate().flip())).put(directory);
        return bytes.flip();
    }

    /** Where the first tree section begins. */
    long treeOffset() {
        return HEADER_BYTES + (long) groups.size() * GROUP_BYTES;
    }

    /** Where the tree sections end and the content sections begin: less is enough for the tree. */
    public long contentOffset() {
        return treeOffset() + groups.stream().mapToLong(Group::storedBytes).sum();
    }

    /** Length of the whole file. */
    public long sizeBytes() {
        return contentOffset() + groups.stream().mapToLong(Group::contentBytes).sum();
    }

    /** Length of all names. */
    long nameBytes() {
        return groups.stream().mapToLong(Group::nameBytes).sum();
    }

    /** The tree section of a group, its checksum checked. */
    ByteBuffer tree(SnapshotSource source, int group) throws IOException {
        long offset = treeOffset();
        for (int i = 0; i < group; i++) {
            offset += groups.get(i).storedBytes();
        }
        Group at = groups.get(group);
        return checked(source.read(offset, at.storedBytes()), at.treeChecksum());
    }

    /** The content section of a group, its checksum checked. */
    ByteBuffer contents(SnapshotSource source, int group) throws IOException {
        long offset = contentOffset();
        for (int i = 0; i < group; i++) {
            offset += groups.get(i).contentBytes();
        }
        Group at = groups.get(group);
        return checked(source.read(offset, at.contentBytes()), at.contentChecksum());
    }

    private static ByteBuffer checked(ByteBuffer section, int checksum) {
        if (checksum(section.duplicate()) != checksum) {
            throw SynclineException.corrupt("a snapshot has a damaged section");
        }
        return section;
    }

    static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static String id(ByteBuffer from, int offset) {
        byte[] bytes = new byte[16];
        from.get(offset, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
