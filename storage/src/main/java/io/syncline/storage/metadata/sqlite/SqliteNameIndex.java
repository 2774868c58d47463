package io.syncline.storage.metadata.sqlite;

import io.syncline.core.name.NameKey;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.storage.metadata.NameIndex;
import io.syncline.storage.metadata.ProjectKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The index of names in an FTS5 table of trigrams. Before each name stand two slashes, which are in
 * no name: so the first one or two characters are part of trigrams too, and short terms are found
 * as beginnings.
 */
final class SqliteNameIndex implements NameIndex.Writable {
    /** A row's number holds the node's id in its low bits, and the project's key above. */
    private static final int ID_BITS = 44;

    private static final long IDS = 1L << ID_BITS;

    /** Trigrams of a term that are asked for; the rest is left to whoever checks the names. */
    private static final int GRAMS_MAX = 8;

    private static final String START = "//";

    private static final String UP_TO = "SELECT sequence FROM name_index_cursor WHERE project = ?";
    static final String CANDIDATES =
            "SELECT rowid FROM name_index WHERE name_index MATCH ? AND rowid >= ? AND rowid < ?"
                    + " ORDER BY rowid DESC LIMIT ?";
    private static final String PUT =
            "INSERT OR REPLACE INTO name_index (rowid, name) VALUES (?, ?)";
    private static final String REMOVE = "DELETE FROM name_index WHERE rowid = ?";
    private static final String ADVANCE =
            "INSERT OR REPLACE INTO name_index_cursor (project, sequence) VALUES (?, ?)";

    private final SqliteTransaction transaction;
    private final ProjectKey project;

    SqliteNameIndex(SqliteTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public long upTo() {
        return transaction.sql().one(row -> row.getLong(1), UP_TO, project.value()).orElse(0L);
    }

    @Override
    public List<NodeId> candidates(String term, long below, int limit) {
        return transaction
                .sql()
                .list(
                        row -> new NodeId(row.getLong(1) & (IDS - 1)),
                        CANDIDATES,
                        expression(term),
                        rowOf(0),
                        rowOf(Math.clamp(below, 0, IDS - 1)),
                        limit);
    }

    /** An expression of FTS5: all these trigrams, in whatever order. */
    static String expression(String term) {
        int[] points =
                (term.codePointCount(0, term.length()) < 3 ? START + term : term)
                        .codePoints()
                        .toArray();
        // A beginning of one character is one trigram; of two it is the last of two.
        int first = term.codePointCount(0, term.length()) < 3 ? points.length - 3 : 0;
        int last = points.length - 3;
        Set<String> grams = new LinkedHashSet<>();
        int steps = Math.min(GRAMS_MAX, last - first + 1);
        for (int i = 0; i < steps; i++) {
            int at = steps == 1 ? first : first + i * (last - first) / (steps - 1);
            grams.add(new String(points, at, 3));
        }
        return grams.stream()
                .map(gram -> '"' + gram.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(" AND "));
    }

    @Override
    public int follow(int limit) {
        List<Node> changes = new SqliteNodes(transaction, project).changes(upTo(), limit);
        for (Node node : changes) {
            long row = rowOf(node.id().value());
            if (node.deleted()) {
                transaction.update(REMOVE, row);
            } else {
                transaction.update(PUT, row, START + NameKey.of(node.place().name()));
            }
        }
        if (!changes.isEmpty()) {
            transaction.update(ADVANCE, project.value(), changes.getLast().sequence());
        }
        return changes.size();
    }

    private long rowOf(long id) {
        if (id >= IDS || project.value() >= Long.MAX_VALUE >> ID_BITS) {
            throw new IllegalStateException(
                    "no room in the index of names for node " + id + " of project " + project);
        }
        return project.value() << ID_BITS | id;
    }
}
