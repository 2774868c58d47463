package io.syncline.client.state.sqlite;

import io.syncline.client.state.RemoteRow;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.List;
import java.util.Optional;

/**
 * Where the server differs, and the tree that is fetched anew after RESYNC. Guarded by the store's
 * lock, which each method takes itself.
 */
final class RemoteTable {
    private static final String VALUES = "(" + Rows.REMOTE + ") VALUES (?,?,?,?,?,?,?,?,?,?,?)";

    private final Session session;
    private final AgreedTable agreed;
    private final RowCache<RemoteRow> rows = new RowCache<>();
    private final PlaceCache places = new PlaceCache();
    private final Tally tally = new Tally();
    private final Tally deletedTally = new Tally();

    RemoteTable(Session session, AgreedTable agreed) {
        this.session = session;
        this.agreed = agreed;
    }

    Optional<RemoteRow> get(NodeId id) {
        return session.read(() -> rows.get(id, this::stored));
    }

    private Optional<RemoteRow> stored(NodeId id) {
        if (id.value() <= 0 || !session.exists("SELECT 1 FROM remote_overlay WHERE id = ?", id)) {
            return Optional.empty();
        }
        return session.statements()
                .one(
                        "SELECT " + Rows.REMOTE + " FROM remote_overlay WHERE id = ?",
                        Rows::remote,
                        id);
    }

    void put(RemoteRow row) {
        session.checkOpen();
        Optional<RemoteRow> before = get(row.id());
        tally.add(before.isEmpty() ? 1 : 0);
        deletedChanged(row.id(), deleted(Optional.of(row)) - deleted(before));
        places.changed(before.map(RemoteRow::place));
        places.changed(Optional.of(row.place()));
        rows.put(row.id(), Optional.of(row));
        session.write("INSERT OR REPLACE INTO remote_overlay " + VALUES, Rows.parameters(row));
    }

    void remove(NodeId id) {
        session.checkOpen();
        Optional<RemoteRow> before = get(id);
        tally.add(before.isEmpty() ? 0 : -1);
        deletedChanged(id, -deleted(before));
        places.changed(before.map(RemoteRow::place));
        rows.put(id, Optional.empty());
        session.write("DELETE FROM remote_overlay WHERE id = ?", id);
    }

    private void deletedChanged(NodeId id, int more) {
        if (more != 0 && agreed.get(id).isPresent()) {
            deletedTally.add(more);
        }
    }

    /** A node becomes agreed, or stops being so: a deleted one counts if it is. */
    void agreedChanges(NodeId id, boolean becomes) {
        deletedTally.add(becomes ? deleted(get(id)) : -deleted(get(id)));
    }

    private static int deleted(Optional<RemoteRow> row) {
        return row.filter(RemoteRow::deleted).isPresent() ? 1 : 0;
    }

    List<NodeId> at(Place place) {
        return session.read(() ->
                places.get(
                        place,
                        at ->
                                session.at(
                                        "SELECT id FROM remote_overlay WHERE parent = ? AND name ="
                                                + " ? AND deleted = 0 ORDER BY id",
                                        at)));
    }

    List<NodeId> children(NodeId parent, NodeId after, int limit) {
        return session.ids(
                "SELECT id FROM remote_overlay INDEXED BY remote_overlay_parent WHERE parent = ?"
                        + " AND deleted = 0 AND id > ? ORDER BY id LIMIT ?",
                parent,
                after,
                limit);
    }

    List<RemoteRow> after(NodeId after, int limit) {
        return session.read(() -> {
            List<RemoteRow> page = page("remote_overlay", after, limit);
            // Whoever lists them asks for each of them next.
            page.forEach(row -> rows.put(row.id(), Optional.of(row)));
            return page;
        });
    }

    private List<RemoteRow> page(String table, NodeId after, int limit) {
        return session.list(
                "SELECT " + Rows.REMOTE + " FROM " + table + " WHERE id > ? ORDER BY id LIMIT ?",
                Rows::remote,
                after,
                limit);
    }

    long count() {
        return session.read(() ->
                tally.get(() -> session.statements().count("SELECT count(*) FROM remote_overlay")));
    }

    long deletedCount() {
        return session.read(() ->
                deletedTally.get(() ->
                        session.statements()
                                .count(
                                        "SELECT count(*) FROM remote_overlay r WHERE deleted = 1"
                                                + " AND EXISTS (SELECT 1 FROM agreed a WHERE a.id ="
                                                + " r.id)")));
    }

    void dropTombstones(long upToSequence) {
        session.checkOpen();
        // Places hold live nodes only, and the count of deleted ones agreed nodes: they stay.
        rows.clear();
        tally.clear();
        session.write(
                "DELETE FROM remote_overlay WHERE deleted = 1 AND version <= ? AND NOT EXISTS"
                        + " (SELECT 1 FROM agreed a WHERE a.id = remote_overlay.id)",
                upToSequence);
    }

    // Staged rows.

    void putStaged(RemoteRow row) {
        session.write("INSERT OR REPLACE INTO staged " + VALUES, Rows.parameters(row));
    }

    Optional<RemoteRow> staged(NodeId id) {
        return session.read(() ->
                session.statements()
                        .one(
                                "SELECT " + Rows.REMOTE + " FROM staged WHERE id = ?",
                                Rows::remote,
                                id));
    }

    List<RemoteRow> stagedAfter(NodeId after, int limit) {
        return page("staged", after, limit);
    }

    void clearStaged() {
        session.write("DELETE FROM staged");
    }

    void takeStaged() {
        session.write("INSERT INTO remote_overlay SELECT * FROM staged ORDER BY id");
        forget();
        clearStaged();
    }

    void forget() {
        rows.clear();
        places.clear();
        tally.clear();
        deletedTally.clear();
    }
}
