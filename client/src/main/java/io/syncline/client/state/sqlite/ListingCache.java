package io.syncline.client.state.sqlite;

import io.syncline.client.scan.ListingDigest;
import io.syncline.core.tree.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sums of the directories that were last seen whole: all of them, since each row that is
 * written asks whether its directory has one. At most {@value #DIRECTORIES_MAX}; those beyond are
 * compared entry by entry. Guarded by the store's lock; loaded when first asked, and again after a
 * rollback.
 */
final class ListingCache {
    static final int DIRECTORIES_MAX = 1 << 19;

    private static final int PAGE = 10_000;

    private final Statements statements;
    private final Map<NodeId, ListingDigest> listings = new HashMap<>();
    private boolean loaded;

    private record Row(NodeId directory, ListingDigest digest) {}

    ListingCache(Statements statements) {
        this.statements = statements;
    }

    Optional<ListingDigest> get(NodeId directory) {
        load();
        return Optional.ofNullable(listings.get(directory));
    }

    void put(NodeId directory, ListingDigest digest) {
        load();
        if (listings.size() < DIRECTORIES_MAX || listings.containsKey(directory)) {
            listings.put(directory, digest);
            statements.run(
                    "INSERT OR REPLACE INTO listing (directory, high, low) VALUES (?,?,?)",
                    directory,
                    digest.high(),
                    digest.low());
        }
    }

    /** Something seen in there changes. */
    void changed(NodeId directory) {
        load();
        if (listings.remove(directory) != null) {
            statements.run("DELETE FROM listing WHERE directory = ?", directory);
        }
    }

    void clear() {
        listings.clear();
        loaded = false;
    }

    private void load() {
        if (loaded) {
            return;
        }
        loaded = true;
        long after = Long.MIN_VALUE;
        while (true) {
            var page =
                    statements.list(
                            "SELECT directory, high, low FROM listing WHERE directory > ? ORDER BY"
                                    + " directory LIMIT ?",
                            row ->
                                    new Row(
                                            row.id(),
                                            new ListingDigest(row.integer(), row.integer())),
                            after,
                            PAGE);
            if (page.isEmpty()) {
                return;
            }
            page.forEach(row -> listings.put(row.directory(), row.digest()));
            after = page.getLast().directory().value();
        }
    }
}
