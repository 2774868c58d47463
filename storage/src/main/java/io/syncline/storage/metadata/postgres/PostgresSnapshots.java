package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Snapshot;
import io.syncline.storage.metadata.SnapshotId;
import io.syncline.storage.metadata.Snapshots;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

final class PostgresSnapshots implements Snapshots.Writable {
    private static final String COLUMNS = "id, epoch, sequence, digest, nodes, size, created";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM snapshot WHERE project = ?";
    private static final String NEWEST_FIRST = SELECT + " ORDER BY sequence DESC, created DESC, id";

    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresSnapshots(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private static Snapshot read(ResultSet row) throws SQLException {
        return new Snapshot(
                new SnapshotId(Values.id(row, 1)),
                new Cursor(new Epoch(Values.id(row, 2)), row.getLong(3)),
                new TreeDigest(Values.hash(row, 4)),
                row.getLong(5),
                row.getLong(6),
                Values.time(row, 7));
    }

    @Override
    public Optional<Snapshot> newest() {
        return transaction.one(PostgresSnapshots::read, NEWEST_FIRST + " LIMIT 1", project.value());
    }

    @Override
    public Optional<Snapshot> find(SnapshotId id) {
        return transaction.one(
                PostgresSnapshots::read,
                SELECT + " AND id = ?",
                project.value(),
                Values.id(id.value()));
    }

    @Override
    public List<Snapshot> list() {
        return transaction.list(PostgresSnapshots::read, NEWEST_FIRST, project.value());
    }

    @Override
    public void add(Snapshot snapshot) {
        transaction.update(
                "INSERT INTO snapshot (project, " + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                project.value(),
                Values.id(snapshot.id().value()),
                Values.id(snapshot.cursor().epoch().value()),
                snapshot.cursor().sequence(),
                snapshot.digest().value().toBytes(),
                snapshot.nodes(),
                snapshot.sizeBytes(),
                snapshot.created().toEpochMilli());
    }

    @Override
    public boolean delete(SnapshotId id) {
        return transaction.update(
                        "DELETE FROM snapshot WHERE project = ? AND id = ?",
                        project.value(),
                        Values.id(id.value()))
                > 0;
    }
}
