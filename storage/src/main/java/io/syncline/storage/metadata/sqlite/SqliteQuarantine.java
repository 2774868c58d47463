package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.Hash;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.metadata.NewBlock;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Quarantine;
import io.syncline.storage.metadata.column.Values;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

final class SqliteQuarantine implements Quarantine.Writable {
    private static final String ANY = "SELECT 1 FROM quarantine WHERE project = ? LIMIT 1";
    private static final String REMOVE = "DELETE FROM quarantine WHERE project = ? AND hash = ?";

    private final SqliteTransaction transaction;
    private final ProjectKey project;

    SqliteQuarantine(SqliteTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    /** Blocks that were just stored anew aren't damaged any more. */
    static void heal(Sql sql, ProjectKey project, List<NewBlock> stored) {
        if (sql.one(_ -> true, ANY, project.value()).isPresent()) {
            for (NewBlock block : stored) {
                sql.update(REMOVE, project.value(), block.hash().toBytes());
            }
        }
    }

    @Override
    public boolean any() {
        return transaction.sql().one(_ -> true, ANY, project.value()).isPresent();
    }

    @Override
    public Set<Hash> among(Collection<Hash> hashes) {
        return new HashSet<>(
                transaction
                        .sql()
                        .lookUp(
                                row -> Values.hash(row, 1),
                                "SELECT hash FROM quarantine WHERE project = ? AND hash IN "
                                        + Sql.IN_CHUNK,
                                Values.sorted(hashes),
                                project.value()));
    }

    @Override
    public List<Hash> page(Optional<Hash> after, int limit) {
        return transaction
                .sql()
                .list(
                        row -> Values.hash(row, 1),
                        "SELECT hash FROM quarantine WHERE project = ? AND hash > ?"
                                + " ORDER BY hash LIMIT ?",
                        project.value(),
                        after.map(Hash::toBytes).orElse(new byte[0]),
                        limit);
    }

    @Override
    public boolean add(Hash hash, FrameLocation where, Instant now) {
        int there =
                transaction.update(
                        "UPDATE block SET condemned = iif(condemned = 0, ?1, condemned)"
                                + " WHERE project = ?2 AND hash = ?3 AND offset = ?4 AND pack ="
                                + " (SELECT key FROM pack WHERE project = ?2 AND id = ?5)",
                        SqliteCollecting.condemnedAt(now),
                        project.value(),
                        hash.toBytes(),
                        where.offsetBytes(),
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
        if (transaction.update(REMOVE, project.value(), hash.toBytes()) == 0) {
            return false;
        }
        transaction.update(
                "UPDATE block SET condemned = 0, arrived = ?1,"
                        + " number = (SELECT next_block FROM project WHERE key = ?2)"
                        + " WHERE project = ?2 AND hash = ?3",
                now.toEpochMilli(),
                project.value(),
                hash.toBytes());
        transaction.update(
                "UPDATE project SET next_block = next_block + 1 WHERE key = ?", project.value());
        return true;
    }
}
