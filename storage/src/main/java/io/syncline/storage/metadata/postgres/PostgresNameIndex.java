package io.syncline.storage.metadata.postgres;

import io.syncline.core.name.NameKey;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.storage.metadata.NameIndex;
import io.syncline.storage.metadata.ProjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The index of names by their trigrams, in a GIN index over arrays of numbers. Before each name
 * stand two slashes, which are in no name: so the first one or two characters are part of trigrams
 * too, and short terms are found as beginnings.
 */
final class PostgresNameIndex implements NameIndex.Writable {
    /** Trigrams of a term that are asked for; the rest is left to whoever checks the names. */
    private static final int GRAMS_MAX = 8;

    private static final String START = "//";

    private static final String UP_TO = "SELECT sequence FROM name_gram_cursor WHERE project = ?";

    /** By the trigrams, or down from the highest id where the planner knows them to be frequent. */
    static final String CANDIDATES =
            "SELECT node FROM name_gram WHERE grams @> ?::integer[] AND project = ? AND node < ?"
                    + " ORDER BY node DESC LIMIT ?";

    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresNameIndex(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    @Override
    public long upTo() {
        return transaction.one(row -> row.getLong(1), UP_TO, project.value()).orElse(0L);
    }

    @Override
    public List<NodeId> candidates(String term, long below, int limit) {
        int[] points = (isShort(term) ? START + term : term).codePoints().toArray();
        // A beginning of one character is one trigram; of two it is the last of two.
        int first = isShort(term) ? points.length - 3 : 0;
        int last = points.length - 3;
        int steps = Math.min(GRAMS_MAX, last - first + 1);
        TreeSet<Integer> grams = new TreeSet<>();
        for (int i = 0; i < steps; i++) {
            grams.add(gram(points, steps == 1 ? first : first + i * (last - first) / (steps - 1)));
        }
        return transaction.list(
                row -> new NodeId(row.getLong(1)),
                CANDIDATES,
                array(grams),
                project.value(),
                below,
                limit);
    }

    private static boolean isShort(String term) {
        return term.codePointCount(0, term.length()) < 3;
    }

    /** Three characters as a number; others may have the same one. */
    private int gram(int[] points, int at) {
        int mixed = Long.hashCode(project.value());
        for (int i = at; i < at + 3; i++) {
            // A step of Murmur3 (Appleby 2011).
            mixed = Integer.rotateLeft(mixed ^ points[i] * 0xcc9e2d51, 13) * 5 + 0xe6546b64;
        }
        mixed = (mixed ^ mixed >>> 16) * 0x85ebca6b;
        return mixed ^ mixed >>> 13;
    }

    private static int[] array(Set<Integer> grams) {
        return grams.stream().mapToInt(Integer::intValue).toArray();
    }

    private int[] gramsOf(Node node) {
        int[] points = (START + NameKey.of(node.place().name())).codePoints().toArray();
        TreeSet<Integer> grams = new TreeSet<>();
        for (int at = 0; at + 3 <= points.length; at++) {
            grams.add(gram(points, at));
        }
        return array(grams);
    }

    @Override
    public int follow(int limit) {
        // One node at a time: the row is the lock.
        transaction.update(
                "INSERT INTO name_gram_cursor (project, sequence) VALUES (?, 0)"
                        + " ON CONFLICT DO NOTHING",
                project.value());
        long upTo =
                transaction
                        .one(row -> row.getLong(1), UP_TO + " FOR UPDATE", project.value())
                        .orElseThrow();
        List<Node> changes = transaction.nodes(project).changes(upTo, limit);
        if (changes.isEmpty()) {
            return 0;
        }
        List<Long> gone = new ArrayList<>();
        List<Long> ids = new ArrayList<>();
        List<String> grams = new ArrayList<>();
        for (Node node : changes) {
            if (node.deleted()) {
                gone.add(node.id().value());
            } else {
                ids.add(node.id().value());
                grams.add(literal(gramsOf(node)));
            }
        }
        if (!gone.isEmpty()) {
            transaction.update(
                    "DELETE FROM name_gram WHERE project = ? AND node = ANY (?)",
                    project.value(),
                    SqlArray.of(gone));
        }
        if (!ids.isEmpty()) {
            // Arrays of different lengths can't be a column of an array, so they come as text.
            transaction.update(
                    "INSERT INTO name_gram AS g (project, node, grams)"
                            + " SELECT ?, u.node, u.grams::integer[]"
                            + " FROM unnest(?::bigint[], ?::text[]) AS u (node, grams)"
                            + " ON CONFLICT (project, node) DO UPDATE SET grams = excluded.grams"
                            + " WHERE g.grams <> excluded.grams",
                    project.value(),
                    SqlArray.of(ids),
                    SqlArray.of(grams));
        }
        transaction.update(
                "UPDATE name_gram_cursor SET sequence = ? WHERE project = ?",
                changes.getLast().sequence(),
                project.value());
        return changes.size();
    }

    /** An array as PostgreSQL reads it. */
    private static String literal(int[] grams) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < grams.length; i++) {
            text.append(i == 0 ? "" : ",").append(grams[i]);
        }
        return text.append('}').toString();
    }
}
