package io.syncline.storage.metadata.postgres;

import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.ListingOrder;
import io.syncline.storage.metadata.Listing;
import io.syncline.storage.metadata.ListingChanges;
import io.syncline.storage.metadata.ListingKey;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.ProjectKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Listings in PostgreSQL. A listing is two walks, one over an index of directories and one over an
 * index of everything else.
 */
final class PostgresListings implements Listings {
    /** One part of a listing in one order. */
    enum Part {
        DIRECTORIES("kind = 2", "name"),
        NAME("kind <> 2", "name"),
        SIZE("kind <> 2", "size"),
        TIME("kind <> 2", "mtime_ns");

        private final String from;
        private final String keyAndName;
        private final boolean byName;

        Part(String kinds, String column) {
            this.from = " FROM node WHERE project = ? AND parent = ? AND NOT deleted AND " + kinds;
            this.byName = column.equals("name");
            this.keyAndName = byName ? "name" : column + ", name";
        }

        /** The rows on one side of a position. */
        String rows(Optional<String> comparison, boolean descending) {
            return NodeRow.SELECT + from + range(comparison, descending) + " LIMIT ?";
        }

        private String range(Optional<String> comparison, boolean descending) {
            return comparison.map(this::beyond).orElse("")
                    + " ORDER BY "
                    + (descending ? keyAndName.replace(",", " DESC,") + " DESC" : keyAndName);
        }

        private String beyond(String comparison) {
            return byName
                    ? " AND name " + comparison + " ?"
                    : " AND (" + keyAndName + ") " + comparison + " (?, ?)";
        }

        /** Value and name of the row that comes so many rows after a position. */
        String keyAt(Optional<String> comparison, boolean descending) {
            return keys() + range(comparison, descending) + " LIMIT 1 OFFSET ?";
        }

        private String keys() {
            return "SELECT " + (byName ? "0::bigint, name" : keyAndName) + from;
        }

        /** How many rows are from one position on, before another one, or both. */
        String count(boolean isFrom, boolean isTo, boolean descending) {
            String low = isFrom ? beyond(descending ? "<=" : ">=") : "";
            String high = isTo ? beyond(descending ? ">" : "<") : "";
            return "SELECT count(*)" + from + low + high;
        }
    }

    private static final String OF =
            "SELECT version, directories, others FROM listing WHERE project = ? AND directory = ?";
    private static final String CHANGED =
            "INSERT INTO listing AS l (project, directory, version, directories, others)"
                    + " SELECT ?, * FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])"
                    + " ON CONFLICT (project, directory) DO UPDATE SET"
                    + " version = greatest(l.version, excluded.version),"
                    + " directories = l.directories + excluded.directories,"
                    + " others = l.others + excluded.others";
    private static final String EMPTIED =
            "DELETE FROM listing WHERE project = ? AND directories = 0 AND others = 0"
                    + " AND directory = ANY (?)";

    private static final Map<Part, Statements> STATEMENTS = statements();

    /**
     * A part's statements, made once: those of ascending order, then those of descending order,
     * each for all rows, those beyond a position, and those at or beyond it; of counts see {@link
     * Part#count}.
     */
    private record Statements(List<String> rows, List<String> keyAt, List<String> count) {
        static String pick(List<String> of, boolean descending, int which) {
            return of.get((descending ? 3 : 0) + which);
        }
    }

    private final PostgresTransaction transaction;
    private final ProjectKey project;

    PostgresListings(PostgresTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private static Map<Part, Statements> statements() {
        Map<Part, Statements> made = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            List<String> rows = new ArrayList<>();
            List<String> keyAt = new ArrayList<>();
            List<String> count = new ArrayList<>();
            for (boolean descending : new boolean[] {false, true}) {
                String beyond = descending ? "<" : ">";
                for (Optional<String> comparison :
                        List.of(
                                Optional.<String>empty(),
                                Optional.of(beyond),
                                Optional.of(beyond + "="))) {
                    rows.add(part.rows(comparison, descending));
                    keyAt.add(part.keyAt(comparison, descending));
                }
                count.add(part.count(true, false, descending));
                count.add(part.count(true, true, descending));
                count.add(part.count(false, true, descending));
            }
            made.put(part, new Statements(rows, keyAt, count));
        }
        return made;
    }

    private static Statements statements(Part part) {
        return Objects.requireNonNull(STATEMENTS.get(part));
    }

    /** Every statement of a part that reads rows, or every one that walks or counts; for tests. */
    static List<String> allStatements(Part part, boolean ofRows) {
        Statements of = statements(part);
        List<String> all = new ArrayList<>();
        if (ofRows) {
            all.addAll(of.rows);
        } else {
            all.addAll(of.keyAt);
            all.addAll(of.count);
        }
        return all;
    }

    private static Part others(ListingOrder order) {
        return switch (order.sort()) {
            case NAME -> Part.NAME;
            case SIZE -> Part.SIZE;
            case TIME -> Part.TIME;
        };
    }

    private static Part part(ListingOrder order, boolean directories) {
        return directories ? Part.DIRECTORIES : others(order);
    }

    private static boolean descending(ListingOrder order, boolean directories) {
        return directories ? order.directoriesDescending() : order.descending();
    }

    @Override
    public Listing of(NodeId directory) {
        return transaction
                .one(
                        row -> new Listing(row.getLong(1), row.getLong(2), row.getLong(3)),
                        OF,
                        project.value(),
                        directory.value())
                .orElse(Listing.EMPTY);
    }

