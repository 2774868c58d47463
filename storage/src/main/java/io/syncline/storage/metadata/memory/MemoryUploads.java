package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.DeviceId;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.UploadSession;
import io.syncline.storage.metadata.Uploads;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

final class MemoryUploads implements Uploads.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryUploads(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<UploadSession> find(DeviceId device, Instant now) {
        return transaction
                .project(project)
                .uploads
                .get(device)
                .filter(session -> session.expires().isAfter(now));
    }

    @Override
    public Optional<Instant> oldestStart(Instant now) {
        List<Instant> starts = new ArrayList<>();
        transaction
                .project(project)
                .uploads
                .all((_, session) -> {
                    if (session.expires().isAfter(now)) {
                        starts.add(session.started());
                    }
                    return true;
                });
        return starts.stream().min(Comparator.naturalOrder());
    }

    @Override
    public UploadSession touch(DeviceId device, Instant now, Instant expires) {
        Instant started = find(device, now).map(UploadSession::started).orElse(now);
        UploadSession session = new UploadSession(device, started, expires);
        ProjectTables tables = transaction.project(project);
        tables.uploads = tables.uploads.put(device, session);
        return session;
    }

    @Override
    public boolean end(DeviceId device) {
        ProjectTables tables = transaction.project(project);
        boolean found = tables.uploads.has(device);
        tables.uploads = tables.uploads.remove(device);
        return found;
    }
}
