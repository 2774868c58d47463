package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Replica;
import io.syncline.storage.metadata.Replicas;
import io.syncline.storage.metadata.column.Values;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

final class PostgresReplicas implements Replicas.Writable {
    private static final String COLUMNS =
            "id, device, received_epoch, received_sequence, digest, agreed_epoch, agreed_sequence,"
                    + " held_back, folder, seen";

    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresReplicas(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private static Replica read(ResultSet row) throws SQLException {
        Optional<Cursor> agreed =
                row.getBytes(6) == null
                        ? Optional.empty()
                        : Optional.of(new Cursor(new Epoch(Values.id(row, 6)), row.getLong(7)));
        return new Replica(
                new ReplicaId(Values.id(row, 1)),
                new DeviceId(Values.id(row, 2)),
                new Cursor(new Epoch(Values.id(row, 3)), row.getLong(4)),
                new TreeDigest(Values.hash(row, 5)),
                agreed,
                row.getLong(8),
                row.getString(9),
                Values.time(row, 10));
    }

    @Override
    public Optional<Replica> find(ReplicaId id) {
        return transaction.one(
                PostgresReplicas::read,
                "SELECT " + COLUMNS + " FROM replica WHERE project = ? AND id = ?",
                project.value(),
                Values.id(id.value()));
    }

    @Override
    public List<Replica> list() {
        return transaction.list(
                PostgresReplicas::read,
                "SELECT " + COLUMNS + " FROM replica WHERE project = ? ORDER BY device, id",
                project.value());
    }

    @Override
    public OptionalLong lowestReceived(Epoch epoch, Instant seenSince) {
        return transaction
                .one(
                        row -> {
                            long lowest = row.getLong(1);
                            return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(lowest);
                        },
                        "SELECT min(r.received_sequence) FROM replica r"
                                + " JOIN device d ON d.id = r.device AND d.revoked IS NULL"
                                + " WHERE r.project = ? AND r.received_epoch = ? AND r.seen >= ?",
                        project.value(),
                        Values.id(epoch.value()),
                        seenSince.toEpochMilli())
                .orElse(OptionalLong.empty());
    }

    @Override
    public void put(Replica replica) {
        transaction.holdFloor(project);
        transaction.update(
                "INSERT INTO replica (project, "
                        + COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (project, id) DO UPDATE SET device = excluded.device,"
                        + " received_epoch = excluded.received_epoch,"
                        + " received_sequence = excluded.received_sequence,"
                        + " digest = excluded.digest, agreed_epoch = excluded.agreed_epoch,"
                        + " agreed_sequence = excluded.agreed_sequence,"
                        + " held_back = excluded.held_back, folder = excluded.folder,"
                        + " seen = excluded.seen",
                project.value(),
                Values.id(replica.id().value()),
                Values.id(replica.device().value()),
                Values.id(replica.received().epoch().value()),
                replica.received().sequence(),
                replica.digest().value().toBytes(),
                replica.agreed().map(cursor -> Values.id(cursor.epoch().value())).orElse(null),
                replica.agreed().map(Cursor::sequence).orElse(null),
                replica.heldBack(),
                replica.folder(),
                replica.seen().toEpochMilli());
    }

    /** Replicas of an epoch that is left at its head go on in the next one. */
    void takeOver(Epoch left, Epoch next) {
        transaction.update(
                "UPDATE replica SET received_epoch = ? WHERE project = ? AND received_epoch = ?",
                Values.id(next.value()),
                project.value(),
                Values.id(left.value()));
    }

    @Override
    public boolean delete(ReplicaId id) {
        return transaction.update(
                        "DELETE FROM replica WHERE project = ? AND id = ?",
                        project.value(),
                        Values.id(id.value()))
                > 0;
    }
}
