package io.syncline.storage.metadata.memory;

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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

final class MemoryProjects implements Projects.Writable {
    private final MemoryTransaction transaction;

    MemoryProjects(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Optional<Project> find(ProjectId id) {
        return transaction.tables().projectIds.get(id).flatMap(this::find);
    }

    @Override
    public List<Project> find(Collection<ProjectId> ids) {
        return ids.stream().distinct().flatMap(id -> find(id).stream()).toList();
    }

    @Override
    public Optional<Project> find(ProjectKey key) {
        return transaction.tables().projects.get(key).map(tables -> tables.project);
    }

    @Override
    public List<Membership> ofAccount(AccountId account) {
        List<Membership> found = new ArrayList<>();
        transaction
                .tables()
                .projects
                .all((_, tables) -> {
                    tables.members
                            .get(account)
                            .ifPresent(role -> found.add(new Membership(tables.project, role)));
                    return true;
                });
        found.sort(
                Comparator.comparing(
                                (Membership membership) -> membership.project().name(),
                                CodePoints.ORDER)
                        .thenComparing(membership -> membership.project().id().value()));
        return found;
    }

    @Override
    public List<Membership> ofAccount(AccountId account, Collection<ProjectId> among) {
        return find(among).stream()
                .flatMap(project ->
                        transaction.project(project.key()).members.get(account).stream()
                                .map(role -> new Membership(project, role)))
                .toList();
    }

    @Override
    public List<Project> page(long after, int limit) {
        List<Project> page = new ArrayList<>();
        transaction
                .tables()
                .projects
                .all((key, tables) -> {
                    if (key.value() > after && page.size() < limit) {
                        page.add(tables.project);
                    }
                    return page.size() < limit;
                });
        return page;
    }

    @Override
    public Optional<TreeDigest> digestAt(ProjectKey project, long sequence) {
        return transaction
                .tables()
                .projects
                .get(project)
                .flatMap(tables -> tables.digests.get(sequence));
    }

    @Override
    public Project add(NewProject added) {
        Tables tables = transaction.tables();
        if (tables.projectIds.has(added.id())) {
            throw transaction.taken("the project");
        }
        ProjectKey key = new ProjectKey(tables.projects.size() + 1L);
        Project project =
                new Project(
                        key,
                        added.id(),
                        added.name(),
                        added.format(),
                        added.portableNames(),
                        added.epoch(),
                        Fork.NONE,
                        0,
                        TreeDigest.EMPTY,
                        0,
                        0,
                        added.created());
        ProjectTables rows = new ProjectTables(project);
        rows.digests = rows.digests.put(0L, TreeDigest.EMPTY);
        tables.projects = tables.projects.put(key, rows);
        tables.projectIds = tables.projectIds.put(added.id(), key);
        return project;
    }

    @Override
    public Optional<Project> lock(ProjectId id) {
        return find(id);
    }

    @Override
    public void advance(
            ProjectKey project, long head, TreeDigest digest, long nodes, Instant time) {
        ProjectTables tables = transaction.project(project);
        Project old = tables.project;
        if (head <= old.head()) {
            throw new IllegalStateException("the head can't go from " + old.head() + " to " + head);
        }
        tables.project =
                with(old, old.name(), old.epoch(), old.fork(), head, digest, nodes, old.floor());
        tables.digests = tables.digests.put(head, digest);
    }

    @Override
    public boolean startEpoch(
            ProjectKey project, Epoch expected, Epoch next, long head, Instant time) {
        ProjectTables tables = transaction.project(project);
        Project old = tables.project;
        if (!old.epoch().equals(expected)) {
            return false;
        }
        if (head < old.head()) {
            throw new IllegalStateException("the head can't go from " + old.head() + " to " + head);
        }
        Fork fork = new Fork(Optional.of(expected), old.head());
        tables.project =
                with(old, old.name(), next, fork, head, old.digest(), old.nodes(), old.floor());
        tables.digests = tables.digests.put(head, old.digest());
        transaction.lineages(project).leave(expected, old.head());
        transaction.replicas(project).takeOver(expected, next);
        return true;
    }

    @Override
    public boolean rename(ProjectKey project, String name) {
        Optional<Project> old = find(project);
        old.ifPresent(found ->
                transaction.project(project).project =
                        with(
                                found,
                                name,
                                found.epoch(),
                                found.fork(),
                                found.head(),
                                found.digest(),
                                found.nodes(),
                                found.floor()));
        return old.isPresent();
    }

    @Override
    public void raiseFloor(ProjectKey project, long floor) {
        ProjectTables tables = transaction.project(project);
        Project old = tables.project;
        tables.project =
                with(
                        old,
                        old.name(),
                        old.epoch(),
                        old.fork(),
                        old.head(),
                        old.digest(),
                        old.nodes(),
                        Math.max(floor, old.floor()));
    }

    private static Project with(
            Project old,
            String name,
            Epoch epoch,
            Fork fork,
            long head,
            TreeDigest digest,
            long nodes,
            long floor) {
        return new Project(
                old.key(),
                old.id(),
                name,
                old.format(),
                old.portableNames(),
                epoch,
                fork,
                head,
                digest,
                nodes,
                floor,
                old.created());
    }
}
