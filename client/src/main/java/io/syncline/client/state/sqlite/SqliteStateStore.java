package io.syncline.client.state.sqlite;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Stat;
import io.syncline.client.scan.ListingDigest;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Durability;
import io.syncline.client.state.Intent;
import io.syncline.client.state.Journalled;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.Observed;
import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.StateStore;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Scanner;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A replica's state in one SQLite file: one connection under one lock, WAL. A durable commit syncs
 * the log; an eventual one doesn't, and a later durable one syncs it too, because the log is one
 * sequence.
 */
public final class SqliteStateStore implements StateStore {
    /** The newest form of the file; a file of a later form is refused. */
    private static final int VERSION = 1;

    private static final String ITEM = "kind, executable, mtime, size, level, hash";
    private static final String DISK =
            "local_name, device, inode, birth, disk_kind, disk_size, disk_mtime, disk_ctime,"
                    + " disk_executable, disk_links";
    private static final String AGREED = "id, parent, name, " + ITEM + ", version, " + DISK;
    private static final String REMOTE = "id, parent, name, " + ITEM + ", version, deleted";
    private static final String LOCAL =
            "id, present, known, parent, name, " + ITEM + ", origin, " + DISK;

    private final ReentrantLock lock = new ReentrantLock();
    private final Connection connection;
    private final Statements statements;
    private boolean open;
    private boolean synchronousFull = true;
    private final RowCache<Agreed> agreedRows = new RowCache<>();
    private final RowCache<RemoteRow> remoteRows = new RowCache<>();
    private final RowCache<LocalRow> localRows = new RowCache<>();
    private final PlaceCache agreedPlaces = new PlaceCache();
    private final PlaceCache remotePlaces = new PlaceCache();
    private final PlaceCache localPlaces = new PlaceCache();
    private final ListingCache listings;
    private final Tally agreedTally = new Tally();
    private final Tally remoteTally = new Tally();
    private final Tally remoteDeletedTally = new Tally();
    private final Tally localTally = new Tally();
    private final Tally localAbsentTally = new Tally();

    /** All values as they are stored, as far as they were asked for: a few short texts. */
    private final Map<String, Optional<String>> values = new HashMap<>();

    private SqliteStateStore(Connection connection) {
        this.connection = connection;
        this.statements = new Statements(connection);
        this.listings = new ListingCache(statements);
    }

    /** Opens the file, which is made where it doesn't exist, and brings it to the newest form. */
    public static SqliteStateStore open(Path file) {
        try {
            Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, settings());
            try {
                pragmas(connection);
                migrate(connection, file);
                return new SqliteStateStore(connection);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw Statements.failure(e);
        }
    }

    /**
     * Without this the driver asks for the last row's id after every write, by a statement that it
     * prepares anew: a twelfth of the processor time of a first sync.
     */
    private static Properties settings() {
        var settings = new Properties();
        settings.setProperty("jdbc.get_generated_keys", "false");
        return settings;
    }

