package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ReplicaId;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Replica;
import io.syncline.storage.metadata.Replicas;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

final class MemoryReplicas implements Replicas.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryReplicas(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public Optional<Replica> find(ReplicaId id) {
        return transaction.project(project).replicas.get(id);
    }

    @Override
    public List<Replica> list() {
        List<Replica> found = new ArrayList<>();
        transaction
                .project(project)
                .replicas
                .all((_, replica) -> {
                    found.add(replica);
                    return true;
                });
        found.sort(
                Comparator.comparing((Replica replica) -> replica.device().value())
                        .thenComparing(replica -> replica.id().value()));
        return found;
    }

    @Override
    public OptionalLong lowestReceived(Epoch epoch, Instant seenSince) {
        Tables all = transaction.tables();
        return list().stream()
                .filter(replica -> replica.received().epoch().equals(epoch))
                .filter(replica -> !replica.seen().isBefore(seenSince))
                .filter(replica ->
                        all.devices
                                .get(replica.device())
                                .filter(device -> device.revoked().isEmpty())
                                .isPresent())
                .mapToLong(replica -> replica.received().sequence())
                .min();
    }

    @Override
    public void put(Replica replica) {
        ProjectTables tables = transaction.project(project);
        tables.replicas = tables.replicas.put(replica.id(), replica);
    }

    /** Replicas of an epoch that is left at its head go on in the next one. */
    void takeOver(Epoch left, Epoch next) {
        for (Replica replica : list()) {
            if (replica.received().epoch().equals(left)) {
                put(
                        new Replica(
                                replica.id(),
                                replica.device(),
                                new Cursor(next, replica.received().sequence()),
                                replica.digest(),
                                replica.agreed(),
                                replica.heldBack(),
                                replica.folder(),
                                replica.seen()));
            }
        }
    }

    @Override
    public boolean delete(ReplicaId id) {
        boolean found = find(id).isPresent();
        ProjectTables tables = transaction.project(project);
        tables.replicas = tables.replicas.remove(id);
        return found;
    }
}
