package io.syncline.storage.metadata.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.column.Values;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Reads nodes, and versions of them, out of the rows of one query. Each column is a call into
 * native code, and one of bytes costs as much as several of numbers; so device, hash and name come
 * as one.
 */
final class NodeRow implements Sql.Row<Node> {
    /** What {@link #read} reads: columns of {@code node}, or of {@code history}. */
    static final String SELECT =
            "SELECT id, parent, kind, executable, mtime_ns, coalesce(level, -1), size, sequence,"
                    + " deleted, CAST(device || coalesce(hash, x'') || name AS BLOB)";

    /** And {@link #version}: columns of {@code history}. */
    static final String SELECT_VERSION = SELECT + ", action, origin, time";

    private static final int DEVICE_BYTES = 16;

    /** Of the row before: neighbours are often one device's. */
    private byte[] deviceBytes = {};

    private Optional<DeviceId> device = Optional.empty();

    @Override
    public Node read(ResultSet row) throws SQLException {
        int level = row.getInt(6);
        byte[] bytes = row.getBytes(10);
        int nameAt = DEVICE_BYTES + (level < 0 ? 0 : Hash.BYTES);
        if (bytes.length < nameAt) {
            throw SynclineException.corrupt("a node's row in the metadata is too short");
        }
        String name = new String(bytes, nameAt, bytes.length - nameAt, UTF_8);
        return new Node(
                new NodeId(row.getLong(1)),
                new Place(new NodeId(row.getLong(2)), new Name(name)),
                new Item(
                        new Kind(row.getInt(3)),
                        row.getInt(4) != 0,
                        row.getLong(5),
                        level < 0
                                ? Optional.empty()
                                : Optional.of(new Content(level, hash(bytes), row.getLong(7)))),
                row.getLong(8),
                row.getInt(9) != 0,
                device(bytes));
    }

    Version version(ResultSet row) throws SQLException {
        long origin = row.getLong(12);
        Optional<NodeId> re = row.wasNull() ? Optional.empty() : Optional.of(new NodeId(origin));
        return new Version(
                read(row), Values.action(row, 11), re, Optional.empty(), Values.time(row, 13));
    }

    private static Hash hash(byte[] bytes) {
        return Hash.read(ByteBuffer.wrap(bytes, DEVICE_BYTES, Hash.BYTES));
    }

    private DeviceId device(byte[] bytes) {
        if (device.isPresent()
                && Arrays.equals(deviceBytes, 0, DEVICE_BYTES, bytes, 0, DEVICE_BYTES)) {
            return device.get();
        }
        DeviceId read = new DeviceId(HexFormat.of().formatHex(bytes, 0, DEVICE_BYTES));
        deviceBytes = bytes;
        device = Optional.of(read);
        return read;
    }
}
