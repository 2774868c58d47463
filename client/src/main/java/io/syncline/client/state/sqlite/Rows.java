package io.syncline.client.state.sqlite;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Stat;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Damaged;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.Observed;
import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.Suspect;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of the three trees as columns: their names, how they are read, how they are written. */
final class Rows {
    private static final String ITEM = "kind, executable, mtime, size, level, hash";
    private static final String STAT =
            "device, inode, birth, disk_kind, disk_size, disk_mtime, disk_ctime, disk_executable,"
                    + " disk_links";
    private static final String DISK = "local_name, " + STAT;
    private static final int DISK_COLUMNS = 10;

    static final String AGREED = "id, parent, name, " + ITEM + ", version, " + DISK;
    static final String REMOTE = "id, parent, name, " + ITEM + ", version, deleted";
    static final String LOCAL = "id, present, known, parent, name, " + ITEM + ", origin, " + DISK;
    static final String SUSPECT = "id, device, inode, birth, until, size, level, hash, deleted";
    static final String DAMAGED = "id, size, level, hash, " + STAT;

    private Rows() {}

    // Reading, column by column.

    static Agreed agreed(Statements.Row row) throws SQLException {
        NodeId id = row.id();
        Place place = place(row);
        return new Agreed(id, place, item(row), row.integer(), observed(row, place));
    }

    static RemoteRow remote(Statements.Row row) throws SQLException {
        return new RemoteRow(row.id(), place(row), item(row), row.integer(), row.integer() != 0);
    }

    static LocalRow local(Statements.Row row) throws SQLException {
        NodeId id = row.id();
        if (row.integer() == 0) {
            return new LocalRow.Absent(id);
        }
        boolean known = row.integer() != 0;
        Place place = place(row);
        Kind kind;
        Optional<Item> item;
        if (known) {
            Item read = item(row);
            kind = read.kind();
            item = Optional.of(read);
        } else {
            kind = new Kind((int) row.integer());
            item = Optional.empty();
            row.skip(5);
        }
        Optional<NodeId> origin = row.optional().map(NodeId::new);
        return new LocalRow.Present(
                id, place, kind, item, observed(row, place).orElseThrow(), origin);
    }

    private static Place place(Statements.Row row) throws SQLException {
        return new Place(row.id(), new Name(row.text()));
    }

    private static Item item(Statements.Row row) throws SQLException {
        var kind = new Kind((int) row.integer());
        boolean executable = row.integer() != 0;
        long mtime = row.integer();
        return new Item(kind, executable, mtime, content(row));
    }

    private static Optional<Content> content(Statements.Row row) throws SQLException {
        Optional<Long> size = row.optional();
        if (size.isEmpty()) {
            row.skip(2);
            return Optional.empty();
        }
        int level = (int) row.integer();
        return Optional.of(new Content(level, Hash.of(row.bytes()), size.get()));
    }

    private static Optional<Observed> observed(Statements.Row row, Place place)
            throws SQLException {
        String localName = row.optionalText().orElse(place.name().value());
        Optional<Long> device = row.optional();
        if (device.isEmpty()) {
            return Optional.empty();
        }
        var identity = new FileIdentity(device.get(), row.integer(), row.integer());
        return Optional.of(new Observed(localName, stat(row, identity)));
    }

    private static Stat stat(Statements.Row row, FileIdentity identity) throws SQLException {
        return new Stat(
                fileKind(row.integer()),
                identity,
                row.integer(),
                row.integer(),
                row.integer(),
                row.integer() != 0,
                (int) row.integer());
    }

    static Suspect suspect(Statements.Row row) throws SQLException {
        return new Suspect(
                row.id(), identity(row), row.integer(), content(row), row.integer() != 0);
    }

    static Damaged damaged(Statements.Row row) throws SQLException {
        return new Damaged(row.id(), content(row).orElseThrow(), stat(row, identity(row)));
    }

    private static FileIdentity identity(Statements.Row row) throws SQLException {
        return new FileIdentity(row.integer(), row.integer(), row.integer());
    }

    private static FileKind fileKind(long code) {
        return switch ((int) code) {
            case 1 -> FileKind.FILE;
            case 2 -> FileKind.DIRECTORY;
            case 3 -> FileKind.SYMLINK;
            default -> throw SynclineException.corrupt("no kind of file on disk: " + code);
        };
    }

    // Writing.

    static @Nullable Object[] parameters(Agreed row) {
        return new Parameters()
                .add(row.id())
                .place(row.place())
                .item(row.item())
                .add(row.version())
                .observed(row.observed(), row.place())
                .array();
    }

    static @Nullable Object[] parameters(RemoteRow row) {
        return new Parameters()
                .add(row.id())
                .place(row.place())
                .item(row.item())
                .add(row.version(), row.deleted())
                .array();
    }

    static @Nullable Object[] parameters(LocalRow row) {
        var parameters = new Parameters().add(row.id());
        switch (row) {
            case LocalRow.Absent _ -> {
                parameters.add(0, 1);
                parameters.add(new @Nullable Object[19]);
            }
            case LocalRow.Present present -> {
                parameters.add(1, present.item().isPresent()).place(present.place());
                if (present.item().isPresent()) {
                    parameters.item(present.item().get());
                } else {
                    parameters.add(present.kind().code(), null, null, null, null, null);
                }
                parameters
                        .add(present.origin().orElse(null))
                        .observed(Optional.of(present.observed()), present.place());
            }
        }
        return parameters.array();
    }

    static @Nullable Object[] parameters(Suspect row) {
        return new Parameters()
                .add(row.id())
                .identity(row.then())
                .add(row.untilNanos())
                .content(row.content())
                .add(row.deleted())
                .array();
    }

    static @Nullable Object[] parameters(Damaged row) {
        return new Parameters()
                .add(row.id())
                .content(Optional.of(row.content()))
                .stat(row.seen())
                .array();
    }

    /** Parameters in a growing list; nulls where a column is NULL. */
    private static final class Parameters {
        private final List<@Nullable Object> values = new ArrayList<>();

        Parameters add(@Nullable Object... more) {
            values.addAll(Arrays.asList(more));
            return this;
        }

        Parameters place(Place place) {
            return add(place.parent(), place.name().value());
        }

        Parameters item(Item item) {
            add(item.kind().code(), item.executable(), item.mtimeNanos());
            return content(item.content());
        }

        Parameters content(Optional<Content> content) {
            return content.map(c -> add(c.sizeBytes(), c.level(), c.hash().toBytes()))
                    .orElseGet(() -> add(null, null, null));
        }

        Parameters observed(Optional<Observed> observed, Place place) {
            if (observed.isEmpty()) {
                return add(new @Nullable Object[DISK_COLUMNS]);
            }
            String localName = observed.get().localName();
            return add(localName.equals(place.name().value()) ? null : localName)
                    .stat(observed.get().stat());
        }

        Parameters stat(Stat stat) {
            return identity(stat.identity())
                    .add(
                            stat.kind().code(),
                            stat.sizeBytes(),
                            stat.mtimeNanos(),
                            stat.ctimeNanos(),
                            stat.executable(),
                            stat.linkCount());
        }

        Parameters identity(FileIdentity identity) {
            return add(identity.device(), identity.inode(), identity.birthNanos());
        }

        @Nullable Object[] array() {
            return values.toArray();
        }
    }
}
