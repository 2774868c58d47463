package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Role;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.Quotas;
import io.syncline.storage.metadata.Usage;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

final class SqliteQuotas implements Quotas.Writable {
    private static final int STANDARD = 0;
    private static final int PROJECT = 1;
    private static final int ACCOUNT = 2;
    private static final byte[] EVERYONE = new byte[0];

    private final SqliteTransaction transaction;

    SqliteQuotas(SqliteTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Usage usage(ProjectKey project) {
        return transaction
                .sql()
                .one(
                        SqliteQuotas::read,
                        "SELECT content_bytes, frame_bytes, block_bytes, blocks FROM usage"
                                + " WHERE project = ?",
                        project.value())
                .orElse(Usage.NONE);
    }

    private static Usage read(ResultSet row) throws SQLException {
        return new Usage(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
    }

    @Override
    public Usage recount(ProjectKey project) {
        return transaction
                .sql()
                .one(
                        SqliteQuotas::read,
                        "SELECT (SELECT coalesce(sum(size), 0) FROM node WHERE project = ?1"
                                + " AND +deleted = 0), coalesce(sum(length), 0),"
                                + " coalesce(sum(size), 0), count(*) FROM block"
                                + " WHERE project = ?1",
                        project.value())
                .orElse(Usage.NONE);
    }

    @Override
    public Owned owned(AccountId account) {
        return transaction
                .sql()
                .one(
                        row -> new Owned(row.getLong(1), row.getLong(2)),
                        "SELECT coalesce(sum(u.content_bytes), 0), coalesce(sum(p.nodes), 0)"
                                + " FROM member m JOIN project p ON p.key = m.project"
                                + " JOIN usage u ON u.project = m.project"
                                + " WHERE m.account = ? AND m.role = ?",
                        Values.id(account.value()),
                        Values.code(Role.OWNER))
                .orElse(new Owned(0, 0));
    }

    @Override
    public Quota standard() {
        return find(STANDARD, EVERYONE);
    }

    @Override
    public Quota of(ProjectId project) {
        return find(PROJECT, Values.id(project.value()));
    }

    @Override
    public Quota of(AccountId account) {
        return find(ACCOUNT, Values.id(account.value()));
    }

    private Quota find(int kind, byte[] holder) {
        return transaction
                .sql()
                .one(
                        row -> new Quota(part(row, 1), part(row, 2), part(row, 3)),
                        "SELECT content_bytes, nodes, frame_bytes FROM quota"
                                + " WHERE kind = ? AND holder = ?",
                        kind,
                        holder)
                .orElse(Quota.NONE);
    }

    private static OptionalLong part(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    @Override
    public List<AccountId> limitedOwners(ProjectKey project) {
        return transaction
                .sql()
                .list(
                        row -> new AccountId(Values.id(row, 1)),
                        "SELECT m.account FROM member m JOIN quota q ON q.kind = ? AND q.holder ="
                                + " m.account WHERE m.project = ? AND m.role = ?",
                        ACCOUNT,
                        project.value(),
                        Values.code(Role.OWNER));
    }

    @Override
    public void addContent(ProjectKey project, long bytes) {
        transaction.update(
                "UPDATE usage SET content_bytes = content_bytes + ? WHERE project = ?",
                bytes,
                project.value());
    }

    @Override
    public void correct(ProjectKey project, Usage difference) {
        transaction.update(
                "UPDATE usage SET content_bytes = content_bytes + ?, frame_bytes = frame_bytes + ?,"
                        + " block_bytes = block_bytes + ?, blocks = blocks + ? WHERE project = ?",
                difference.contentBytes(),
                difference.frameBytes(),
                difference.blockBytes(),
                difference.blocks(),
                project.value());
    }

    @Override
    public void putStandard(Quota quota) {
        put(STANDARD, EVERYONE, quota);
    }

    @Override
    public void put(ProjectId project, Quota quota) {
        put(PROJECT, Values.id(project.value()), quota);
    }

    @Override
    public void put(AccountId account, Quota quota) {
        put(
                ACCOUNT,
                Values.id(account.value()),
                new Quota(quota.contentBytes(), quota.nodes(), OptionalLong.empty()));
    }

    private void put(int kind, byte[] holder, Quota quota) {
        if (quota.equals(Quota.NONE)) {
            transaction.update("DELETE FROM quota WHERE kind = ? AND holder = ?", kind, holder);
            return;
        }
        transaction.update(
                "INSERT OR REPLACE INTO quota (kind, holder, content_bytes, nodes, frame_bytes)"
                        + " VALUES (?, ?, ?, ?, ?)",
                kind,
                holder,
                boxed(quota.contentBytes()),
                boxed(quota.nodes()),
                boxed(quota.frameBytes()));
    }

    private static @Nullable Long boxed(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
