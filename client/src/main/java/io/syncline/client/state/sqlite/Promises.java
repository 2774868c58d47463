package io.syncline.client.state.sqlite;

import io.syncline.client.state.Intent;
import io.syncline.client.state.Journalled;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.NodeId;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;
import java.util.stream.Collectors;

/**
 * What must survive a crash: unanswered commits, open intents, and named values. Guarded by the
 * store's lock, which each method takes itself.
 */
final class Promises {
    private final Session session;

    /** What the engine asks for again and again is far less; of nodes there may be any number. */
    private static final int CACHED_MAX = 128;

    /** Values as they are stored, those that were last asked for. */
    private final Map<String, Optional<String>> values =
            new LinkedHashMap<>(CACHED_MAX, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Optional<String>> eldest) {
                    return size() > CACHED_MAX;
                }
            };

    Promises(Session session) {
        this.session = session;
    }

    void putJournal(Journalled entry) {
        session.write(
                "INSERT OR REPLACE INTO journal (id, body, nodes, created) VALUES (?,?,?,?)",
                entry.id().value(),
                entry.body(),
                entry.nodes().stream()
                        .map(id -> Long.toString(id.value()))
                        .collect(Collectors.joining(" ")),
                entry.createdMillis());
    }

    void removeJournal(CommitId id) {
        session.write("DELETE FROM journal WHERE id = ?", id.value());
    }

    List<Journalled> journal() {
        return session.list(
                "SELECT id, body, nodes, created FROM journal ORDER BY created, id",
                Promises::journalled);
    }

    private static Journalled journalled(Statements.Row row) throws SQLException {
        return new Journalled(
                new CommitId(row.text()), row.text(), nodes(row.text()), row.integer());
    }

    private static List<NodeId> nodes(String text) {
        return new Scanner(text).tokens().map(id -> new NodeId(Long.parseLong(id))).toList();
    }

    void putIntent(Intent intent) {
        session.write(
                "INSERT OR REPLACE INTO intent (id, node, kind, body) VALUES (?,?,?,?)",
                intent.id(),
                intent.node(),
                intent.kind(),
                intent.body());
    }

    void removeIntent(long id) {
        session.write("DELETE FROM intent WHERE id = ?", id);
    }

    List<Intent> intents() {
        return session.list(
                "SELECT id, node, kind, body FROM intent ORDER BY id",
                row -> new Intent(row.integer(), row.id(), row.text(), row.text()));
    }

    Optional<String> value(String key) {
        return session.read(() -> values.computeIfAbsent(key, this::stored));
    }

    private Optional<String> stored(String key) {
        return session.statements()
                .one("SELECT value FROM value WHERE key = ?", Statements.Row::text, key);
    }

    void putValue(String key, String value) {
        session.checkOpen();
        values.put(key, Optional.of(value));
        session.write("INSERT OR REPLACE INTO value (key, value) VALUES (?,?)", key, value);
    }

    void removeValue(String key) {
        session.checkOpen();
        values.put(key, Optional.empty());
        session.write("DELETE FROM value WHERE key = ?", key);
    }

    void forget() {
        values.clear();
    }
}
