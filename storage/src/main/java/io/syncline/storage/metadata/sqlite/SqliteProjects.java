package io.syncline.storage.metadata.sqlite;

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

final class SqliteProjects implements Projects.Writable {
    private static final String COLUMNS =
            "SELECT p.key, p.id, p.name, p.format, p.portable_names, p.epoch, p.parent_epoch,"
                    + " p.fork_sequence, p.head, p.digest, p.nodes, p.floor, p.created";

    private final SqliteTransaction transaction;

    SqliteProjects(SqliteTransaction transaction) {
        this.transaction = transaction;
    }

    private static Project read(ResultSet row) throws SQLException {
        Optional<Epoch> parent =
                row.getBytes(7) == null
                        ? Optional.empty()
                        : Optional.of(new Epoch(Values.id(row, 7)));
        return new Project(
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
                Values.time(row, 13));
    }

    @Override
    public Optional<Project> find(ProjectId id) {
        return transaction
                .sql()
                .one(
                        SqliteProjects::read,
                        COLUMNS + " FROM project p WHERE p.id = ?",
                        Values.id(id.value()));
    }

    @Override
    public List<Project> find(Collection<ProjectId> ids) {
        return ids.stream().distinct().flatMap(id -> find(id).stream()).toList();
    }

    @Override
    public Optional<Project> find(ProjectKey key) {
        return transaction
                .sql()
                .one(
                        SqliteProjects::read,
                        COLUMNS + " FROM project p WHERE p.key = ?",
                        key.value());
    }

    @Override
    public List<Membership> ofAccount(AccountId account) {
        return transaction
                .sql()
                .list(
                        row -> new Membership(read(row), Values.role(row, 14)),
                        COLUMNS
                                + ", m.role FROM member m JOIN project p ON p.key = m.project"
                                + " WHERE m.account = ? ORDER BY p.name, p.id",
                        Values.id(account.value()));
    }

    @Override
    public List<Membership> ofAccount(AccountId account, Collection<ProjectId> among) {
        return among.stream().distinct().flatMap(id -> membership(account, id).stream()).toList();
    }

    private Optional<Membership> membership(AccountId account, ProjectId project) {
        return transaction
                .sql()
                .one(
                        row -> new Membership(read(row), Values.role(row, 14)),
                        COLUMNS
                                + ", m.role FROM project p JOIN member m ON m.project = p.key"
                                + " WHERE p.id = ? AND m.account = ?",
                        Values.id(project.value()),
                        Values.id(account.value()));
    }

    @Override
    public List<Project> page(long after, int limit) {
        return transaction
                .sql()
                .list(
                        SqliteProjects::read,
                        COLUMNS + " FROM project p WHERE p.key > ? ORDER BY p.key LIMIT ?",
                        after,
                        limit);
    }

    @Override
    public Optional<TreeDigest> digestAt(ProjectKey project, long sequence) {
        return transaction
                .sql()
                .one(
                        row -> new TreeDigest(Values.hash(row, 1)),
                        "SELECT digest FROM commit_digest WHERE project = ? AND sequence = ?",
                        project.value(),
                        sequence);
    }

    @Override
    public Project add(NewProject added) {
        transaction.update(
                "INSERT INTO project (id, name, format, portable_names, epoch, fork_sequence, head,"
                        + " digest, nodes, floor, next_block, created)"
                        + " VALUES (?, ?, ?, ?, ?, 0, 0, ?, 0, 0, 0, ?)",
                Values.id(added.id().value()),
                added.name(),
                added.format(),
                added.portableNames(),
                Values.id(added.epoch().value()),
                TreeDigest.EMPTY.value().toBytes(),
                added.created().toEpochMilli());
        Project project = find(added.id()).orElseThrow();
        addDigest(project.key(), 0, TreeDigest.EMPTY, added.created());
        return project;
    }

    private void addDigest(ProjectKey project, long sequence, TreeDigest digest, Instant time) {
        transaction.update(
                "INSERT OR REPLACE INTO commit_digest (project, sequence, digest, time)"
                        + " VALUES (?, ?, ?, ?)",
                project.value(),
                sequence,
                digest.value().toBytes(),
                time.toEpochMilli());
    }

    /** The one writer is the lock. */
    @Override
    public Optional<Project> lock(ProjectId id) {
        return find(id);
    }

    @Override
    public void advance(
            ProjectKey project, long head, TreeDigest digest, long nodes, Instant time) {
        int advanced =
                transaction.update(
                        "UPDATE project SET head = ?1, digest = ?2, nodes = ?3"
                                + " WHERE key = ?4 AND head < ?1",
                        head,
                        digest.value().toBytes(),
                        nodes,
                        project.value());
        if (advanced == 0) {
            throw new IllegalStateException(
                    "the head of project " + project + " can't go to " + head);
        }
        addDigest(project, head, digest, time);
    }

    @Override
    public boolean startEpoch(
            ProjectKey project, Epoch expected, Epoch next, long head, Instant time) {
        Optional<Project> old = find(project).filter(found -> found.epoch().equals(expected));
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

    @Override
    public boolean rename(ProjectKey project, String name) {
        return transaction.update(
                        "UPDATE project SET name = ? WHERE key = ?", name, project.value())
                > 0;
    }

    @Override
    public void raiseFloor(ProjectKey project, long floor) {
        transaction.update(
                "UPDATE project SET floor = max(floor, ?) WHERE key = ?", floor, project.value());
    }
}
