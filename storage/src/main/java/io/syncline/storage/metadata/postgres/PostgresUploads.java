package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.DeviceId;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.UploadSession;
import io.syncline.storage.metadata.Uploads;
import io.syncline.storage.metadata.column.Values;
import java.time.Instant;
import java.util.Optional;

final class PostgresUploads implements Uploads.Writable {
    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresUploads(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<UploadSession> find(DeviceId device, Instant now) {
        return transaction.one(
                row -> new UploadSession(device, Values.time(row, 1), Values.time(row, 2)),
                "SELECT started, expires FROM upload"
                        + " WHERE project = ? AND device = ? AND expires > ?",
                project.value(),
                Values.id(device.value()),
                now.toEpochMilli());
    }

    @Override
    public Optional<Instant> oldestStart(Instant now) {
        return transaction
                .one(
                        row -> Values.optionalTime(row, 1),
                        "SELECT min(started) FROM upload WHERE project = ? AND expires > ?",
                        project.value(),
                        now.toEpochMilli())
                .flatMap(start -> start);
    }

    @Override
    public UploadSession touch(DeviceId device, Instant now, Instant expires) {
        return transaction
                .one(
                        row -> new UploadSession(device, Values.time(row, 1), expires),
                        "INSERT INTO upload AS u (project, device, started, expires)"
                                + " VALUES (?, ?, ?, ?) ON CONFLICT (project, device) DO UPDATE SET"
                                + " started = CASE WHEN u.expires > excluded.started"
                                + " THEN u.started ELSE excluded.started END,"
                                + " expires = excluded.expires RETURNING started",
                        project.value(),
                        Values.id(device.value()),
                        now.toEpochMilli(),
                        expires.toEpochMilli())
                .orElseThrow();
    }

    @Override
    public boolean end(DeviceId device) {
        return transaction.update(
                        "DELETE FROM upload WHERE project = ? AND device = ?",
                        project.value(),
                        Values.id(device.value()))
                > 0;
    }
}
