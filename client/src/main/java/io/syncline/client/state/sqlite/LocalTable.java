package io.syncline.client.state.sqlite;

import io.syncline.client.state.LocalRow;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the disk differs. Guarded by the store's lock, which each method takes itself. */
final class LocalTable {
    private final Session session;
    private final AgreedTable agreed;
    private final ListingCache listings;
    private final RowCache<LocalRow> rows = new RowCache<>();
    private final PlaceCache places = new PlaceCache();
    private final Tally tally = new Tally();
    private final Tally absentTally = new Tally();

    LocalTable(Session session, AgreedTable agreed, ListingCache listings) {
        this.session = session;
        this.agreed = agreed;
        this.listings = listings;
    }

    Optional<LocalRow> get(NodeId id) {
        return session.read(() -> rows.get(id, this::stored));
    }

    private Optional<LocalRow> stored(NodeId id) {
        if (!session.exists("SELECT 1 FROM local_overlay WHERE id = ?", id)) {
            return Optional.empty();
        }
        return session.statements()
                .one("SELECT " + Rows.LOCAL + " FROM local_overlay WHERE id = ?", Rows::local, id);
    }

    void put(LocalRow row) {
        session.checkOpen();
        Optional<LocalRow> before = get(row.id());
        tally.add(before.isEmpty() ? 1 : 0);
        absentTally.add(absent(Optional.of(row)) - absent(before));
        changed(row.id(), before.flatMap(LocalTable::place));
        changed(row.id(), place(row));
        rows.put(row.id(), Optional.of(row));
        session.write(
                "INSERT OR REPLACE INTO local_overlay ("
                        + Rows.LOCAL
                        + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                Rows.parameters(row));
    }

    void remove(NodeId id) {
        session.checkOpen();
        Optional<LocalRow> before = get(id);
        tally.add(before.isEmpty() ? 0 : -1);
        absentTally.add(-absent(before));
        changed(id, before.flatMap(LocalTable::place));
        rows.put(id, Optional.empty());
        session.write("DELETE FROM local_overlay WHERE id = ?", id);
    }

    private static int absent(Optional<LocalRow> row) {
        return row.filter(LocalRow.Absent.class::isInstance).isPresent() ? 1 : 0;
    }

    private static Optional<Place> place(LocalRow row) {
        return row instanceof LocalRow.Present present
                ? Optional.of(present.place())
                : Optional.empty();
    }

    /** Without a row, before or after, what is agreed is what is seen. */
    private void changed(NodeId id, Optional<Place> place) {
        places.changed(place);
        place.ifPresent(at -> listings.changed(at.parent()));
        agreed.get(id).ifPresent(row -> listings.changed(row.place().parent()));
    }

    List<NodeId> at(Place place) {
        return session.read(() ->
                places.get(
                        place,
                        at ->
                                session.at(
                                        "SELECT id FROM local_overlay WHERE parent = ? AND name ="
                                                + " ? AND present = 1 ORDER BY id",
                                        at)));
    }

    List<NodeId> children(NodeId parent, NodeId after, int limit) {
        return session.ids(
                "SELECT id FROM local_overlay INDEXED BY local_overlay_parent WHERE parent = ? AND"
                        + " present = 1 AND id > ? ORDER BY id LIMIT ?",
                parent,
                after,
                limit);
    }

    List<LocalRow> after(NodeId after, int limit) {
        return list("WHERE id > ? ORDER BY id LIMIT ?", after, limit);
    }

    List<LocalRow.Present> unknown(NodeId after, int limit) {
        return present(
                "INDEXED BY local_overlay_unknown WHERE known = 0 AND id > ? ORDER BY id LIMIT ?",
                after,
                limit);
    }

    List<LocalRow.Present> in(NodeId parent) {
        return present(
                "INDEXED BY local_overlay_parent WHERE parent = ? AND present = 1 ORDER BY id",
                parent);
    }

    private List<LocalRow> list(String which, @Nullable Object... parameters) {
        return session.list(
                "SELECT " + Rows.LOCAL + " FROM local_overlay " + which, Rows::local, parameters);
    }

    private List<LocalRow.Present> present(String which, @Nullable Object... parameters) {
        return list(which, parameters).stream().map(LocalRow.Present.class::cast).toList();
    }

    List<NodeId> known(NodeId after, int limit) {
        return session.ids(
                "SELECT id FROM local_overlay INDEXED BY local_overlay_known WHERE known = 1 AND"
                        + " id > max(0, ?) ORDER BY id LIMIT ?",
                after,
                limit);
    }

    List<NodeId> localOnlyKnown(NodeId after, int limit) {
        return session.ids(
                "SELECT id FROM local_overlay INDEXED BY local_overlay_known WHERE known = 1 AND"
                        + " id < min(0, ?) ORDER BY id DESC LIMIT ?",
                after,
                limit);
    }

    List<NodeId> withInode(long device, long inode) {
        return session.ids(
                "SELECT id FROM local_overlay WHERE inode = ? AND present = 1 AND device = ? ORDER"
                        + " BY id",
                inode,
                device);
    }

    long count() {
        return session.read(() ->
                tally.get(() -> session.statements().count("SELECT count(*) FROM local_overlay")));
    }

    long absentCount() {
        return session.read(() ->
                absentTally.get(() ->
                        session.statements()
                                .count("SELECT count(*) FROM local_overlay WHERE present = 0")));
    }

    void forget() {
        rows.clear();
        places.clear();
        tally.clear();
        absentTally.clear();
    }
}
