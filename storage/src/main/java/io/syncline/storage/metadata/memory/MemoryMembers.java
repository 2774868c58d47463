package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.AccountId;
import io.syncline.core.wire.Role;
import io.syncline.storage.metadata.Member;
import io.syncline.storage.metadata.Members;
import io.syncline.storage.metadata.ProjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

final class MemoryMembers implements Members.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryMembers(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Role> role(AccountId account) {
        return transaction
                .tables()
                .projects
                .get(project)
                .flatMap(tables -> tables.members.get(account));
    }

    @Override
    public List<Member> list() {
        List<Member> found = new ArrayList<>();
        Tables all = transaction.tables();
        transaction
                .project(project)
                .members
                .all((account, role) -> {
                    all.accounts
                            .get(account)
                            .ifPresent(row -> found.add(new Member(account, row.name(), role)));
                    return true;
                });
        found.sort(Comparator.comparing(Member::name, CodePoints.ORDER));
        return found;
    }

    @Override
    public int count(Role role) {
        return (int) list().stream().filter(member -> member.role() == role).count();
    }

    @Override
    public void put(AccountId account, Role role) {
        ProjectTables tables = transaction.project(project);
        tables.members = tables.members.put(account, role);
    }

    @Override
    public boolean remove(AccountId account) {
        boolean found = role(account).isPresent();
        ProjectTables tables = transaction.project(project);
        tables.members = tables.members.remove(account);
        return found;
    }
}
