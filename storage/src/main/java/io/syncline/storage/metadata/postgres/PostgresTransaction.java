package io.syncline.storage.metadata.postgres;

import io.syncline.core.error.SynclineException;
import io.syncline.storage.deadline.Deadline;
import io.syncline.storage.metadata.Accounts;
import io.syncline.storage.metadata.Answers;
import io.syncline.storage.metadata.Attempts;
import io.syncline.storage.metadata.AuditLog;
import io.syncline.storage.metadata.Blocks;
import io.syncline.storage.metadata.Collecting;
import io.syncline.storage.metadata.Devices;
import io.syncline.storage.metadata.Leases;
import io.syncline.storage.metadata.Links;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.Members;
import io.syncline.storage.metadata.NameIndex;
import io.syncline.storage.metadata.Packs;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Projects;
import io.syncline.storage.metadata.Quarantine;
import io.syncline.storage.metadata.Quotas;
import io.syncline.storage.metadata.RightChanges;
import io.syncline.storage.metadata.Settings;
import io.syncline.storage.metadata.Snapshots;
import io.syncline.storage.metadata.Sweeper;
import io.syncline.storage.metadata.Uploads;
import io.syncline.storage.metadata.WriteTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Access to one connection for as long as one work runs on it.
 *
 * <p>A work that writes runs at READ COMMITTED: each statement sees what was committed before it,
 * so what is read after a lock was had is read as it is. Where a work's reads come before the lock
 * that its mutation needs, the work is run {@linkplain #again() again} with that lock from its
 * start.
 */
final class PostgresTransaction implements WriteTransaction, AutoCloseable {
    /** Turns the present row into a value. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Tells a work to be run again, and its caller nothing. */
    private static final class AgainException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        AgainException() {
            super("the work is run again", null, false, false);
        }
    }

    private static final long SECOND_NANOS = 1_000_000_000;

    /** Beyond it the session's own bound ends a statement. */
    private static final long STATEMENT_SECONDS_MAX = 3_600;

    private final Connection connection;
    private final long schema;
    private final boolean writes;
    private final Thread owner = Thread.currentThread();
    private final Set<Lock> exclusive = new HashSet<>();
    private final Set<Lock> shared = new HashSet<>();

    /** Projects as this work saw them first. */
    private final Map<ProjectKey, Project> seen = new HashMap<>();

    private boolean open = true;
    private boolean looked;
    private boolean again;
    private @Nullable Lock wanted;
    private @Nullable RuntimeException failure;

    /**
     * Begins on a connection.
     *
     * @param schema see {@link Lock#name}
     */
    PostgresTransaction(Connection connection, long schema, boolean writes) {
        this.connection = connection;
        this.schema = schema;
        this.writes = writes;
    }

    private Connection connection() {
        if (!open || !Thread.currentThread().equals(owner)) {
            throw new IllegalStateException("a transaction was used outside of its work");
        }
        return connection;
    }

    /** The first statement that failed: whatever the work made of it, nothing may be kept. */
    @Nullable RuntimeException failure() {
        return failure;
    }

    /** Whether the work has to be run again, whatever came of it. */
    boolean again() {
        return again;
    }

    /** The lock that it has to be run again with. */
    Optional<Lock> wanted() {
        return Optional.ofNullable(wanted);
    }

    private SynclineException failed(SQLException e) {
        SynclineException translated = Failures.translate(e);
        failure = failure == null ? translated : failure;
        return translated;
    }

    private PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
        // The driver keeps prepared statements by their text.
        Deadline.check();
        PreparedStatement statement = connection().prepareStatement(sql);
        try {
            bound(statement);
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    /**
     * Whoever waits for a read waits until a deadline, after which the database ends it. Writes run
     * beside others on a lane's thread, which has none.
     */
    private static void bound(PreparedStatement statement) throws SQLException {
        Optional<Deadline> deadline = Deadline.current();
        if (deadline.isPresent()) {
            long seconds = 1 + deadline.get().leftNanos() / SECOND_NANOS;
            statement.setQueryTimeout((int) Math.clamp(seconds, 1, STATEMENT_SECONDS_MAX));
        }
    }

    <T> List<T> list(Row<T> row, String sql, @Nullable Object... values) {
        looked = true;
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(row.read(rows));
            }
            return found;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    <T> Optional<T> one(Row<T> row, String sql, @Nullable Object... values) {
        looked = true;
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * Looks many keys up at once.
     *
     * @param sql ends with {@code = ANY (?)} for the keys, after parameters for the fixed values
     * @param keys all of one type: numbers, texts, or bytes
     */
    <T> List<T> lookUp(Row<T> row, String sql, List<?> keys, Object... fixed) {
        if (keys.isEmpty()) {
            return List.of();
        }
        Object[] values = new Object[fixed.length + 1];
        System.arraycopy(fixed, 0, values, 0, fixed.length);
        values[fixed.length] = SqlArray.of(keys);
        return list(row, sql, values);
    }

    /** Runs one mutating statement and says how many rows it changed. */
    int update(String sql, @Nullable Object... values) {
        looked = true;
        try (PreparedStatement statement = prepare(sql, values)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Takes a lock that nobody else has or shares; waits for it. */
    void lock(Lock lock) {
        if (writes && !exclusive.contains(lock)) {
            advise("SELECT pg_advisory_xact_lock(?)", lock);
            exclusive.add(lock);
        }
    }

    /** Takes a lock that others may share; waits for it. */
    void share(Lock lock) {
        if (writes && !exclusive.contains(lock) && !shared.contains(lock)) {
            advise("SELECT pg_advisory_xact_lock_shared(?)", lock);
            shared.add(lock);
        }
    }

    /**
     * Whether there is a row, which it locks: what others change later doesn't concern the work.
     */
    boolean holds(String sql, Object... values) {
        boolean before = looked;
        boolean there = one(_ -> true, sql, values).isPresent();
        looked = before;
        return there;
    }

    private void advise(String sql, Lock lock) {
        boolean before = looked;
        one(_ -> true, sql, lock.name(schema));
        looked = before;
    }

    /** Takes a lock that has to be had since before the work's first look. */
    void need(Lock lock) {
        if (exclusive.contains(lock)) {
            return;
        }
        if (looked) {
            wanted = lock;
            throw runAgain();
        }
        lock(lock);
    }

    private AgainException runAgain() {
        again = true;
        return new AgainException();
    }

    /** Remembers what a project was like when the work looked. */
    Project saw(Project project) {
        if (writes) {
            seen.putIfAbsent(project.key(), project);
        }
        return project;
    }

    /**
     * From now until the end neither floor nor epoch of a project change by others; the work is run
     * again if they have since it looked. So whoever registers as a reader is seen by whoever
     * raises the floor, or sees it raised (R16).
     */
    void holdFloor(ProjectKey project) {
        Lock lock = new Lock(Lock.Kind.FLOOR, project.value());
        if (exclusive.contains(lock) || shared.contains(lock)) {
            return;
        }
        share(lock);
        Project before = seen.get(project);
        if (before != null) {
            Optional<Project> now = projects().find(project);
            boolean stays =
                    now.isPresent()
                            && now.get().floor() == before.floor()
                            && now.get().epoch().equals(before.epoch());
            if (!stays) {
                throw runAgain();
            }
        }
    }

    /** The floor and the epoch are this work's to change, and so are what it looks at before. */
    void needFloor(ProjectKey project) {
        need(new Lock(Lock.Kind.FLOOR, project.value()));
    }

    @Override
    public Accounts.Writable accounts() {
        return new PostgresAccounts(this);
    }

    @Override
    public Devices.Writable devices() {
        return new PostgresDevices(this);
    }

    @Override
    public Projects.Writable projects() {
        return new PostgresProjects(this);
    }

    @Override
    public Members.Writable members(ProjectKey project) {
        return new PostgresMembers(this, project);
    }

    @Override
    public Links.Writable links() {
        return new PostgresLinks(this);
    }

    @Override
    public PostgresNodes nodes(ProjectKey project) {
        return new PostgresNodes(this, project);
    }

    @Override
    public PostgresHistory history(ProjectKey project) {
        return new PostgresHistory(this, project);
    }

    @Override
    public Listings listings(ProjectKey project) {
        return new PostgresListings(this, project);
    }

    @Override
    public NameIndex.Writable names(ProjectKey project) {
        return new PostgresNameIndex(this, project);
    }

    @Override
    public Answers.Writable answers(ProjectKey project) {
        return new PostgresAnswers(this, project);
    }

    @Override
    public Blocks.Writable blocks(ProjectKey project) {
        return new PostgresBlocks(this, project);
    }

    @Override
    public Collecting.Writable collecting(ProjectKey project) {
        return new PostgresCollecting(this, project);
    }

    @Override
    public Packs.Writable packs(ProjectKey project) {
        return new PostgresPacks(this, project);
    }

    @Override
    public Quarantine.Writable quarantine(ProjectKey project) {
        return new PostgresQuarantine(this, project);
    }

    @Override
    public PostgresReplicas replicas(ProjectKey project) {
        return new PostgresReplicas(this, project);
    }

    @Override
    public PostgresLineages lineages(ProjectKey project) {
        return new PostgresLineages(this, project);
    }

    @Override
    public Snapshots.Writable snapshots(ProjectKey project) {
        return new PostgresSnapshots(this, project);
    }

    @Override
    public Uploads.Writable uploads(ProjectKey project) {
        return new PostgresUploads(this, project);
    }

    @Override
    public Settings.Writable settings() {
        return new PostgresSettings(this);
    }

    @Override
    public Quotas.Writable quotas() {
        return new PostgresQuotas(this);
    }

    @Override
    public Leases.Writable leases() {
        return new PostgresLeases(this);
    }

    @Override
    public RightChanges.Writable rightChanges() {
        return new PostgresRightChanges(this);
    }

    @Override
    public Attempts.Writable attempts() {
        return new PostgresAttempts(this);
    }

    @Override
    public AuditLog.Writable audit() {
        return new PostgresAuditLog(this);
    }

    @Override
    public Sweeper sweeper() {
        return new PostgresSweeper(this);
    }

    @Override
    public void close() {
        open = false;
    }
}
