package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.storage.metadata.Version;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;

/** Reads nodes, and versions of them, out of the rows of one query. */
final class NodeRow implements PostgresTransaction.Row<Node> {
    /** What {@link #read} reads: columns of {@code node}, or of {@code history}. */
    static final String COLUMNS =
            "id, parent, name, kind, executable, mtime_ns, level, hash, size, sequence, deleted,"
                    + " device";

    static final String SELECT = "SELECT " + COLUMNS;

    /** And {@link #version}: columns of {@code history}. */
    static final String SELECT_VERSION = SELECT + ", action, origin, time";

    /** Of the row before: neighbours are often one device's. */
    private byte[] deviceBytes = {};

    private Optional<DeviceId> device = Optional.empty();

    @Override
    public Node read(ResultSet row) throws SQLException {
        int level = row.getInt(7);
        Optional<Content> content =
                row.wasNull()
                        ? Optional.empty()
                        : Optional.of(new Content(level, Values.hash(row, 8), row.getLong(9)));
        return new Node(
                new NodeId(row.getLong(1)),
                new Place(new NodeId(row.getLong(2)), new Name(row.getString(3))),
                new Item(new Kind(row.getInt(4)), row.getBoolean(5), row.getLong(6), content),
                row.getLong(10),
                row.getBoolean(11),
                device(row));
    }

    Version version(ResultSet row) throws SQLException {
        long origin = row.getLong(14);
        Optional<NodeId> re = row.wasNull() ? Optional.empty() : Optional.of(new NodeId(origin));
        return new Version(
                read(row), Values.action(row, 13), re, Optional.empty(), Values.time(row, 15));
    }

    private DeviceId device(ResultSet row) throws SQLException {
        byte[] bytes = row.getBytes(12);
        if (device.isPresent() && Arrays.equals(deviceBytes, bytes)) {
            return device.get();
        }
        DeviceId read = new DeviceId(Values.id(row, 12));
        deviceBytes = bytes;
        device = Optional.of(read);
        return read;
    }
}