    private static void pragmas(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA locking_mode = EXCLUSIVE");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA wal_autocheckpoint = 10000");
            statement.execute("PRAGMA cache_size = -32768");
            statement.execute("PRAGMA temp_store = MEMORY");
        }
    }

    private static void migrate(Connection connection, Path file) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int from;
            try (var answer = statement.executeQuery("PRAGMA user_version")) {
                from = answer.getInt(1);
            }
            if (from > VERSION) {
                throw new SynclineException(
                        ErrorCode.UPGRADE_REQUIRED,
                        "the state " + file.getFileName() + " was written by a later Syncline");
            }
            for (int version = from + 1; version <= VERSION; version++) {
                statement.execute("BEGIN IMMEDIATE");
                // The driver runs the statements of one text one after another.
                statement.executeUpdate(migration(version));
                statement.execute("PRAGMA user_version = " + version);
                statement.execute("COMMIT");
            }
        }
    }

    private static String migration(int version) {
        String name = "/io/syncline/client/state/sqlite/%03d.sql".formatted(version);
        try (InputStream in = SqliteStateStore.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no migration " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void begin(Durability durability) {
        lock.lock();
        try {
            if (open) {
                throw new IllegalStateException("a transaction is open already");
            }
            setSynchronous(durability == Durability.DURABLE);
            statements.run("BEGIN IMMEDIATE");
        } catch (RuntimeException e) {
            lock.unlock();
            throw e;
        }
        open = true;
    }

    @Override
    public void commit() {
        checkOpen();
        statements.run("COMMIT");
        open = false;
        lock.unlock();
    }

    /** SQLite takes this outside transactions only. */
    private void setSynchronous(boolean full) {
        if (synchronousFull != full) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA synchronous = " + (full ? "FULL" : "NORMAL"));
                synchronousFull = full;
            } catch (SQLException e) {
                throw Statements.failure(e);
            }
        }
    }

    @Override
    public void rollback() {
        checkOpen();
        forgetRows();
        try {
            statements.run("ROLLBACK");
        } finally {
            open = false;
            lock.unlock();
        }
    }

    private void forgetRows() {
        agreedRows.clear();
        remoteRows.clear();
        localRows.clear();
        agreedPlaces.clear();
        remotePlaces.clear();
        localPlaces.clear();
        listings.clear();
        agreedTally.clear();
        remoteTally.clear();
        remoteDeletedTally.clear();
        localTally.clear();
        localAbsentTally.clear();
        values.clear();
    }

    private void checkOpen() {
        if (!lock.isHeldByCurrentThread() || !open) {
            throw new IllegalStateException("no transaction is open on this thread");
        }
    }

    private <T> T read(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    private void write(String sql, @Nullable Object... parameters) {
        checkOpen();
        statements.run(sql, parameters);
    }

    // Rows.

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
        var stat =
                new Stat(
                        fileKind(row.integer()),
                        identity,
                        row.integer(),
                        row.integer(),
                        row.integer(),
                        row.integer() != 0,
                        (int) row.integer());
        return Optional.of(new Observed(localName, stat));
    }

    private static FileKind fileKind(long code) {
        return switch ((int) code) {
            case 1 -> FileKind.FILE;
            case 2 -> FileKind.DIRECTORY;
            case 3 -> FileKind.SYMLINK;
            default -> throw SynclineException.corrupt("no kind of file on disk: " + code);
        };
    }

    private static Place place(Statements.Row row) throws SQLException {
        return new Place(row.id(), new Name(row.text()));
    }

    private static Agreed agreedRow(Statements.Row row) throws SQLException {
        NodeId id = row.id();
        Place place = place(row);
        return new Agreed(id, place, item(row), row.integer(), observed(row, place));
    }

    private static RemoteRow remoteRow(Statements.Row row) throws SQLException {
        return new RemoteRow(row.id(), place(row), item(row), row.integer(), row.integer() != 0);
    }

    private static LocalRow localRow(Statements.Row row) throws SQLException {
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
            return item.content()
                    .map(c -> add(c.sizeBytes(), c.level(), c.hash().toBytes()))
                    .orElseGet(() -> add(null, null, null));
        }

        Parameters observed(Optional<Observed> observed, Place place) {
            if (observed.isEmpty()) {
                return add(new @Nullable Object[10]);
            }
            String localName = observed.get().localName();
            Stat stat = observed.get().stat();
            return add(
                    localName.equals(place.name().value()) ? null : localName,
                    stat.identity().device(),
                    stat.identity().inode(),
                    stat.identity().birthNanos(),
                    stat.kind().code(),
                    stat.sizeBytes(),
                    stat.mtimeNanos(),
                    stat.ctimeNanos(),
                    stat.executable(),
                    stat.linkCount());
        }

        @Nullable Object[] array() {
            return values.toArray();
        }
    }

    private static Parameters remoteParameters(RemoteRow row) {
        return new Parameters()
                .add(row.id())
                .place(row.place())
                .item(row.item())
                .add(row.version(), row.deleted());
    }

    @Override
    public Optional<Agreed> agreed(NodeId id) {
        return read(() -> agreedRows.get(id, this::agreedStored));
    }

    private Optional<Agreed> agreedStored(NodeId id) {
        if (id.value() <= 0 || !exists("SELECT 1 FROM agreed WHERE id = ?", id)) {
            return Optional.empty();
        }
        return statements.one(
                "SELECT " + AGREED + " FROM agreed WHERE id = ?", SqliteStateStore::agreedRow, id);
    }

    @Override
    public void putAgreed(Agreed row) {
        checkOpen();
        Optional<Agreed> before = agreed(row.id());
        if (before.isEmpty()) {
            agreedTally.add(1);
            remoteDeletedTally.add(deleted(remote(row.id())));
        }
        agreedChanged(before.map(Agreed::place));
        agreedChanged(Optional.of(row.place()));
        agreedRows.put(row.id(), Optional.of(row));
        write(
                "INSERT OR REPLACE INTO agreed ("
                        + AGREED
                        + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                new Parameters()
                        .add(row.id())
                        .place(row.place())
                        .item(row.item())
                        .add(row.version())
                        .observed(row.observed(), row.place())
                        .array());
    }

    @Override
    public void removeAgreed(NodeId id) {
        checkOpen();
        Optional<Agreed> before = agreed(id);
        if (before.isPresent()) {
            agreedTally.add(-1);
            remoteDeletedTally.add(-deleted(remote(id)));
        }
        agreedChanged(before.map(Agreed::place));
        agreedRows.put(id, Optional.empty());
        write("DELETE FROM agreed WHERE id = ?", id);
    }

    private void agreedChanged(Optional<Place> place) {
        agreedPlaces.changed(place);
        place.ifPresent(at -> listings.changed(at.parent()));
    }

    @Override
    public List<NodeId> agreedAt(Place place) {
        return read(() ->
                agreedPlaces.get(
                        place,
                        at ->
                                at(
                                        "SELECT id FROM agreed WHERE parent = ? AND name = ? ORDER"
                                                + " BY id",
                                        at)));
    }

    @Override
    public List<NodeId> agreedChildren(NodeId parent, NodeId after, int limit) {
        return ids(
                "SELECT id FROM agreed INDEXED BY agreed_parent WHERE parent = ? AND id > ? ORDER"
                        + " BY id LIMIT ?",
                parent,
                after,
                limit);
    }

    @Override
    public List<Agreed> agreedAfter(NodeId after, int limit) {
        return read(() ->
                statements.list(
                        "SELECT " + AGREED + " FROM agreed WHERE id > ? ORDER BY id LIMIT ?",
                        SqliteStateStore::agreedRow,
                        after,
                        limit));
    }

    @Override
    public List<NodeId> agreedWithInode(long device, long inode) {
        return ids(
                "SELECT id FROM agreed WHERE inode = ? AND device = ? ORDER BY id", inode, device);
    }

    @Override
    public long agreedCount() {
        return read(() -> agreedTally.get(() -> statements.count("SELECT count(*) FROM agreed")));
    }

    /** For the driver an answer costs by its columns, even an empty one. */
    private boolean exists(String sql, NodeId id) {
        return statements.one(sql, Statements.Row::integer, id).isPresent();
    }

    private List<NodeId> at(String sql, Place place) {
        return statements.list(sql, Statements.Row::id, place.parent(), place.name().value());
    }

    private List<NodeId> ids(String sql, @Nullable Object... parameters) {
        return read(() -> statements.list(sql, Statements.Row::id, parameters));
    }

    @Override
    public Optional<RemoteRow> remote(NodeId id) {
        return read(() -> remoteRows.get(id, this::remoteStored));
    }

    private Optional<RemoteRow> remoteStored(NodeId id) {
        if (id.value() <= 0 || !exists("SELECT 1 FROM remote_overlay WHERE id = ?", id)) {
            return Optional.empty();
        }
        return statements.one(
                "SELECT " + REMOTE + " FROM remote_overlay WHERE id = ?",
                SqliteStateStore::remoteRow,
                id);
    }

    @Override
    public void putRemote(RemoteRow row) {
        checkOpen();
        Optional<RemoteRow> before = remote(row.id());
        remoteTally.add(before.isEmpty() ? 1 : 0);
        remoteDeletedChanged(row.id(), deleted(Optional.of(row)) - deleted(before));
        remotePlaces.changed(before.map(RemoteRow::place));
        remotePlaces.changed(Optional.of(row.place()));
        remoteRows.put(row.id(), Optional.of(row));
        write(
                "INSERT OR REPLACE INTO remote_overlay ("
                        + REMOTE
                        + ") VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                remoteParameters(row).array());
    }

    @Override
    public void removeRemote(NodeId id) {
        checkOpen();
        Optional<RemoteRow> before = remote(id);
        remoteTally.add(before.isEmpty() ? 0 : -1);
        remoteDeletedChanged(id, -deleted(before));
        remotePlaces.changed(before.map(RemoteRow::place));
        remoteRows.put(id, Optional.empty());
        write("DELETE FROM remote_overlay WHERE id = ?", id);
    }

    private void remoteDeletedChanged(NodeId id, int more) {
        if (more != 0 && agreed(id).isPresent()) {
            remoteDeletedTally.add(more);
        }
    }

    private static int deleted(Optional<RemoteRow> row) {
        return row.filter(RemoteRow::deleted).isPresent() ? 1 : 0;
    }

    @Override
    public List<NodeId> remoteAt(Place place) {
        return read(() ->
                remotePlaces.get(
                        place,
                        at ->
                                at(
                                        "SELECT id FROM remote_overlay WHERE parent = ? AND name ="
                                                + " ? AND deleted = 0 ORDER BY id",
                                        at)));
    }

    @Override
    public List<NodeId> remoteChildren(NodeId parent, NodeId after, int limit) {
        return ids(
                "SELECT id FROM remote_overlay INDEXED BY remote_overlay_parent WHERE parent = ?"
                        + " AND deleted = 0 AND id > ? ORDER BY id LIMIT ?",
                parent,
                after,
                limit);
    }

    @Override
    public List<RemoteRow> remoteAfter(NodeId after, int limit) {
        return read(() -> {
            List<RemoteRow> rows =
                    statements.list(
                            "SELECT "
                                    + REMOTE
                                    + " FROM remote_overlay WHERE id > ? ORDER BY id LIMIT ?",
                            SqliteStateStore::remoteRow,
                            after,
                            limit);
            // Whoever lists them asks for each of them next.
            rows.forEach(row -> remoteRows.put(row.id(), Optional.of(row)));
            return rows;
        });
    }

    @Override
    public long remoteCount() {
        return read(() ->
                remoteTally.get(() -> statements.count("SELECT count(*) FROM remote_overlay")));
    }

    @Override
    public long remoteDeletedCount() {
        return read(() ->
                remoteDeletedTally.get(() ->
                        statements.count(
                                "SELECT count(*) FROM remote_overlay r WHERE deleted = 1 AND"
                                        + " EXISTS (SELECT 1 FROM agreed a WHERE a.id = r.id)")));
    }

    @Override
    public Optional<LocalRow> local(NodeId id) {
        return read(() -> localRows.get(id, this::localStored));
    }

    private Optional<LocalRow> localStored(NodeId id) {
        if (!exists("SELECT 1 FROM local_overlay WHERE id = ?", id)) {
            return Optional.empty();
        }
        return statements.one(
                "SELECT " + LOCAL + " FROM local_overlay WHERE id = ?",
                SqliteStateStore::localRow,
                id);
    }

    @Override
    public void putLocal(LocalRow row) {
        checkOpen();
        Optional<LocalRow> before = local(row.id());
        localTally.add(before.isEmpty() ? 1 : 0);
        localAbsentTally.add(absent(Optional.of(row)) - absent(before));
        localChanged(row.id(), before.flatMap(SqliteStateStore::place));
        localChanged(row.id(), place(row));
        localRows.put(row.id(), Optional.of(row));
        String sql =
                "INSERT OR REPLACE INTO local_overlay ("
                        + LOCAL
                        + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
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
        write(sql, parameters.array());
    }

    @Override
    public void removeLocal(NodeId id) {
        checkOpen();
        Optional<LocalRow> before = local(id);
        localTally.add(before.isEmpty() ? 0 : -1);
        localAbsentTally.add(-absent(before));
        localChanged(id, before.flatMap(SqliteStateStore::place));
        localRows.put(id, Optional.empty());
        write("DELETE FROM local_overlay WHERE id = ?", id);
    }

    private static int absent(Optional<LocalRow> row) {
        return row.filter(LocalRow.Absent.class::isInstance).isPresent() ? 1 : 0;
    }

    /** Without a row, before or after, what is agreed is what is seen. */
    private void localChanged(NodeId id, Optional<Place> place) {
        localPlaces.changed(place);
        place.ifPresent(at -> listings.changed(at.parent()));
        agreed(id).ifPresent(row -> listings.changed(row.place().parent()));
    }

    @Override
    public List<NodeId> localAt(Place place) {
        return read(() ->
                localPlaces.get(
                        place,
                        at ->
                                at(
                                        "SELECT id FROM local_overlay WHERE parent = ? AND name ="
                                                + " ? AND present = 1 ORDER BY id",
                                        at)));
    }

    private static Optional<Place> place(LocalRow row) {
        return row instanceof LocalRow.Present present
                ? Optional.of(present.place())
                : Optional.empty();
    }

    @Override
    public List<NodeId> localChildren(NodeId parent, NodeId after, int limit) {
        return ids(
                "SELECT id FROM local_overlay INDEXED BY local_overlay_parent WHERE parent = ? AND"
                        + " present = 1 AND id > ? ORDER BY id LIMIT ?",
                parent,
                after,
                limit);
    }

    @Override
    public List<LocalRow> localAfter(NodeId after, int limit) {
        return localList("WHERE id > ? ORDER BY id LIMIT ?", after, limit);
    }

    private List<LocalRow> localList(String which, @Nullable Object... parameters) {
        return read(() ->
                statements.list(
                        "SELECT " + LOCAL + " FROM local_overlay " + which,
                        SqliteStateStore::localRow,
                        parameters));
    }

    @Override
    public List<LocalRow.Present> localUnknown(NodeId after, int limit) {
        return localList(
                        "INDEXED BY local_overlay_unknown WHERE known = 0 AND id > ? ORDER BY id"
                                + " LIMIT ?",
                        after,
                        limit)
                .stream()
                .map(LocalRow.Present.class::cast)
                .toList();
    }

    @Override
    public List<NodeId> localKnown(NodeId after, int limit) {
        return ids(
                "SELECT id FROM local_overlay INDEXED BY local_overlay_known WHERE known = 1 AND"
                        + " id > max(0, ?) ORDER BY id LIMIT ?",
                after,
                limit);
    }

    @Override
    public List<NodeId> localOnlyKnown(NodeId after, int limit) {
        return ids(
                "SELECT id FROM local_overlay INDEXED BY local_overlay_known WHERE known = 1 AND"
                        + " id < min(0, ?) ORDER BY id DESC LIMIT ?",
                after,
                limit);
    }

    @Override
    public List<Agreed> agreedSeenIn(NodeId parent) {
        return read(() ->
                statements.list(
                        "SELECT "
                                + AGREED
                                + " FROM agreed a INDEXED BY agreed_parent WHERE parent = ?"
                                + " AND device IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
                                + " local_overlay l WHERE l.id = a.id) ORDER BY id",
                        SqliteStateStore::agreedRow,
                        parent));
    }

    @Override
    public List<Agreed> agreedDirectoriesSeenIn(NodeId parent) {
        return read(() ->
                statements.list(
                        "SELECT "
                                + AGREED
                                + " FROM agreed a INDEXED BY agreed_directory WHERE parent = ?"
                                + " AND disk_kind = 2 AND NOT EXISTS (SELECT 1 FROM"
                                + " local_overlay l WHERE l.id = a.id) ORDER BY id",
                        SqliteStateStore::agreedRow,
                        parent));
    }

    @Override
    public Optional<ListingDigest> listing(NodeId directory) {
        return read(() -> listings.get(directory));
    }

    @Override
    public void putListing(NodeId directory, ListingDigest digest) {
        checkOpen();
        listings.put(directory, digest);
    }

    @Override
    public List<LocalRow.Present> localIn(NodeId parent) {
        return localList(
                        "INDEXED BY local_overlay_parent WHERE parent = ? AND present = 1 ORDER BY"
                                + " id",
                        parent)
                .stream()
                .map(LocalRow.Present.class::cast)
                .toList();
    }

    @Override
    public void dropTombstones(long upToSequence) {
        // Places hold live nodes only, and the count of deleted ones agreed nodes: they stay.
        remoteRows.clear();
        remoteTally.clear();
        write(
                "DELETE FROM remote_overlay WHERE deleted = 1 AND version <= ? AND NOT EXISTS"
                        + " (SELECT 1 FROM agreed a WHERE a.id = remote_overlay.id)",
                upToSequence);
    }

    @Override
    public List<NodeId> localWithInode(long device, long inode) {
        return ids(
                "SELECT id FROM local_overlay WHERE inode = ? AND present = 1 AND device = ? ORDER"
                        + " BY id",
                inode,
                device);
    }

    @Override
    public long localCount() {
        return read(
                () -> localTally.get(() -> statements.count("SELECT count(*) FROM local_overlay")));
    }

    @Override
    public long localAbsentCount() {
        return read(() ->
                localAbsentTally.get(() ->
                        statements.count("SELECT count(*) FROM local_overlay WHERE present = 0")));
    }

    @Override
    public void putStaged(RemoteRow row) {
        write(
                "INSERT OR REPLACE INTO staged (" + REMOTE + ") VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                remoteParameters(row).array());
    }

    @Override
    public Optional<RemoteRow> staged(NodeId id) {
        return read(() ->
                statements.one(
                        "SELECT " + REMOTE + " FROM staged WHERE id = ?",
                        SqliteStateStore::remoteRow,
                        id));
    }

    @Override
    public List<RemoteRow> stagedAfter(NodeId after, int limit) {
        return read(() ->
                statements.list(
                        "SELECT " + REMOTE + " FROM staged WHERE id > ? ORDER BY id LIMIT ?",
                        SqliteStateStore::remoteRow,
                        after,
                        limit));
    }

    @Override
    public void clearStaged() {
        write("DELETE FROM staged");
    }

    @Override
    public void takeStaged() {
        write("INSERT INTO remote_overlay SELECT * FROM staged ORDER BY id");
        remoteRows.clear();
        remotePlaces.clear();
        remoteTally.clear();
        remoteDeletedTally.clear();
        clearStaged();
    }

    @Override
    public void putJournal(Journalled entry) {
        write(
                "INSERT OR REPLACE INTO journal (id, body, nodes, created) VALUES (?,?,?,?)",
                entry.id().value(),
                entry.body(),
                entry.nodes().stream()
                        .map(id -> Long.toString(id.value()))
                        .collect(Collectors.joining(" ")),
                entry.createdMillis());
    }

    @Override
    public void removeJournal(CommitId id) {
        write("DELETE FROM journal WHERE id = ?", id.value());
    }

    @Override
    public List<Journalled> journal() {
        return read(() ->
                statements.list(
                        "SELECT id, body, nodes, created FROM journal ORDER BY created, id",
                        SqliteStateStore::journalRow));
    }

    private static Journalled journalRow(Statements.Row row) throws SQLException {
        return new Journalled(
                new CommitId(row.text()), row.text(), nodes(row.text()), row.integer());
    }

    private static List<NodeId> nodes(String text) {
        return new Scanner(text).tokens().map(id -> new NodeId(Long.parseLong(id))).toList();
    }

    @Override
    public void putIntent(Intent intent) {
        write(
                "INSERT OR REPLACE INTO intent (id, node, kind, body) VALUES (?,?,?,?)",
                intent.id(),
                intent.node(),
                intent.kind(),
                intent.body());
    }

    @Override
    public void removeIntent(long id) {
        write("DELETE FROM intent WHERE id = ?", id);
    }

    @Override
    public List<Intent> intents() {
        return read(() ->
                statements.list(
                        "SELECT id, node, kind, body FROM intent ORDER BY id",
                        row -> new Intent(row.integer(), row.id(), row.text(), row.text())));
    }

    @Override
    public Optional<String> value(String key) {
        return read(() -> values.computeIfAbsent(key, this::valueStored));
    }

    private Optional<String> valueStored(String key) {
        return statements.one("SELECT value FROM value WHERE key = ?", Statements.Row::text, key);
    }

    @Override
    public void putValue(String key, String value) {
        checkOpen();
        values.put(key, Optional.of(value));
        write("INSERT OR REPLACE INTO value (key, value) VALUES (?,?)", key, value);
    }

    @Override
    public void removeValue(String key) {
        checkOpen();
        values.put(key, Optional.empty());
        write("DELETE FROM value WHERE key = ?", key);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            statements.close();
            connection.close();
        } catch (SQLException e) {
            throw Statements.failure(e);
        } finally {
            lock.unlock();
        }
    }
}
