package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Sweeper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

final class MemorySweeper implements Sweeper {
    private final MemoryTransaction transaction;

    MemorySweeper(MemoryTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public int sessions(Instant now, int limit) {
        Tables tables = transaction.tables();
        var expired = keys(tables.sessions, session -> !session.expires().isAfter(now), limit);
        expired.forEach(token -> tables.sessions = tables.sessions.remove(token));
        return expired.size();
    }

    @Override
    public int links(Instant now, int limit) {
        Tables tables = transaction.tables();
        var expired = keys(tables.links, link -> !MemoryLinks.usable(link, now), limit);
        for (var id : expired) {
            tables.linkSecrets =
                    tables.linkSecrets.remove(tables.links.get(id).orElseThrow().secret());
            tables.links = tables.links.remove(id);
        }
        return expired.size();
    }

    @Override
    public int uploads(Instant now, int limit) {
        int swept = 0;
        for (ProjectKey key : keys(transaction.tables().projects, _ -> true, Integer.MAX_VALUE)) {
            ProjectTables tables = transaction.project(key);
            var expired =
                    keys(tables.uploads, session -> !session.expires().isAfter(now), limit - swept);
            expired.forEach(device -> tables.uploads = tables.uploads.remove(device));
            swept += expired.size();
        }
        return swept;
    }

    @Override
    public int replicas(Instant seenBefore, int limit) {
        int swept = 0;
        for (ProjectKey key : keys(transaction.tables().projects, _ -> true, Integer.MAX_VALUE)) {
            ProjectTables tables = transaction.project(key);
            var unseen =
                    keys(
                            tables.replicas,
                            replica -> replica.seen().isBefore(seenBefore),
                            limit - swept);
            unseen.forEach(replica -> tables.replicas = tables.replicas.remove(replica));
            swept += unseen.size();
        }
        return swept;
    }

    @Override
    public int answers(Instant before, int limit) {
        int swept = 0;
        for (ProjectKey key : keys(transaction.tables().projects, _ -> true, Integer.MAX_VALUE)) {
            ProjectTables tables = transaction.project(key);
            var expired =
                    keys(tables.answers, answer -> answer.time().isBefore(before), limit - swept);
            expired.forEach(commit -> tables.answers = tables.answers.remove(commit));
            swept += expired.size();
        }
        return swept;
    }

    private static <K, V> List<K> keys(PersistentMap<K, V> map, Predicate<V> wanted, int limit) {
        List<K> found = new ArrayList<>();
        BiPredicate<K, V> visitor =
                (key, value) -> {
                    if (found.size() < limit && wanted.test(value)) {
                        found.add(key);
                    }
                    return found.size() < limit;
                };
        map.all(visitor);
        return found;
    }
}
