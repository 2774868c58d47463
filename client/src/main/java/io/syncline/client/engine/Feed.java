package io.syncline.client.engine;

import io.syncline.client.state.Agreed;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.StateStore;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Limits;
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
    private static final String PROOF = "proof";
    private static final String BEGUN = "begun";
    private static final String UNPROVEN = "unproven";

    private final Work work;

    /** Sequences of own applied changes beyond the cursor. */
    private final TreeSet<Long> own = new TreeSet<>();

    /** The question that is open. */
    private Optional<ChangesRequest> asked = Optional.empty();

    private boolean caughtUp;

    /** The state of some node up to here is known, so the rest must be too before planning. */
    private long needed;

    /** And when the open question was asked: what the server told before, its answer has. */
    private long neededWhenAsked;

    /** What the question that follows the staged rows is; empty: none are staged. */
    private Optional<ChangesRequest> stagedNext = Optional.empty();

    private final SnapshotStart start;

    /** Whether a question for a part of a snapshot is open. */
    private boolean askedStart;

    Feed(Work work) {
        this.work = work;
        this.start = new SnapshotStart(work.state.store());
    }

    /** Whether the remote side is exactly the server's at one sequence, own changes included. */
    boolean isConsistent() {
        return caughtUp
                && resync().isEmpty()
                && !isUnproven()
                && work.state.cursor().filter(c -> c.sequence() >= needed).isPresent();
    }

    boolean isAsking() {
        return asked.isPresent() || askedStart;
    }

    Optional<Resync> resync() {
        return work.state
                .store()
                .value(RESYNC)
                .map(text -> Resync.valueOf(Parts.split(text).get(0)));
    }

    /** The last sequence that we and the server are known to share. */
    private long fork() {
        return work.state
                .store()
                .value(RESYNC)
                .map(text -> Long.parseLong(Parts.split(text).get(1)))
                .orElse(0L);
    }

    /** The newest head that the server stated and signed: our proof of what we have read (R2). */
    Optional<Proof> proof() {
        return work.state.store().value(PROOF).map(Proof::parse);
    }

    /**
     * Whether an own commit was answered that the server had judged by another proof than the last:
     * its line and the one of what was read since are the same if the digests are, and it may have
     * gone back in between if not (R2).
     */
    private boolean isUnproven() {
        return work.state.store().value(UNPROVEN).isPresent();
    }

    private void remember(Proof proof) {
        boolean older =
                proof().filter(known -> known.epoch().equals(proof.epoch()))
                        .filter(known -> known.sequence() >= proof.sequence())
                        .isPresent();
        if (!older) {
            work.state.store().putValue(PROOF, proof.toString());
        }
    }

    /** Asks for the next page if that is wanted and none is asked for. */
    void ask() {
        if (isAsking() || !work.fetchWanted) {
            return;
        }
        work.fetchWanted = false;
        boolean fromNothing =
                resync().isPresent() ? stagedNext.isEmpty() : work.state.cursor().isEmpty();
        if (fromNothing && start.isWanted()) {
            askedStart = true;
            work.out.add(start.next(work.registration()));
            return;
        }
        ChangesRequest request = resync().isPresent() ? stagedNext.orElseGet(this::first) : next();
        asked = Optional.of(request);
        neededWhenAsked = needed;
        work.out.add(new Effect.FetchChanges(request));
    }

    private ChangesRequest first() {
        return new ChangesRequest(
                Optional.empty(),
                0,
                Optional.empty(),
                Limits.CHANGES_PAGE_ENTRIES_MAX,
                Optional.of(work.registration()));
    }

    /** The first question after a snapshot. */
    private static ChangesRequest after(Proof snapshot) {
        return new ChangesRequest(
                Optional.of(snapshot),
                snapshot.sequence(),
                Optional.empty(),
                Limits.CHANGES_PAGE_ENTRIES_MAX,
                Optional.empty());
    }

    private ChangesRequest next() {
        long since = work.state.cursor().map(Cursor::sequence).orElse(0L);
        return new ChangesRequest(
                proof(),
                since,
                work.state.store().value(BEGUN).map(Long::parseLong),
                Limits.CHANGES_PAGE_ENTRIES_MAX,
                since == 0 ? Optional.of(work.registration()) : Optional.empty());
    }

    void failed() {
        asked = Optional.empty();
        askedStart = false;
        work.fetchWanted = true;
    }

    /** Some nodes of a snapshot: a first start from one is a reconcile of nothing. */
    void snapshot(Event.SnapshotPart part) {
        askedStart = false;
        work.fetchWanted = true;
        if (resync().isEmpty() && work.state.cursor().isPresent()) {
            return;
        }
        if (resync().isEmpty()) {
            work.state.store().putValue(RESYNC, Parts.join(Resync.RECONCILE.name(), "0"));
        }
        start.part(part).ifPresent(proof -> stagedNext = Optional.of(after(proof)));
    }

    /** There is none, or it is broken: the feed has everything. */
    void noSnapshot() {
        askedStart = false;
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

    /** The answer to a question; to one that is no longer open it changes nothing. */
    void page(ChangesRequest request, ChangesPage page) {
        if (!isOpen(request)) {
            return;
        }
        asked = Optional.empty();
        if (resync().isPresent()) {
            stage(page);
        } else if (request.proof().equals(proof()) || leadsToItsDigest(page)) {
            take(page);
            lookForWhatWasTold(page);
        } else {
            // What was read meanwhile isn't what the server judged (R2).
            work.fetchWanted = true;
        }
    }

    /** What the server told before it was asked, and doesn't have any more, it lost (R2). */
    private void lookForWhatWasTold(ChangesPage page) {
        boolean ended = resync().isEmpty() && !page.more();
        if (ended && work.state.cursor().orElseThrow().sequence() < neededWhenAsked) {
            resync(Resync.UNION, 0);
        }
    }

    private boolean isOpen(ChangesRequest request) {
        return asked.filter(request::equals).isPresent();
    }

    /**
     * Takes the changes that a hint brought, if all before them are known (R50). Nobody has looked
     * at our proof: that the hint is of our history shows in the digest that it would lead to (R2).
     *
     * @return false where they have to be asked for
     */
    boolean news(ChangesPage page) {
        Optional<Cursor> cursor = work.state.cursor();
        boolean fits =
                resync().isEmpty()
                        && caughtUp
                        && !page.more()
                        && cursor.isPresent()
                        && cursor.get().epoch().equals(page.epoch())
                        && page.from() <= cursor.get().sequence();
        if (fits && page.to() <= cursor.get().sequence()) {
            return true;
        }
        if (!fits || !leadsToItsDigest(page)) {
            return false;
        }
        take(page);
        return true;
    }

    private boolean leadsToItsDigest(ChangesPage page) {
        return page.digest().filter(digestWith(page.changes())::equals).isPresent();
    }

    /** The digest that we would have with these changes. */
    private TreeDigest digestWith(List<Node> changes) {
        TreeDigest digest = work.state.digest();
        for (Node node : changes) {
            Optional<RemoteRow> before = work.state.remote(node.id());
            if (before.isEmpty() || before.get().version() < node.sequence()) {
                if (before.isPresent() && !before.get().deleted()) {
                    digest = digest.minus(before.get().node());
                }
                digest = node.deleted() ? digest : digest.plus(node);
            }
        }
        return digest;
    }

    private void take(ChangesPage page) {
        long mine = work.state.cursor().map(Cursor::sequence).orElse(0L);
        if (page.from() > mine) {
            work.fetchWanted = true;
            return;
        }
        for (Node node : page.changes()) {
            work.state.putRemote(RemoteRow.of(node));
        }
        remember(page.proof());
        if (page.from() == 0 && mine == 0) {
            work.state.store().putValue(BEGUN, Long.toString(page.floor()));
        }
        moveTo(new Cursor(page.epoch(), Math.max(mine, page.to())));
        caughtUp = !page.more();
        if (page.more()) {
            work.fetchWanted = true;
            return;
        }
        work.state.store().removeValue(BEGUN);
        work.planWanted = true;
        long reached = work.state.cursor().orElseThrow().sequence();
        if (reached == page.to() && reached >= needed && page.digest().isPresent()) {
            compare(page.digest().get());
        } else if (reached < needed || isUnproven()) {
            work.fetchWanted = true;
        }
    }

    /** The end of L1's proof: both hold the same nodes. */
    private void compare(TreeDigest theirs) {
        StateStore store = work.state.store();
        if (theirs.equals(work.state.digest())) {
            store.removeValue(RECONCILED);
            store.removeValue(UNPROVEN);
        } else if (isUnproven()) {
            resync(Resync.UNION, 0);
        } else if (store.value(RECONCILED).isPresent()) {
            work.stop(
                    Stop.Kind.MISMATCH,
                    "the server's tree and ours differ even after fetching it anew");
        } else {
            work.note("the server's digest and ours differed", Todo.NOTHING);
            resync(Resync.RECONCILE, 0);
        }
    }

    private void moveTo(Cursor cursor) {
        if (work.state.cursor().filter(now -> now.epoch().equals(cursor.epoch())).isEmpty()) {
            own.clear();
        }
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

    /**
     * All changes of a commit have been told, which made that head. The server had judged what the
     * commit showed; of what was read or answered since the commit was made it has said nothing,
     * nor that a later epoch goes on from there: what was shown before such an epoch is shown
     * again, and the digests have to agree (R2, R3).
     *
     * @param base what the commit showed
     */
    void answered(Proof base, Proof head) {
        Optional<Cursor> cursor = work.state.cursor();
        boolean judged = proof().equals(Optional.of(base)) && base.epoch().equals(head.epoch());
        if (!judged) {
            work.state.store().putValue(UNPROVEN, "");
        }
        if (cursor.filter(own -> own.epoch().equals(head.epoch())).isPresent()) {
            remember(head);
            moveTo(cursor.get());
            Proof newest = proof().orElseThrow();
            if (work.state.cursor().orElseThrow().sequence() == newest.sequence()) {
                compare(newest.digest());
            }
        }
        if (isUnproven()
                || work.state.cursor().filter(own -> own.sequence() >= head.sequence()).isEmpty()) {
            work.fetchWanted = true;
        }
    }

    // RESYNC.

    /**
     * The server says that this cursor isn't of its history. To a question that is no longer open
     * it changes nothing.
     */
    void expired(ChangesRequest request, Resync mode, long fork) {
        if (isOpen(request)) {
            resync(mode, fork);
        }
    }

    /** Fetches the tree anew; of several reasons the one that keeps most counts. */
    void resync(Resync mode, long fork) {
        asked = Optional.empty();
        askedStart = false;
        Optional<Resync> before = resync();
        work.note(
                mode == Resync.UNION
                        ? "the server's history was replaced, as by a restored backup: its tree is"
                                + " fetched anew, nothing is deleted here, and what it lacks is"
                                + " sent"
                        : "the server's tree is fetched anew and compared with what is here",
                Todo.NOTHING);
        if (before.isEmpty() || mode == Resync.UNION) {
            long shared =
                    before.filter(Resync.UNION::equals).isPresent() ? Math.min(fork, fork()) : fork;
            work.state.store().putValue(RESYNC, Parts.join(mode.name(), Long.toString(shared)));
        }
        beginStaging();
    }

    /** Starts fetching the tree anew from nothing: after RESYNC, or a restart during one. */
    void beginStaging() {
        work.state.store().clearStaged();
        start.begin();
        stagedNext = Optional.empty();
        caughtUp = false;
        work.fetchWanted = true;
    }

    private void stage(ChangesPage page) {
        boolean next =
                stagedNext
                        .map(request ->
                                request.since() == page.from()
                                        && request.proof()
                                                .orElseThrow()
                                                .epoch()
                                                .equals(page.epoch()))
                        .orElse(page.from() == 0);
        if (!next) {
            beginStaging();
            return;
        }
        for (Node node : page.changes()) {
            work.state.store().putStaged(RemoteRow.of(node));
        }
        stagedNext = Optional.of(stagedNext.orElseGet(this::first).after(page));
        if (page.more()) {
            work.fetchWanted = true;
            return;
        }
        takeOver(page);
    }

    private void takeOver(ChangesPage page) {
        StateStore store = work.state.store();
        Resync mode = resync().orElseThrow();
        long kept = store.localCount();
        keepWhatIsOurs(mode);
        boolean fresh = store.agreedCount() == 0 && store.remoteCount() == 0;
        var digest = new TreeDigest[] {TreeDigest.EMPTY};
        forEachRemote(row -> {
            if (store.staged(row.id()).isEmpty()) {
                work.state.replaceRemote(row.id(), Optional.of(dead(row, page.to())));
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
        stagedNext = Optional.empty();
        store.removeValue(RESYNC);
        store.removeValue(BEGUN);
        store.removeValue(UNPROVEN);
        store.putValue(RECONCILED, "");
        store.putValue(PROOF, page.proof().toString());
        own.clear();
        needed = 0;
        work.state.setCursor(new Cursor(page.epoch(), page.to()));
        caughtUp = true;
        work.planWanted = true;
        page.digest().ifPresent(this::compare);
        long more = store.localCount() - kept;
        if (mode == Resync.UNION) {
            work.note(
                    "reconciled with the server after its history was replaced; "
                            + Math.max(0, more)
                            + " files and directories that it lacks or has otherwise are kept",
                    "'syncline conflicts' lists what is there twice");
        } else if (!fresh) {
            work.note("reconciled with the server", Todo.NOTHING);
        }
    }

    /** A tombstone that later changes, and the cursor, are beyond, whatever line the row was of. */
    private static RemoteRow dead(RemoteRow row, long sequence) {
        return new RemoteRow(
                row.id(), row.place(), row.item(), Math.min(row.version(), sequence), true);
    }

    /**
     * The kind of a node never changes: what has another one there is a node of another line, from
     * which nobody knew until now that the server had left it, and is local-only from here on.
     *
     * <p>UNION: another lineage, so nothing is deleted here. What the server lacks becomes
     * local-only, too, and is sent anew; what was agreed in the lost part of the old line counts as
     * edited here, and what was made there is no node of the server's, whatever has its id now
     * (R4).
     */
    private void keepWhatIsOurs(Resync mode) {
        StateStore store = work.state.store();
        long fork = fork();
        for (List<Agreed> rows = store.agreedAfter(StateStore.FIRST, ROWS);
                !rows.isEmpty();
                rows = store.agreedAfter(rows.getLast().id(), ROWS)) {
            for (Agreed row : rows) {
                Optional<RemoteRow> staged = store.staged(row.id());
                if (isAnotherNode(row, staged)) {
                    becomeLocalOnly(row.id());
                } else if (mode == Resync.UNION) {
                    keep(row, staged.filter(there -> !there.deleted()), fork);
                }
            }
        }
    }

    private void keep(Agreed row, Optional<RemoteRow> staged, long fork) {
        Optional<LocalRow.Present> local = work.state.local(row.id());
        if (staged.isEmpty() || row.id().value() > fork) {
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

    private static boolean isAnotherNode(Agreed row, Optional<RemoteRow> staged) {
        return staged.filter(there -> !there.item().kind().equals(row.item().kind())).isPresent();
    }

    private void becomeLocalOnly(NodeId id) {
        work.state.putAgreed(id, Optional.empty());
        work.unheld.forget(id);
        if (work.state.local(id).isPresent()) {
            work.replaceId(id, work.state.newLocalId(), Optional.empty());
        }
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
