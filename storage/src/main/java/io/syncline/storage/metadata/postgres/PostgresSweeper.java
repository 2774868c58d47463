package io.syncline.storage.metadata.postgres;

import io.syncline.storage.metadata.Sweeper;
import java.time.Instant;

final class PostgresSweeper implements Sweeper {
    private final PostgresTransaction transaction;

    PostgresSweeper(PostgresTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public int sessions(Instant now, int limit) {
        return transaction.update(
                "DELETE FROM session WHERE token IN"
                        + " (SELECT token FROM session WHERE expires <= ? LIMIT ?)",
                now.toEpochMilli(),
                limit);
    }

    @Override
    public int links(Instant now, int limit) {
        return transaction.update(
                "DELETE FROM join_link WHERE id IN (SELECT id FROM join_link WHERE expires <= ?"
                        + " UNION SELECT id FROM join_link WHERE uses_left = 0 LIMIT ?)",
                now.toEpochMilli(),
                limit);
    }

    @Override
    public int uploads(Instant now, int limit) {
        return transaction.update(
                "DELETE FROM upload WHERE (project, device) IN"
                        + " (SELECT project, device FROM upload WHERE expires <= ? LIMIT ?)",
                now.toEpochMilli(),
                limit);
    }

    @Override
    public int replicas(Instant seenBefore, int limit) {
        return transaction.update(
                "DELETE FROM replica WHERE (project, id) IN"
                        + " (SELECT project, id FROM replica WHERE seen < ? LIMIT ?)",
                seenBefore.toEpochMilli(),
                limit);
    }

    @Override
    public int answers(Instant before, int limit) {
        return transaction.update(
                "DELETE FROM answer WHERE (project, commit_id) IN"
                        + " (SELECT project, commit_id FROM answer WHERE time < ? LIMIT ?)",
                before.toEpochMilli(),
                limit);
    }
}
