package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.metadata.Fork;
import io.syncline.storage.metadata.Membership;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Projects;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

final class PostgresProjects implements Projects.Writable {
    private static final String COLUMNS =
            "SELECT p.key, p.id, p.name, p.format, p.portable_names, p.epoch, p.parent_epoch,"
                    + " p.fork_sequence, p.head, p.digest, p.nodes, p.floor, p.created";

    /** Both in one round trip, because every commit ends so. */
    private static final String ADVANCE =
            "WITH moved AS (UPDATE project SET head = ?, digest = ?, nodes = ?"
                    + " WHERE key = ? AND head < ? RETURNING key)"
                    + " INSERT INTO commit_digest (project, sequence, digest, time)"
                    + " SELECT key, ?, ?, ? FROM moved ON CONFLICT (project, sequence) DO UPDATE"
                    + " SET digest = excluded.digest, time = excluded.time";

    private final PostgresTransaction transaction;

    PostgresProjects(PostgresTransaction transaction) {
        this.transaction = transaction;
    }

    private Project read(ResultSet row) throws SQLException {
        Optional<Epoch> parent =
                row.getBytes(7) == null
                        ? Optional.empty()
                        : Optional.of(new Epoch(Values.id(row, 7)));
        return transaction.saw(
                new Project(
                        new ProjectKey(row.getLong(1)),
                        new ProjectId(Values.id(row, 2)),
                        row.getString(3),
                        row.getInt(4),
                        row.getBoolean(5),
                        new Epoch(Values.id(row, 6)),
                        new Fork(parent, row.getLong(8)),
                        row.getLong(9),
                        new TreeDigest(Values.hash(row, 10)),
                        row.getLong(11),
                        row.getLong(12),
                        Values.time(row, 13)));
    }

    @Override
    public Optional<Project> find(ProjectId id) {
        return transaction.one(
                this::read, COLUMNS + " FROM project p WHERE p.id = ?", Values.id(id.value()));
    }

    @Override
    public List<Project> find(Collection<ProjectId> ids) {
        return transaction.lookUp(
                this::read, COLUMNS + " FROM project p WHERE p.id = ANY (?)", values(ids));
    }

    private static List<byte[]> values(Collection<ProjectId> ids) {
        return ids.stream().distinct().map(id -> Values.id(id.value())).toList();
    }

    @Override
    public Optional<Project> find(ProjectKey key) {
        return transaction.one(
                this::read, COLUMNS + " FROM project p WHERE p.key = ?", key.value());
    }

    @Override
    public List<Membership> ofAccount(AccountId account) {
        return transaction.list(
                row -> new Membership(read(row), Values.role(row, 14)),
                COLUMNS
                        + ", m.role FROM member m JOIN project p ON p.key = m.project"
                        + " WHERE m.account = ? ORDER BY p.name, p.id",
                Values.id(account.value()));
    }

    @Override
    public List<Membership> ofAccount(AccountId account, Collection<ProjectId> among) {
        return transaction.lookUp(
                row -> new Membership(read(row), Values.role(row, 14)),
                COLUMNS
                        + ", m.role FROM project p JOIN member m ON m.project = p.key"
                        + " WHERE m.account = ? AND p.id = ANY (?)",
                values(among),
                Values.id(account.value()));
    }

    @Override
    public List<Project> page(long after, int limit) {
        return transaction.list(
                this::read,
                COLUMNS + " FROM project p WHERE p.key > ? ORDER BY p.key LIMIT ?",
                after,
                limit);
    }

    @Override
    public Optional<TreeDigest> digestAt(ProjectKey project, long sequence) {
        return transaction.one(
                row -> new TreeDigest(Values.hash(row, 1)),
                "SELECT digest FROM commit_digest WHERE project = ? AND sequence = ?",
                project.value(),
                sequence);
    }

    @Override
    public Project add(NewProject added) {
        transaction.need(Lock.INSTALLATION);
        transaction.update(
                "INSERT INTO project (id, name, format, portable_names, epoch, fork_sequence, head,"
                        + " digest, nodes, floor, content_bytes, created)"
                        + " VALUES (?, ?, ?, ?, ?, 0, 0, ?, 0, 0, 0, ?)",
                Values.id(added.id().value()),
                added.name(),
                added.format(),
                added.portableNames(),
                Values.id(added.epoch().value()),
                TreeDigest.EMPTY.value().toBytes(),
                added.created().toEpochMilli());
        Project project = find(added.id()).orElseThrow();
        transaction.update(
                "INSERT INTO block_total (project, next_block, frame_bytes, block_bytes, blocks)"
                        + " VALUES (?, 0, 0, 0, 0)",
                project.key().value());
        addDigest(project.key(), 0, TreeDigest.EMPTY, added.created());
        return project;
    }

    private void addDigest(ProjectKey project, long sequence, TreeDigest digest, Instant time) {
        transaction.update(
                "INSERT INTO commit_digest (project, sequence, digest, time)"
                        + " VALUES (?, ?, ?, ?) ON CONFLICT (project, sequence) DO UPDATE SET"
                        + " digest = excluded.digest, time = excluded.time",
                project.value(),
                sequence,
                digest.value().toBytes(),
                time.toEpochMilli());
    }

    @Override
    public Optional<Project> lock(ProjectId id) {
        return transaction.one(
                this::read,
                COLUMNS + " FROM project p WHERE p.id = ? FOR UPDATE",
                Values.id(id.value()));
    }

    @Override
    public void advance(
            ProjectKey project, long head, TreeDigest digest, long nodes, Instant time) {
        byte[] bytes = digest.value().toBytes();
        int advanced =
                transaction.update(
                        ADVANCE,
                        head,
                        bytes,
                        nodes,
                        project.value(),
                        head,
                        head,
                        bytes,
                        time.toEpochMilli());
        if (advanced == 0) {
            throw new IllegalStateException(
                    "the head of project " + project + " can't go to " + head);
        }
    }

    @Override
    public boolean startEpoch(
            ProjectKey project, Epoch expected, Epoch next, long head, Instant time) {
        transaction.needFloor(project);
        Optional<Project> old = locked(project).filter(found -> found.epoch().equals(expected));
        if (old.isEmpty()) {
            return false;
        }
        if (head < old.get().head()) {
            throw new IllegalStateException(
                    "the head of project " + project + " can't go to " + head);
        }
        transaction.update(
                "UPDATE project SET parent_epoch = epoch, fork_sequence = head, epoch = ?, head = ?"
                        + " WHERE key = ?",
                Values.id(next.value()),
                head,
                project.value());
        transaction.lineages(project).leave(expected, old.get().head());
        transaction.replicas(project).takeOver(expected, next);
        addDigest(project, head, old.get().digest(), time);
        return true;
    }

    private Optional<Project> locked(ProjectKey key) {
        return transaction.one(
                this::read, COLUMNS + " FROM project p WHERE p.key = ? FOR UPDATE", key.value());
    }

    @Override
    public boolean rename(ProjectKey project, String name) {
        return transaction.update(
                        "UPDATE project SET name = ? WHERE key = ?", name, project.value())
                > 0;
    }

    @Override
    public void raiseFloor(ProjectKey project, long floor) {
        transaction.needFloor(project);
        transaction.update(
                "UPDATE project SET floor = greatest(floor, ?) WHERE key = ?",
                floor,
                project.value());
    }
}
