package io.syncline.client.state.sqlite;

import io.syncline.client.state.Agreed;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.List;
import java.util.Optional;

/** The agreed tree. Guarded by the store's lock, which each method takes itself. */
final class AgreedTable {
    private final Session session;
    private final ListingCache listings;
    private final RowCache<Agreed> rows = new RowCache<>();
    private final PlaceCache places = new PlaceCache();
    private final Tally tally = new Tally();

    AgreedTable(Session session, ListingCache listings) {
        this.session = session;
        this.listings = listings;
    }

    Optional<Agreed> get(NodeId id) {
        return session.read(() -> rows.get(id, this::stored));
    }

    private Optional<Agreed> stored(NodeId id) {
        if (id.value() <= 0 || !session.exists("SELECT 1 FROM agreed WHERE id = ?", id)) {
            return Optional.empty();
        }
        return session.statements()
                .one("SELECT " + Rows.AGREED + " FROM agreed WHERE id = ?", Rows::agreed, id);
    }

    void put(Agreed row) {
        session.checkOpen();
        Optional<Agreed> before = get(row.id());
        tally.add(before.isEmpty() ? 1 : 0);
        changed(before.map(Agreed::place));
        changed(Optional.of(row.place()));
        rows.put(row.id(), Optional.of(row));
        session.write(
                "INSERT OR REPLACE INTO agreed ("
                        + Rows.AGREED
                        + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                Rows.parameters(row));
    }

    void remove(NodeId id) {
        session.checkOpen();
        Optional<Agreed> before = get(id);
        tally.add(before.isPresent() ? -1 : 0);
        changed(before.map(Agreed::place));
        rows.put(id, Optional.empty());
        session.write("DELETE FROM agreed WHERE id = ?", id);
    }

    private void changed(Optional<Place> place) {
        places.changed(place);
        place.ifPresent(at -> listings.changed(at.parent()));
    }

    List<NodeId> at(Place place) {
        return session.read(() ->
                places.get(
                        place,
                        at ->
                                session.at(
                                        "SELECT id FROM agreed WHERE parent = ? AND name = ? ORDER"
                                                + " BY id",
                                        at)));
    }

    List<NodeId> children(NodeId parent, NodeId after, int limit) {
        return session.ids(
                "SELECT id FROM agreed INDEXED BY agreed_parent WHERE parent = ? AND id > ? ORDER"
                        + " BY id LIMIT ?",
                parent,
                after,
                limit);
    }

    List<Agreed> after(NodeId after, int limit) {
        return session.list(
                "SELECT " + Rows.AGREED + " FROM agreed WHERE id > ? ORDER BY id LIMIT ?",
                Rows::agreed,
                after,
                limit);
    }

    List<Agreed> seenIn(NodeId parent) {
        return session.list(
                "SELECT "
                        + Rows.AGREED
                        + " FROM agreed a INDEXED BY agreed_parent WHERE parent = ?"
                        + " AND device IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
                        + " local_overlay l WHERE l.id = a.id) ORDER BY id",
                Rows::agreed,
                parent);
    }

    List<Agreed> unseenIn(NodeId parent) {
        return session.list(
                "SELECT "
                        + Rows.AGREED
                        + " FROM agreed INDEXED BY agreed_unmaterialised WHERE parent = ?"
                        + " AND device IS NULL ORDER BY id",
                Rows::agreed,
                parent);
    }

    List<Agreed> directoriesSeenIn(NodeId parent) {
        return session.list(
                "SELECT "
                        + Rows.AGREED
                        + " FROM agreed a INDEXED BY agreed_directory WHERE parent = ?"
                        + " AND disk_kind = 2 AND NOT EXISTS (SELECT 1 FROM"
                        + " local_overlay l WHERE l.id = a.id) ORDER BY id",
                Rows::agreed,
                parent);
    }

    List<NodeId> withInode(long device, long inode) {
        return session.ids(
                "SELECT id FROM agreed WHERE inode = ? AND device = ? ORDER BY id", inode, device);
    }

    long count() {
        return session.read(
                () -> tally.get(() -> session.statements().count("SELECT count(*) FROM agreed")));
    }

    void forget() {
        rows.clear();
        places.clear();
        tally.clear();
    }
}
