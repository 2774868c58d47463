package io.syncline.client.state.sqlite;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.state.Damaged;
import io.syncline.client.state.Suspect;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What a power cut may have damaged, and what it has (R31). Guarded by the store's lock, which each
 * method takes itself.
 */
final class DoubtTables {
    private final Session session;
    private final Tally damagedTally = new Tally();

    DoubtTables(Session session) {
        this.session = session;
    }

    Optional<Suspect> suspect(NodeId id) {
        return session
                .list("SELECT " + Rows.SUSPECT + " FROM suspect WHERE id = ?", Rows::suspect, id)
                .stream()
                .findFirst();
    }

    Optional<Suspect> deletedSuspect(FileIdentity then) {
        return session
                .list(
                        "SELECT "
                                + Rows.SUSPECT
                                + " FROM suspect WHERE deleted = 1 AND inode = ? AND device = ?"
                                + " AND birth = ? ORDER BY id LIMIT 1",
                        Rows::suspect,
                        then.inode(),
                        then.device(),
                        then.birthNanos())
                .stream()
                .findFirst();
    }

    void putSuspect(Suspect row) {
        session.write(
                "INSERT OR REPLACE INTO suspect (" + Rows.SUSPECT + ") VALUES (?,?,?,?,?,?,?,?,?)",
                Rows.parameters(row));
    }

    void removeSuspect(NodeId id) {
        session.write("DELETE FROM suspect WHERE id = ?", id);
    }

    void clearSuspects() {
        session.write("DELETE FROM suspect");
    }

    Optional<Damaged> damaged(NodeId id) {
        return session
                .list("SELECT " + Rows.DAMAGED + " FROM damaged WHERE id = ?", Rows::damaged, id)
                .stream()
                .findFirst();
    }

    void putDamaged(Damaged row) {
        session.checkOpen();
        damagedTally.add(damaged(row.id()).isPresent() ? 0 : 1);
        session.write(
                "INSERT OR REPLACE INTO damaged ("
                        + Rows.DAMAGED
                        + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                Rows.parameters(row));
    }

    void removeDamaged(NodeId id) {
        session.checkOpen();
        damagedTally.add(damaged(id).isPresent() ? -1 : 0);
        session.write("DELETE FROM damaged WHERE id = ?", id);
    }

    List<Damaged> damagedAfter(NodeId after, int limit) {
        return session.list(
                "SELECT " + Rows.DAMAGED + " FROM damaged WHERE id > ? ORDER BY id LIMIT ?",
                Rows::damaged,
                after,
                limit);
    }

    long damagedCount() {
        return session.read(() ->
                damagedTally.get(() -> session.statements().count("SELECT count(*) FROM damaged")));
    }

    /** A transaction was taken back. */
    void forget() {
        damagedTally.clear();
    }
}
