package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.JoinLink;
import io.syncline.storage.metadata.LinkId;
import io.syncline.storage.metadata.Links;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

final class SqliteLinks implements Links.Writable {
    private static final String COLUMNS = "id, secret, project, role, uses_left, expires";

    private final SqliteTransaction transaction;

    SqliteLinks(SqliteTransaction transaction) {
        this.transaction = transaction;
    }

    private static JoinLink read(ResultSet row) throws SQLException {
        return new JoinLink(
                new LinkId(Values.id(row, 1)),
                Values.hash(row, 2),
                new ProjectKey(row.getLong(3)),
                Values.role(row, 4),
                row.getInt(5),
                Values.time(row, 6));
    }

    @Override
    public List<JoinLink> list(ProjectKey project, Instant now) {
        return transaction
                .sql()
                .list(
                        SqliteLinks::read,
                        "SELECT "
                                + COLUMNS
                                + " FROM join_link WHERE project = ? AND expires > ? AND uses_left"
                                + " > 0 ORDER BY expires, id",
                        project.value(),
                        now.toEpochMilli());
    }

    @Override
    public void add(JoinLink link) {
        transaction.update(
                "INSERT INTO join_link (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?)",
                Values.id(link.id().value()),
                link.secret().toBytes(),
                link.project().value(),
                Values.code(link.role()),
                link.usesLeft(),
                link.expires().toEpochMilli());
    }

    @Override
    public Optional<JoinLink> use(Hash secret, Instant now) {
        int used =
                transaction.update(
                        "UPDATE join_link SET uses_left = uses_left - 1"
                                + " WHERE secret = ? AND uses_left > 0 AND expires > ?",
                        secret.toBytes(),
                        now.toEpochMilli());
        return used == 0
                ? Optional.empty()
                : transaction
                        .sql()
                        .one(
                                SqliteLinks::read,
                                "SELECT " + COLUMNS + " FROM join_link WHERE secret = ?",
                                secret.toBytes());
    }

    @Override
    public boolean delete(ProjectKey project, LinkId id) {
        return transaction.update(
                        "DELETE FROM join_link WHERE id = ? AND project = ?",
                        Values.id(id.value()),
                        project.value())
                > 0;
    }
}
