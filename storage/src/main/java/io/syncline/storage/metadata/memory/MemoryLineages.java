package io.syncline.storage.metadata.memory;

import io.syncline.core.lineage.Ancestor;
import io.syncline.core.tree.Epoch;
import io.syncline.storage.metadata.Lineages;
import io.syncline.storage.metadata.ProjectKey;
import java.util.Optional;

final class MemoryLineages implements Lineages.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryLineages(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Ancestor> ancestor(Epoch epoch) {
        return transaction.project(project).ancestors.get(epoch);
    }

    /** The epoch is left at that sequence, by an announced restore unless said otherwise. */
    void leave(Epoch epoch, long fork) {
        put(new Ancestor(epoch, fork, fork));
    }

    @Override
    public void unshare(Epoch epoch) {
        ancestor(epoch).ifPresent(row -> put(new Ancestor(epoch, row.fork(), 0)));
    }

    private void put(Ancestor row) {
        ProjectTables tables = transaction.project(project);
        tables.ancestors = tables.ancestors.put(row.epoch(), row);
    }
}
