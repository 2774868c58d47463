package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Quarantine;
import io.syncline.storage.metadata.column.Values;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

final class PostgresQuarantine implements Quarantine.Writable {
    private static final String ANY = "SELECT 1 FROM quarantine WHERE project = ? LIMIT 1";
    private static final String REMOVE = "DELETE FROM quarantine WHERE project = ? AND hash = ?";

    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresQuarantine(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    /** Blocks that were just stored anew, or are gone, aren't damaged any more. */
    void heal(Collection<Hash> blocks) {
        if (!blocks.isEmpty() && any()) {
            transaction.update(
                    "DELETE FROM quarantine WHERE project = ? AND hash = ANY (?)",
                    project.value(),
                    SqlArray.of(Values.sorted(blocks)));
        }
    }

    @Override
    public boolean any() {
        return transaction.one(_ -> true, ANY, project.value()).isPresent();
    }

    @Override
    public Set<Hash> among(Collection<Hash> hashes) {
        return new HashSet<>(
                transaction.lookUp(
                        row -> Values.hash(row, 1),
                        "SELECT hash FROM quarantine WHERE project = ? AND hash = ANY (?)",
                        Values.sorted(hashes),
                        project.value()));
    }

    @Override
    public List<Hash> page(Optional<Hash> after, int limit) {
        return transaction.list(
                row -> Values.hash(row, 1),
                "SELECT hash FROM quarantine WHERE project = ? AND hash > ?"
                        + " ORDER BY hash LIMIT ?",
                project.value(),
                after.map(Hash::toBytes).orElse(new byte[0]),
                limit);
    }

    @Override
    public boolean add(Hash hash, FrameLocation where, Instant now) {
        new PostgresBlocks(transaction, project).lock();
        int there =
                transaction.update(
                        "UPDATE block SET condemned = CASE condemned WHEN 0 THEN ? ELSE condemned"
                                + " END WHERE project = ? AND hash = ? AND place = ? AND pack ="
                                + " (SELECT key FROM pack WHERE project = ? AND id = ?)",
                        PostgresCollecting.condemnedAt(now),
                        project.value(),
                        hash.toBytes(),
                        where.offsetBytes(),
                        project.value(),
                        Values.id(where.pack().value()));
        if (there == 0) {
            return false;
        }
        transaction.update(
                "INSERT INTO quarantine (project, hash, since) VALUES (?, ?, ?)"
                        + " ON CONFLICT DO NOTHING",
                project.value(),
                hash.toBytes(),
                now.toEpochMilli());
        return true;
    }

    @Override
    public boolean release(Hash hash, Instant now) {
        PostgresBlocks blocks = new PostgresBlocks(transaction, project);
        long next = blocks.lock();
        if (transaction.update(REMOVE, project.value(), hash.toBytes()) == 0) {
            return false;
        }
        transaction.update(
                "UPDATE block SET condemned = 0, arrived = ?, number = ?"
                        + " WHERE project = ? AND hash = ?",
                now.toEpochMilli(),
                next,
                project.value(),
                hash.toBytes());
        blocks.number(next + 1);
        return true;
    }
}