    @Override
    public List<Node> forward(
            NodeId directory, ListingOrder order, Optional<Bound> from, int limit) {
        boolean first = from.isEmpty() || from.get().key().directory();
        List<Node> page = first ? rows(directory, order, true, false, from, limit) : List.of();
        if (page.size() == limit) {
            return page;
        }
        List<Node> found = new ArrayList<>(page);
        found.addAll(
                rows(
                        directory,
                        order,
                        false,
                        false,
                        first ? Optional.empty() : from,
                        limit - page.size()));
        return found;
    }

    @Override
    public List<Node> backward(
            NodeId directory, ListingOrder order, Optional<Bound> until, int limit) {
        boolean last = until.isEmpty() || !until.get().key().directory();
        List<Node> page = last ? rows(directory, order, false, true, until, limit) : List.of();
        if (page.size() == limit) {
            return page.reversed();
        }
        List<Node> found = new ArrayList<>(page);
        found.addAll(
                rows(
                        directory,
                        order,
                        true,
                        true,
                        last ? Optional.empty() : until,
                        limit - page.size()));
        return found.reversed();
    }

    /** Rows of one part, in the listing's order or against it. */
    private List<Node> rows(
            NodeId directory,
            ListingOrder order,
            boolean directories,
            boolean against,
            Optional<Bound> from,
            int limit) {
        Part part = part(order, directories);
        boolean descending = descending(order, directories) != against;
        int side = from.map(bound -> bound.inclusive() ? 2 : 1).orElse(0);
        String sql = Statements.pick(statements(part).rows, descending, side);
        return transaction.list(
                new NodeRow(),
                sql,
                values(directory, part, from.map(Bound::key), Optional.empty(), limit));
    }

    private @Nullable Object[] values(
            NodeId directory,
            Part part,
            Optional<ListingKey> from,
            Optional<ListingKey> to,
            int... numbers) {
        List<Object> values = new ArrayList<>(List.of(project.value(), directory.value()));
        from.ifPresent(key -> addKey(values, part, key));
        to.ifPresent(key -> addKey(values, part, key));
        for (int number : numbers) {
            values.add(number);
        }
        return values.toArray();
    }

    private static void addKey(List<Object> values, Part part, ListingKey key) {
        if (!part.byName) {
            values.add(key.value());
        }
        values.add(key.name());
    }

    @Override
    public List<ListingKey> pageStarts(NodeId directory, ListingOrder order, int size) {
        List<ListingKey> starts = new ArrayList<>();
        walk(directory, order, true, 0, size, starts);
        long directories = of(directory).directories();
        // The first page may be filled up by what follows the directories.
        walk(directory, order, false, (int) ((size - directories % size) % size), size, starts);
        return starts;
    }

    private void walk(
            NodeId directory,
            ListingOrder order,
            boolean directories,
            int first,
            int size,
            List<ListingKey> into) {
        Part part = part(order, directories);
        List<String> sql = statements(part).keyAt;
        boolean descending = descending(order, directories);
        Optional<ListingKey> at =
                keyAt(
                        directory,
                        part,
                        Statements.pick(sql, descending, 0),
                        Optional.empty(),
                        first);
        while (at.isPresent()) {
            into.add(at.get());
            at = keyAt(directory, part, Statements.pick(sql, descending, 2), at, size);
        }
    }

    private Optional<ListingKey> keyAt(
            NodeId directory, Part part, String sql, Optional<ListingKey> from, int offset) {
        return transaction.one(
                row -> new ListingKey(part == Part.DIRECTORIES, row.getLong(1), row.getString(2)),
                sql,
                values(directory, part, from, Optional.empty(), offset));
    }

    @Override
    public long distance(NodeId directory, ListingOrder order, ListingKey from, ListingKey to) {
        if (ListingKey.comparator(order).compare(from, to) >= 0) {
            return 0;
        }
        if (from.directory() == to.directory()) {
            return count(directory, order, from, Optional.of(to));
        }
        // From the last directories over to the others.
        return count(directory, order, from, Optional.empty()) + countBefore(directory, order, to);
    }

    private long countBefore(NodeId directory, ListingOrder order, ListingKey to) {
        Part part = others(order);
        return transaction
                .one(
                        row -> row.getLong(1),
                        Statements.pick(statements(part).count, order.descending(), 2),
                        values(directory, part, Optional.of(to), Optional.empty()))
                .orElse(0L);
    }

    private long count(
            NodeId directory, ListingOrder order, ListingKey from, Optional<ListingKey> to) {
        boolean directories = from.directory();
        Part part = part(order, directories);
        boolean descending = descending(order, directories);
        return transaction
                .one(
                        row -> row.getLong(1),
                        Statements.pick(statements(part).count, descending, to.isPresent() ? 1 : 0),
                        values(directory, part, Optional.of(from), to))
                .orElse(0L);
    }

    /** Tells listings of changes of their rows. */
    static void change(
            PostgresTransaction transaction, ProjectKey project, ListingChanges changes) {
        List<Long> directories = new ArrayList<>();
        List<Long> versions = new ArrayList<>();
        List<Long> ofDirectories = new ArrayList<>();
        List<Long> ofOthers = new ArrayList<>();
        List<Long> shrunk = new ArrayList<>();
        changes.forEach((directory, change) -> {
            directories.add(directory.value());
            versions.add(change.version());
            ofDirectories.add(change.directories());
            ofOthers.add(change.others());
            if (change.directories() < 0 || change.others() < 0) {
                shrunk.add(directory.value());
            }
        });
        if (directories.isEmpty()) {
            return;
        }
        transaction.update(
                CHANGED,
                project.value(),
                SqlArray.of(directories),
                SqlArray.of(versions),
                SqlArray.of(ofDirectories),
                SqlArray.of(ofOthers));
        if (!shrunk.isEmpty()) {
            transaction.update(EMPTIED, project.value(), SqlArray.of(shrunk));
        }
    }
}
