package io.syncline.client.engine;

import io.syncline.client.state.Agreed;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.StateStore;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Resync;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Reads the change feed into the remote side. Rows and cursor go into one transaction; the planner
 * may look only while {@link #isConsistent} (R14). Per node the higher sequence wins (R13), and own
 * commits move the cursor themselves where they follow it without a gap (L1).
 */
final class Feed {
    private static final int ROWS = 1_000;
    private static final String RESYNC = "resync";
    private static final String RECONCILED = "reconciled";

    private final Work work;

    /** Sequences of own applied changes beyond the cursor. */
    private final TreeSet<Long> own = new TreeSet<>();

    private boolean asking;
    private boolean caughtUp;

    /** The state of some node up to here is known, so the rest must be too before planning. */
    private long needed;

    /** How far the tree that is being fetched anew has been read. */
    private long stagedTo;

    private Optional<Epoch> stagedEpoch = Optional.empty();

    private final SnapshotStart start;

    Feed(Work work) {
        this.work = work;
        this.start = new SnapshotStart(work.state.store());
    }

    /** Whether the remote side is exactly the server's at one sequence, own changes included. */
    boolean isConsistent() {
        return caughtUp
                && resync().isEmpty()
                && work.state.cursor().filter(c -> c.sequence() >= needed).isPresent();
    }

    boolean isAsking() {
        return asking;
    }

    Optional<Resync> resync() {
        return work.state.store().value(RESYNC).map(Resync::valueOf);
    }

    /** Asks for the next page if that is wanted and none is asked for. */
    void ask() {
        if (asking || !work.fetchWanted) {
            return;
        }
        asking = true;
        work.fetchWanted = false;
        Optional<Cursor> cursor = work.state.cursor();
        boolean fromNothing = resync().isPresent() ? stagedTo == 0 : cursor.isEmpty();
        if (fromNothing && start.isWanted()) {
            work.out.add(start.next());
        } else if (resync().isPresent()) {
            work.out.add(
                    new Effect.FetchChanges(
                            stagedEpoch, stagedTo, Limits.CHANGES_PAGE_ENTRIES_MAX));
        } else {
            work.out.add(
                    new Effect.FetchChanges(
                            cursor.map(Cursor::epoch),
                            cursor.map(Cursor::sequence).orElse(0L),
                            Limits.CHANGES_PAGE_ENTRIES_MAX));
        }
    }

    void failed() {
        asking = false;
        work.fetchWanted = true;
    }

    /** Some nodes of a snapshot: a first start from one is a reconcile of nothing. */
    void snapshot(Event.SnapshotPart part) {
        asking = false;
        work.fetchWanted = true;
        if (resync().isEmpty() && work.state.cursor().isPresent()) {
            return;
        }
        if (resync().isEmpty()) {
            work.state.store().putValue(RESYNC, Resync.RECONCILE.name());
        }
        start.part(part)
                .ifPresent(cursor -> {
                    stagedTo = cursor.sequence();
                    stagedEpoch = Optional.of(cursor.epoch());
                });
    }

    /** There is none, or it is broken: the feed has everything. */
    void noSnapshot() {
        asking = false;
        work.fetchWanted = true;
        start.none();
    }

    /** The server's head is at least there. */
    void head(Cursor head) {
        Optional<Cursor> mine = work.state.cursor();
        if (mine.isEmpty()
                || !mine.get().epoch().equals(head.epoch())
                || mine.get().sequence() < head.sequence()) {
            work.fetchWanted = true;
        }
    }

    void page(ChangesPage page) {
        asking = false;
        if (resync().isPresent()) {
            stage(page);
            return;
        }
        Optional<Cursor> cursor = work.state.cursor();
        long mine = cursor.map(Cursor::sequence).orElse(0L);
        boolean otherLine = cursor.isPresent() && !cursor.get().epoch().equals(page.epoch());
        if (otherLine || page.from() > mine) {
            work.fetchWanted = true;
            return;
        }
        for (Node node : page.changes()) {
            work.state.putRemote(RemoteRow.of(node));
        }
        moveTo(new Cursor(page.epoch(), Math.max(mine, page.to())));
        caughtUp = !page.more();
        if (page.more()) {
            work.fetchWanted = true;
            return;
        }
        work.planWanted = true;
        if (work.state.cursor().orElseThrow().sequence() < needed) {
            work.fetchWanted = true;
        } else if (work.state.cursor().orElseThrow().sequence() == page.to()
                && page.digest().isPresent()) {
            compare(page.digest().get());
        }
    }

    /** The end of L1's proof: both hold the same nodes. */
    private void compare(TreeDigest theirs) {
        StateStore store = work.state.store();
        if (theirs.equals(work.state.digest())) {
            store.removeValue(RECONCILED);
        } else if (store.value(RECONCILED).isPresent()) {
            work.stop(
                    Stop.Kind.MISMATCH,
                    "the server's tree and ours differ even after fetching it anew");
        } else {
            expired(Resync.RECONCILE);
        }
    }

    private void moveTo(Cursor cursor) {
        long to = cursor.sequence();
        own.headSet(to, true).clear();
        while (!own.isEmpty() && own.first() == to + 1) {
            to = own.pollFirst();
        }
        work.state.setCursor(new Cursor(cursor.epoch(), to));
    }

    /** An own change was applied. */
    void applied(Node node) {
        Optional<Cursor> cursor = work.state.cursor();
        if (cursor.isPresent() && node.sequence() > cursor.get().sequence()) {
            own.add(node.sequence());
            needed = Math.max(needed, node.sequence());
        }
    }

    /** The state of some node at this sequence became known outside of the feed. */
    void sawAhead(Node node) {
        needed = Math.max(needed, node.sequence());
        work.fetchWanted = true;
    }

    /** All changes of a commit have been told. */
    void answered(long head) {
        work.state.cursor().ifPresent(this::moveTo);
        if (work.state.cursor().filter(c -> c.sequence() >= head).isEmpty()) {
            work.fetchWanted = true;
        }
    }

    // RESYNC.

    /** The server says that this cursor isn't of its history: fetch the tree anew. */
    void expired(Resync mode) {
        asking = false;
        if (resync().isEmpty() || mode == Resync.UNION) {
            work.state.store().putValue(RESYNC, mode.name());
        }
        beginStaging();
    }

    /** Starts fetching the tree anew from nothing: after RESYNC, or a restart during one. */
    void beginStaging() {
        work.state.store().clearStaged();
        start.begin();
        stagedTo = 0;
        stagedEpoch = Optional.empty();
        caughtUp = false;
        work.fetchWanted = true;
    }

    private void stage(ChangesPage page) {
        if (page.from() != stagedTo
                || stagedEpoch.filter(epoch -> !epoch.equals(page.epoch())).isPresent()) {
            beginStaging();
            return;
        }
        for (Node node : page.changes()) {
            work.state.store().putStaged(RemoteRow.of(node));
        }
        stagedTo = page.to();
        stagedEpoch = Optional.of(page.epoch());
        if (page.more()) {
            work.fetchWanted = true;
            return;
        }
        takeOver(page);
    }

    private void takeOver(ChangesPage page) {
        StateStore store = work.state.store();
        Resync mode = resync().orElseThrow();
        if (mode == Resync.UNION) {
            keepWhatTheServerLacks();
        }
        boolean fresh = store.agreedCount() == 0 && store.remoteCount() == 0;
        var digest = new TreeDigest[] {TreeDigest.EMPTY};
        forEachRemote(row -> {
            if (store.staged(row.id()).isEmpty()) {
                work.state.replaceRemote(row.id(), Optional.of(dead(row)));
            }
        });
        for (List<RemoteRow> rows = store.stagedAfter(StateStore.FIRST, ROWS);
                !rows.isEmpty();
                rows = store.stagedAfter(rows.getLast().id(), ROWS)) {
            for (RemoteRow row : rows) {
                if (!fresh) {
                    work.state.replaceRemote(row.id(), Optional.of(row));
                }
                if (!row.deleted()) {
                    digest[0] = digest[0].plus(row.node());
                }
            }
        }
        if (fresh) {
            store.takeStaged();
        }
        work.state.setDigest(digest[0]);
        store.clearStaged();
        store.removeValue(RESYNC);
        store.putValue(RECONCILED, "");
        own.clear();
        needed = 0;
        work.state.setCursor(new Cursor(page.epoch(), page.to()));
        caughtUp = true;
        work.planWanted = true;
        page.digest().ifPresent(this::compare);
    }

    private static RemoteRow dead(RemoteRow row) {
        return new RemoteRow(row.id(), row.place(), row.item(), row.version(), true);
    }

    /**
     * UNION: another lineage, so nothing is deleted here. What the server lacks becomes local-only
     * and is sent anew; what was agreed in the lost part of the old line counts as edited here
     * (R4).
     */
    private void keepWhatTheServerLacks() {
        StateStore store = work.state.store();
        long fork = forkOrLower();
        for (List<Agreed> rows = store.agreedAfter(StateStore.FIRST, ROWS);
                !rows.isEmpty();
                rows = store.agreedAfter(rows.getLast().id(), ROWS)) {
            for (Agreed row : rows) {
                keep(row, store.staged(row.id()).filter(staged -> !staged.deleted()), fork);
            }
        }
    }

    private void keep(Agreed row, Optional<RemoteRow> staged, long fork) {
        Optional<LocalRow.Present> local = work.state.local(row.id());
        if (staged.isEmpty()) {
            becomeLocalOnly(row.id());
        } else if (staged.get().version() < row.version()) {
            // Rolled back there: what we hold is the edit.
            work.state.putAgreed(
                    row.id(),
                    Optional.of(
                            new Agreed(
                                    row.id(),
                                    staged.get().place(),
                                    staged.get().item(),
                                    staged.get().version(),
                                    row.observed())));
        } else if (row.version() > fork
                && local.isPresent()
                && !staged.get().item().isDirectory()
                && !local.get().item().map(staged.get().item()::sameAs).orElse(false)) {
            becomeLocalOnly(row.id());
        }
    }

    private void becomeLocalOnly(NodeId id) {
        work.state.putAgreed(id, Optional.empty());
        if (work.state.local(id).isPresent()) {
            work.replaceId(id, work.state.newLocalId(), Optional.empty());
        }
    }

    /**
     * The highest staged sequence before the present epoch began (R3: at a multiple of 2^32), which
     * is at or below the fork.
     */
    private long forkOrLower() {
        long began = (stagedTo >>> 32) << 32;
        long highest = 0;
        StateStore store = work.state.store();
        for (List<RemoteRow> rows = store.stagedAfter(StateStore.FIRST, ROWS);
                !rows.isEmpty();
                rows = store.stagedAfter(rows.getLast().id(), ROWS)) {
            for (RemoteRow row : rows) {
                if (row.version() <= began) {
                    highest = Math.max(highest, row.version());
                }
            }
        }
        return highest;
    }

    /** Every node that the server was held to have, in pages, safe against changes meanwhile. */
    private void forEachRemote(Consumer<RemoteRow> action) {
        StateStore store = work.state.store();
        for (List<Agreed> rows = store.agreedAfter(StateStore.FIRST, ROWS);
                !rows.isEmpty();
                rows = store.agreedAfter(rows.getLast().id(), ROWS)) {
            var ids = new ArrayList<NodeId>();
            rows.forEach(row -> ids.add(row.id()));
            for (NodeId id : ids) {
                if (work.state.entry(Side.REMOTE, id).isPresent()) {
                    action.accept(work.state.remote(id).orElseThrow());
                }
            }
        }
        for (List<RemoteRow> rows = store.remoteAfter(StateStore.FIRST, ROWS);
                !rows.isEmpty();
                rows = store.remoteAfter(rows.getLast().id(), ROWS)) {
            rows.stream().filter(row -> !row.deleted()).forEach(action);
        }
    }
}
