package io.syncline.storage.metadata.sqlite;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ListingOrder.Sort;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.sqlite.SqliteListings.State;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What large directories hold in order of size and of time. Sorting a small directory for each page
 * of it takes 1 µs a row; keeping it in order would take each commit a page of the database for
 * each changed node and order, wherever in the project the nodes are.
 */
final class SqliteListingRows {
    /** A directory with more rows than this, directories not counted, is kept in order. */
    static final int KEPT_ROWS_MIN = 4_096;

    /** Codes of {@code listing_row.sort}, which never change. */
    static final int BY_SIZE = 1;

    static final int BY_TIME = 2;

    private static final String ADD =
            "INSERT INTO listing_row (project, directory, sort, value, row_name, node)"
                    + " VALUES (?, ?, ?, ?, ?, ?)";
    private static final String REMOVE =
            "DELETE FROM listing_row WHERE project = ? AND directory = ? AND sort = ?"
                    + " AND value = ? AND row_name = ?";
    private static final String CLEAR =
            "DELETE FROM listing_row WHERE project = ? AND directory = ?";
    private static final String FILL_BY_SIZE = fill(BY_SIZE, "size");
    private static final String FILL_BY_TIME = fill(BY_TIME, "mtime_ns");
    private static final String ORDERED =
            "UPDATE listing SET ordered = ? WHERE project = ? AND directory = ?";

    private final Sql sql;
    private final ProjectKey project;

    SqliteListingRows(Sql sql, ProjectKey project) {
        this.sql = sql;
        this.project = project;
    }

    /** In order, so that the rows go to the end of what was written before. */
    private static String fill(int sort, String column) {
        return "INSERT INTO listing_row SELECT project, parent, "
                + sort
                + ", "
                + column
                + ", name, id FROM node INDEXED BY node_name"
                + " WHERE project = ? AND parent = ? AND deleted = 0 AND kind <> 2 ORDER BY "
                + column
                + ", name";
    }

    /** In a commit, at most as many rows as the bound and one commit's. */
    void keep(NodeId directory) {
        sql.update(FILL_BY_SIZE, project.value(), directory.value());
        sql.update(FILL_BY_TIME, project.value(), directory.value());
        sql.update(ORDERED, 1, project.value(), directory.value());
    }

    private void forget(NodeId directory) {
        sql.update(CLEAR, project.value(), directory.value());
        sql.update(ORDERED, 0, project.value(), directory.value());
    }

    /** A place in the order of one directory. */
    private record Row(NodeId directory, int sort, ListingKey key, NodeId id) {}

    /**
     * Takes new versions, which the nodes' rows hold already, into the directories that are kept in
     * order. Those that became large or small become or stop being kept; not at the same size, so
     * that none goes to and fro.
     *
     * @param left the nodes as they were
     * @param joined as they are now
     * @param directories what became of all directories that they were or are in
     */
    void changed(List<Node> left, List<Node> joined, Map<NodeId, State> directories) {
        Set<NodeId> kept = new HashSet<>();
        directories.forEach((directory, now) -> {
            if (!now.kept() && now.others() > sql.keptRowsMin()) {
                keep(directory);
            } else if (now.kept() && now.others() < sql.keptRowsMin() / 2) {
                forget(directory);
            } else if (now.kept()) {
                kept.add(directory);
            }
        });
        if (!kept.isEmpty()) {
            move(rows(left, kept), rows(joined, kept));
        }
    }

    private void move(Set<Row> left, Set<Row> joined) {
        // Names may have been swapped among them: all go before any comes.
        for (Row row : left) {
            if (!joined.contains(row)) {
                sql.update(
                        REMOVE,
                        project.value(),
                        row.directory.value(),
                        row.sort,
                        row.key.value(),
                        row.key.name());
            }
        }
        for (Row row : joined) {
            if (!left.contains(row)) {
                sql.update(
                        ADD,
                        project.value(),
                        row.directory.value(),
                        row.sort,
                        row.key.value(),
                        row.key.name(),
                        row.id.value());
            }
        }
    }

    private static Set<Row> rows(List<Node> nodes, Set<NodeId> kept) {
        Set<Row> rows = new LinkedHashSet<>();
        for (Node node : nodes) {
            NodeId directory = node.place().parent();
            if (!node.deleted() && !node.item().isDirectory() && kept.contains(directory)) {
                rows.add(row(node, Sort.SIZE, BY_SIZE));
                rows.add(row(node, Sort.TIME, BY_TIME));
            }
        }
        return rows;
    }

    private static Row row(Node node, Sort sort, int code) {
        return new Row(node.place().parent(), code, ListingKey.of(node, sort), node.id());
    }
}
