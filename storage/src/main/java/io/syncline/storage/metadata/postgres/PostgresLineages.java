package io.syncline.storage.metadata.postgres;

import io.syncline.core.lineage.Ancestor;
import io.syncline.core.tree.Epoch;
import io.syncline.storage.metadata.Lineages;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.column.Values;
import java.util.Optional;

final class PostgresLineages implements Lineages.Writable {
    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresLineages(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Ancestor> ancestor(Epoch epoch) {
        return transaction.one(
                row -> new Ancestor(epoch, row.getLong(1), row.getLong(2)),
                "SELECT fork, shared FROM ancestor WHERE project = ? AND epoch = ?",
                project.value(),
                Values.id(epoch.value()));
    }

    /** The epoch is left at that sequence, by an announced restore unless said otherwise. */
    void leave(Epoch epoch, long fork) {
        transaction.update(
                "INSERT INTO ancestor (project, epoch, fork, shared) VALUES (?, ?, ?, ?)",
                project.value(),
                Values.id(epoch.value()),
                fork,
                fork);
    }

    @Override
    public void unshare(Epoch epoch) {
        transaction.update(
                "UPDATE ancestor SET shared = 0 WHERE project = ? AND epoch = ?",
                project.value(),
                Values.id(epoch.value()));
    }
}
