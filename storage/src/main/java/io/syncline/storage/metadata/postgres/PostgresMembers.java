package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.AccountId;
import io.syncline.core.wire.Role;
import io.syncline.storage.metadata.Member;
import io.syncline.storage.metadata.Members;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.column.Values;
import java.util.List;
import java.util.Optional;

final class PostgresMembers implements Members.Writable {
    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresMembers(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Role> role(AccountId account) {
        return transaction.one(
                row -> Values.role(row, 1),
                "SELECT role FROM member WHERE project = ? AND account = ?",
                project.value(),
                Values.id(account.value()));
    }

    @Override
    public List<Member> list() {
        return transaction.list(
                row ->
                        new Member(
                                new AccountId(Values.id(row, 1)),
                                row.getString(2),
                                Values.role(row, 3)),
                "SELECT m.account, a.name, m.role FROM member m"
                        + " JOIN account a ON a.id = m.account"
                        + " WHERE m.project = ? ORDER BY a.name",
                project.value());
    }

    @Override
    public int count(Role role) {
        return transaction
                .one(
                        row -> row.getInt(1),
                        "SELECT count(*) FROM member WHERE project = ? AND role = ?",
                        project.value(),
                        Values.code(role))
                .orElse(0);
    }

    @Override
    public void put(AccountId account, Role role) {
        transaction.need(Lock.INSTALLATION);
        transaction.update(
                "INSERT INTO member (project, account, role) VALUES (?, ?, ?)"
                        + " ON CONFLICT (project, account) DO UPDATE SET role = excluded.role",
                project.value(),
                Values.id(account.value()),
                Values.code(role));
    }

    @Override
    public boolean remove(AccountId account) {
        transaction.need(Lock.INSTALLATION);
        return transaction.update(
                        "DELETE FROM member WHERE project = ? AND account = ?",
                        project.value(),
                        Values.id(account.value()))
                > 0;
    }
}
