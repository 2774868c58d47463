package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.DeviceId;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.UploadSession;
import io.syncline.storage.metadata.Uploads;
import io.syncline.storage.metadata.column.Values;
import java.time.Instant;
import java.util.Optional;

final class SqliteUploads implements Uploads.Writable {
    private final SqliteTransaction transaction;
    private final ProjectKey project;

    SqliteUploads(SqliteTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<UploadSession> find(DeviceId device, Instant now) {
        return transaction
                .sql()
                .one(
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
                .sql()
                .one(
                        row -> Values.optionalTime(row, 1),
                        "SELECT min(started) FROM upload WHERE project = ? AND expires > ?",
                        project.value(),
                        now.toEpochMilli())
                .flatMap(start -> start);
    }

    @Override
    public UploadSession touch(DeviceId device, Instant now, Instant expires) {
        Instant started = find(device, now).map(UploadSession::started).orElse(now);
        UploadSession session = new UploadSession(device, started, expires);
        transaction.update(
                "INSERT OR REPLACE INTO upload (project, device, started, expires)"
                        + " VALUES (?, ?, ?, ?)",
                project.value(),
                Values.id(device.value()),
                session.started().toEpochMilli(),
                session.expires().toEpochMilli());
        return session;
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
