package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Snapshot;
import io.syncline.storage.metadata.SnapshotId;
import io.syncline.storage.metadata.Snapshots;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

final class MemorySnapshots implements Snapshots.Writable {
    private static final Comparator<Snapshot> NEWEST_FIRST =
            Comparator.comparingLong((Snapshot snapshot) -> snapshot.cursor().sequence())
                    .thenComparing(Snapshot::created)
                    .reversed()
                    .thenComparing(snapshot -> snapshot.id().value());

    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemorySnapshots(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Snapshot> newest() {
        return list().stream().findFirst();
    }

    @Override
    public Optional<Snapshot> find(SnapshotId id) {
        return transaction.project(project).snapshots.get(id);
    }

    @Override
    public List<Snapshot> list() {
        List<Snapshot> found = new ArrayList<>();
        transaction
                .project(project)
                .snapshots
                .all((_, snapshot) -> {
                    found.add(snapshot);
                    return true;
                });
        found.sort(NEWEST_FIRST);
        return found;
    }

    @Override
    public void add(Snapshot snapshot) {
        ProjectTables tables = transaction.project(project);
        if (tables.snapshots.has(snapshot.id())) {
            throw transaction.taken("snapshot " + snapshot.id());
        }
        tables.snapshots = tables.snapshots.put(snapshot.id(), snapshot);
    }

    @Override
    public boolean delete(SnapshotId id) {
        ProjectTables tables = transaction.project(project);
        boolean found = tables.snapshots.has(id);
        tables.snapshots = tables.snapshots.remove(id);
        return found;
    }
}
