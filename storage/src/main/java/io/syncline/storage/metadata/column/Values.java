package io.syncline.storage.metadata.column;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Role;
import io.syncline.storage.metadata.Version.Action;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How values look in the columns of every SQL database: what one of them was written by, another
 * one reads, so that rows can move from here to there as they are.
 */
public final class Values {
    private static final HexFormat HEX = HexFormat.of();

    private Values() {}

    /** 16 bytes of an id of 32 hexadecimal digits. */
    public static byte[] id(String hex) {
        return HEX.parseHex(hex);
    }

    /** An id of 16 bytes, as 32 hexadecimal digits. */
    public static String id(ResultSet row, int column) throws SQLException {
        return HEX.formatHex(row.getBytes(column));
    }

    /** 32 bytes of a hash. */
    public static Hash hash(ResultSet row, int column) throws SQLException {
        return Hash.of(row.getBytes(column));
    }

    /** A time in milliseconds. */
    public static Instant time(ResultSet row, int column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    /** A time in milliseconds, or none. */
    public static Optional<Instant> optionalTime(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    /** Milliseconds, or null. */
    public static @Nullable Long time(Optional<Instant> time) {
        return time.map(Instant::toEpochMilli).orElse(null);
    }

    /** Distinct, in order: neighbours are found on the same page (R48). */
    public static List<byte[]> sorted(Collection<Hash> hashes) {
        return hashes.stream().sorted().distinct().map(Hash::toBytes).toList();
    }

    /** The remaining bytes, in a new array; the buffer's position stays. */
    public static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** A role's number in the database, which never changes. */
    public static int code(Role role) {
        return switch (role) {
            case VIEWER -> 1;
            case EDITOR -> 2;
            case OWNER -> 3;
        };
    }

    /** A role by its number; CORRUPT where it is none. */
    public static Role role(ResultSet row, int column) throws SQLException {
        int code = row.getInt(column);
        return switch (code) {
            case 1 -> Role.VIEWER;
            case 2 -> Role.EDITOR;
            case 3 -> Role.OWNER;
            default -> throw SynclineException.corrupt("unknown role in the metadata: " + code);
        };
    }

    /** An action's number in the database, which never changes. */
    public static int code(Action action) {
        return switch (action) {
            case CREATE -> 1;
            case UPDATE -> 2;
            case MOVE -> 3;
            case DELETE -> 4;
        };
    }

    /** An action by its number; CORRUPT where it is none. */
    public static Action action(ResultSet row, int column) throws SQLException {
        int code = row.getInt(column);
        return switch (code) {
            case 1 -> Action.CREATE;
            case 2 -> Action.UPDATE;
            case 3 -> Action.MOVE;
            case 4 -> Action.DELETE;
            default -> throw SynclineException.corrupt("unknown action in the metadata: " + code);
        };
    }
}
