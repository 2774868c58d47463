package io.syncline.client.engine;

import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.client.scan.Observation;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.Observed;
import io.syncline.client.state.StateStore;
import io.syncline.client.transfer.Outgoing;
import io.syncline.client.transfer.Sent;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings what scans observe into the local side and has new content read once it has settled. A
 * file whose content isn't known is held by the state itself.
 */
final class LocalView {
    /** Files in one reading, and readings at once: a small save overtakes a large upload. */
    static final int READ_FILES_MAX = 5_000;

    static final int READS_MAX = 3;

    /** A file that was last written longer ago than this isn't waited for. */
    private static final long OLD_MILLIS = 1_000;

    /** What the server has no room for is read again after this long. */
    private static final long REFUSED_MILLIS = 60_000;

    /** What waits for an answer is looked at again after this long. */
    private static final long UNANSWERED_MILLIS = 1_000;

    /** The longest wait between two tries to read a file that keeps changing. */
    private static final long SETTLE_MILLIS_MAX = 10_000;

    /** What is known of a file that is still to be read. */
    private record Unread(long dueMillis, int tries) {}

    private final Work work;
    private final Caution caution;

    private final Map<NodeId, Unread> unread = new HashMap<>();
    private final Set<NodeId> due = new LinkedHashSet<>();
    private final Set<NodeId> settling = new LinkedHashSet<>();
    private final Map<Long, Set<NodeId>> reading = new HashMap<>();

    /** The newest reading of each file: what an older one says of it may be older than it. */
    private final Map<NodeId, Long> newest = new HashMap<>();

    private long lastBatch;

    /** A new node that may be a vanished one: decided once its content is read (R21). */
    private final Map<NodeId, NodeId> perhapsMoved = new HashMap<>();

    /** Ids that the running scan gave to nodes which are known under another one. */
    private final Map<NodeId, NodeId> aliases = new HashMap<>();

    LocalView(Work work, Caution caution) {
        this.work = work;
        this.caution = caution;
        work.renamed = this::renamed;
    }

    /** Takes up what is unread and not waited for: what an earlier run left. */
    void restore() {
        StateStore store = work.state.store();
        for (List<LocalRow.Present> rows = store.localUnknown(StateStore.FIRST, 1_000);
                !rows.isEmpty();
                rows = store.localUnknown(rows.getLast().id(), 1_000)) {
            rows.stream()
                    .filter(row -> !unread.containsKey(row.id()))
                    .forEach(row -> toRead(row.id(), row.observed().stat()));
        }
    }

    private long due(NodeId id) {
        Unread row = unread.get(id);
        return row == null ? 0 : row.dueMillis();
    }

    private int tries(NodeId id) {
        Unread row = unread.get(id);
        return row == null ? 0 : row.tries();
    }

    /** Whether something is still to be read or being read. */
    boolean isReading() {
        return !unread.isEmpty() || !reading.isEmpty();
    }

    long nextMillis() {
        long next = Long.MAX_VALUE;
        for (NodeId id : settling) {
            next = Math.min(next, due(id));
        }
        return reading.size() >= READS_MAX ? Long.MAX_VALUE : next;
    }

    // Observations.

    /** No scan runs any more that knows a node by another id. */
    void scanEnded() {
        aliases.clear();
    }

    void observe(Observation observation) {
        work.planWanted |= !(observation instanceof Observation.Alike);
        switch (observation) {
            case Observation.Appeared appeared -> appeared(appeared);
            case Observation.Changed(var id, var now) -> changed(real(id), now);
            case Observation.Moved moved -> moved(moved);
            case Observation.Vanished(var id) -> vanished(real(id));
            case Observation.Unreadable(var path, _, var why) -> {
                work.unreadable(path);
                work.seen(
                        path,
                        why,
                        "let the user that runs syncline read it, as by 'chmod u+rX', or"
                                + " ignore it in .synclineignore; nothing of it is deleted"
                                + " meanwhile");
            }
            case Observation.Ignored(var id) -> ignored(real(id));
            case Observation.Absent(var id) -> hold(real(id));
            case Observation.Alike(var id, var digest) ->
                    work.state.store().putListing(real(id), digest);
            case Observation.Unsupported(var path) ->
                    work.seen(
                            path,
                            "it is neither file, directory nor symlink",
                            "nothing: it stays on this device; a line in .synclineignore silences"
                                    + " this");
        }
    }

    private NodeId real(NodeId id) {
        return aliases.getOrDefault(id, id);
    }

    private void appeared(Observation.Appeared seen) {
        Place place = work.place(real(seen.parent()), seen.localName());
        var observed = new Observed(seen.localName(), seen.stat());
        Kind kind = kind(seen.stat());
        NodeId id = seen.id();
        Optional<Agreed> absent =
                unmaterialisedAt(place)
                        .filter(row -> row.item().kind().equals(kind))
                        .filter(row -> wasHeld(row.id()));
        if (absent.isPresent()) {
            // What this device didn't hold is back on disk (R44): the same node.
            id = absent.get().id();
            aliases.put(seen.id(), id);
            work.state.putAgreed(id, Optional.of(work.unheld.asHeld(absent.get(), observed)));
            work.unheld.forget(id);
        }
        seen.perhapsMoved().ifPresent(old -> perhapsMoved(seen.id(), real(old)));
        put(id, place, kind, observed, Optional.empty());
        if (absent.isPresent() && kind.equals(Kind.DIRECTORY)) {
            // Of what it held the scan, to which it is new, says nothing.
            work.path(id).ifPresent(work::dirty);
        }
    }

    /** Or is the server's alone: what is on disk is new, and the planner makes one of both. */
    private boolean wasHeld(NodeId id) {
        if (work.unheld.wasNever(id)) {
            hold(id);
            return false;
        }
        return true;
    }

    private Optional<Agreed> unmaterialisedAt(Place place) {
        return work.state.store().agreedAt(place).stream()
                .flatMap(id -> work.state.agreed(id).stream())
                .filter(row -> !row.isMaterialised())
                .findFirst();
    }

    private void perhapsMoved(NodeId appeared, NodeId vanished) {
        perhapsMoved.put(appeared, vanished);
        work.hold(vanished);
    }

    private static Kind kind(Stat stat) {
        return switch (stat.kind()) {
            case FILE -> Kind.FILE;
            case DIRECTORY -> Kind.DIRECTORY;
            case SYMLINK -> Kind.SYMLINK;
            case OTHER -> throw new IllegalStateException("never a node: " + stat);
        };
    }

    private void put(
            NodeId id, Place place, Kind kind, Observed observed, Optional<NodeId> origin) {
        boolean directory = kind.equals(Kind.DIRECTORY);
        Optional<Item> item = directory ? Optional.of(Item.DIRECTORY) : Optional.empty();
        work.state.putLocal(new LocalRow.Present(id, place, kind, item, observed, origin));
        if (directory) {
            work.state.agree(id);
        } else {
            toRead(id, observed.stat());
        }
    }

    private void changed(NodeId id, Stat now) {
        Optional<LocalRow.Present> row = work.state.local(id);
        if (row.isEmpty()) {
            return;
        }
        LocalRow.Present before = row.get();
        if (!before.observed().stat().identity().equals(now.identity())) {
            work.unmarkHusk(id);
        }
        var observed = new Observed(before.observed().localName(), now);
        if (before.kind().equals(kind(now))) {
            put(id, before.place(), before.kind(), observed, before.origin());
            return;
        }
        // The kind of a node never changes: another node has taken the name.
        forget(id);
        work.state.removeLocal(id);
        NodeId fresh = work.state.newLocalId();
        aliases.put(id, fresh);
        put(fresh, before.place(), kind(now), observed, Optional.empty());
    }

    private void moved(Observation.Moved moved) {
        NodeId id = real(moved.id());
        Optional<LocalRow.Present> row = work.state.local(id);
        if (row.isEmpty()) {
            return;
        }
        LocalRow.Present before = row.get();
        // A bit that changed too is told of by what follows, and isn't agreed on before (R23).
        boolean bit = before.observed().stat().executable();
        work.state.putLocal(
                new LocalRow.Present(
                        id,
                        work.place(real(moved.parent()), moved.localName(), before.place()),
                        before.kind(),
                        before.item(),
                        new Observed(moved.localName(), moved.now()).executable(bit),
                        before.origin()));
        work.state.agree(id);
    }

    private void vanished(NodeId id) {
        work.state.removeLocal(id);
        forget(id);
        if (caution.wasDamaged(id)) {
            work.state.putAgreed(id, Optional.empty());
        } else {
            work.state.agree(id);
        }
    }

    /** Ignoring a synced node unmaterialises it (R44); a local-only one is no node any more. */
    private void ignored(NodeId id) {
        Iterator<NodeId> children = work.state.children(Side.LOCAL, id);
        var below = new ArrayList<NodeId>();
        children.forEachRemaining(below::add);
        below.forEach(this::ignored);
        forget(id);
        Optional<Place> at = work.state.local(id).map(LocalRow.Present::place);
        work.state.store().removeLocal(id);
        work.state
                .agreed(id)
                .filter(row -> at.filter(place -> !place.equals(row.place())).isPresent())
                .flatMap(row -> work.path(row.place().parent()))
                // Moved to where it is ignored: where it was it perhaps isn't.
                .ifPresent(work::dirty);
        work.state
                .agreed(id)
                .filter(Agreed::isMaterialised)
                .ifPresent(row -> {
                    work.unheld.left(row);
                    work.state.putAgreed(id, Optional.of(row.seen(Optional.empty())));
                });
        work.state.store().removeLocal(id);
    }

    /**
     * What this device didn't hold, and nothing excludes any more, is the server's alone: fetched
     * as if it were new. What it can't have was tried by this process, or is tried now.
     */
    private void hold(NodeId id) {
        if (!work.isUnheld(id) || work.cannotHave(id)) {
            return;
        }
        var below = new ArrayList<NodeId>();
        work.state.store().agreedUnseenIn(id).forEach(row -> below.add(row.id()));
        work.state.putAgreed(id, Optional.empty());
        work.unheld.forget(id);
        below.forEach(this::hold);
    }

    private void forget(NodeId id) {
        unread.remove(id);
        due.remove(id);
        settling.remove(id);
        newest.remove(id);
        notMoved(id);
    }

    // Reading.

    private void toRead(NodeId id, Stat stat) {
        long writtenMillis = Math.floorDiv(stat.mtimeNanos(), 1_000_000L);
        boolean old = Math.abs(work.byClock(work.now) - writtenMillis) > OLD_MILLIS;
        int tries = tries(id);
        long dueMillis = old && tries == 0 ? work.now : work.now + settle(tries);
        toReadAt(id, Math.max(dueMillis, tellingMillis(stat)), tries);
    }

    /**
     * When the disk's clock has moved on: where times are kept in seconds, a file that is read in
     * the second in which it was written may be written again without a sign.
     */
    private long tellingMillis(Stat stat) {
        long step = work.settings.timeStepMillis();
        long written = Math.max(stat.mtimeNanos(), stat.ctimeNanos());
        long left = Math.floorDiv(written, 1_000_000L) + step - work.byClock(work.now);
        // A time in the future says nothing.
        return left > step ? work.now : work.now + left;
    }

    private long settle(int tries) {
        return Math.min(SETTLE_MILLIS_MAX, work.settings.settleMillis() << Math.min(tries, 10));
    }

    private void toReadAt(NodeId id, long dueMillis, int tries) {
        unread.put(id, new Unread(dueMillis, tries));
        due.remove(id);
        settling.remove(id);
        (dueMillis <= work.now ? due : settling).add(id);
    }

    /** The server lacks blocks of it, or its bytes are in doubt: read and send it again. */
    void readAgain(NodeId id) {
        Optional<LocalRow.Present> row = work.state.local(id);
        if (row.isPresent() && !row.get().kind().equals(Kind.DIRECTORY)) {
            Observed observed = row.get().observed();
            work.state.store().putLocal(row.get().unread(observed));
            toReadAt(id, Math.max(work.now, tellingMillis(observed.stat())), 0);
        }
    }

    /**
     * A task at this node was carried out, not before {@code sinceMillis}. Where times are coarse,
     * a file that we put there in the step in which it was last written may be saved in that step
     * without a sign, or was before anybody looked: it is read once more. Files of older times,
     * which are nearly all, aren't.
     */
    void carriedOut(NodeId id, long sinceMillis) {
        boolean isInDoubt =
                work.settings.areTimesCoarse()
                        && work.state
                                .local(id)
                                .filter(row -> row.item().isPresent())
                                .map(row -> row.observed().stat().mtimeNanos())
                                .filter(mtime -> isWithin(mtime, sinceMillis))
                                .isPresent();
        if (isInDoubt) {
            readAgain(id);
        }
    }

    /** Whether a write between then and now can have that time. One in the future says nothing. */
    private boolean isWithin(long mtimeNanos, long sinceMillis) {
        long written = Math.floorDiv(mtimeNanos, 1_000_000L);
        return written + work.settings.timeStepMillis() > work.byClock(sinceMillis)
                && written <= work.byClock(work.now);
    }

    /** Has what has settled read. */
    void read(boolean online) {
        settling.removeIf(id -> {
            boolean settled = due(id) <= work.now;
            if (settled) {
                due.add(id);
            }
            return settled;
        });
        boolean send = !work.settings.readOnly();
        if (send && !online) {
            return;
        }
        while (!due.isEmpty() && reading.size() < READS_MAX) {
            var files = new ArrayList<Outgoing>();
            var ids = new HashSet<NodeId>();
            Iterator<NodeId> next = due.iterator();
            while (next.hasNext() && files.size() < READ_FILES_MAX) {
                NodeId id = next.next();
                next.remove();
                if (caution.waits(id)) {
                    toReadAt(id, work.now + UNANSWERED_MILLIS, tries(id));
                    continue;
                }
                Optional<LocalPath> path = work.path(id);
                Optional<LocalRow.Present> row = work.state.local(id);
                if (path.isPresent() && row.isPresent() && row.get().item().isEmpty()) {
                    long size = row.get().observed().stat().sizeBytes();
                    Optional<Content> before =
                            work.state.agreed(id).flatMap(agreed -> agreed.item().content());
                    files.add(new Outgoing(id, path.get(), size, before));
                    ids.add(id);
                } else {
                    unread.remove(id);
                }
            }
            if (!files.isEmpty()) {
                reading.put(++lastBatch, ids);
                ids.forEach(id -> newest.put(id, lastBatch));
                work.out.add(new Effect.ReadFiles(lastBatch, files, send));
            }
        }
    }

    void read(long batch, Sent sent) {
        NodeId id = sent.file().node();
        Optional<LocalRow.Present> row = work.state.local(id);
        if (!unread.containsKey(id)
                || !newest.getOrDefault(id, 0L).equals(batch)
                || due.contains(id)
                || settling.contains(id)) {
            return; // Seen changed, moved under another id or gone meanwhile.
        }
        if (row.isEmpty() || row.get().item().isPresent()) {
            forget(id);
            return;
        }
        switch (sent) {
            case Sent.Done done -> done(row.get(), done);
            case Sent.Unread(_, var why) -> unreadable(id, sent.file().path(), why);
        }
    }

    private void done(LocalRow.Present row, Sent.Done done) {
        NodeId id = row.id();
        boolean same =
                done.after().identity().equals(row.observed().stat().identity())
                        || work.path(id).filter(done.file().path()::equals).isPresent();
        if (!same || !fileKind(row.kind()).equals(done.after().kind())) {
            work.dirtyAround(done.file().path());
            toReadAt(id, work.now + settle(1), 1);
            return;
        }
        if (!done.steady()) {
            int tries = tries(id) + 1;
            if (tries > 10) {
                work.trying(
                        done.file().path().toString(),
                        "it is being written all the time",
                        "close the program that writes it, or ignore it in .synclineignore; it is"
                                + " sent when it rests");
            }
            toReadAt(id, work.now + settle(tries), tries);
            return;
        }
        Stat awaited = row.observed().stat();
        if (work.settings.areTimesCoarse() && !done.after().unchangedSince(awaited)) {
            changed(id, done.after());
            return;
        }
        unread.remove(id);
        newest.remove(id);
        work.solved(done.file().path().toString());
        var observed = new Observed(row.observed().localName(), done.after());
        Item read = item(row, done.content(), done.after());
        if (caution.isDamage(id, read, done.after())) {
            // What it holds stays unknown, so that no plan sees it, nor one after a restart.
            work.state.putLocal(row.unread(observed));
            return;
        }
        work.state.putLocal(row.holding(read, observed));
        work.state.agree(id);
        wasItMoved(id);
        work.planWanted = true;
    }

    private static FileKind fileKind(Kind kind) {
        return kind.equals(Kind.SYMLINK) ? FileKind.SYMLINK : FileKind.FILE;
    }

    /** R23: an attribute differs only if the disk changed from what was seen after agreeing. */
    private Item item(LocalRow.Present row, Content content, Stat now) {
        if (row.kind().equals(Kind.SYMLINK)) {
            return Item.symlink(content, now.mtimeNanos());
        }
        Optional<Agreed> agreed =
                work.state.agreed(row.id()).or(() -> movedFrom(row.id(), content));
        boolean untouched =
                agreed.flatMap(Agreed::observed)
                        .filter(then -> then.stat().executable() == now.executable())
                        .isPresent();
        boolean executable =
                untouched ? agreed.orElseThrow().item().executable() : now.executable();
        return Item.file(content, executable, now.mtimeNanos());
    }

    private void unreadable(NodeId id, LocalPath path, Outcome.Refused why) {
        if (why instanceof Outcome.Missing || why instanceof Outcome.Changed) {
            work.dirtyAround(path);
        } else {
            work.trying(path.toString(), why.why(), Todo.about(why));
        }
        int tries = tries(id) + 1;
        toReadAt(id, work.now + Math.max(1_000, settle(tries)), tries);
    }

    void readEnded(long batch) {
        readEnded(batch, 500, Optional.empty());
    }

    /** The server takes no more bytes: what wasn't sent is told, and tried again after a while. */
    void refused(long batch, String why) {
        readEnded(batch, REFUSED_MILLIS, Optional.of(why));
    }

    private void readEnded(long batch, long waitMillis, Optional<String> why) {
        Set<NodeId> ids = reading.remove(batch);
        if (ids == null) {
            return;
        }
        // A reading that was cut off leaves some without a result.
        for (NodeId id : ids) {
            boolean left = unread.containsKey(id) && newest.getOrDefault(id, 0L).equals(batch);
            if (left && !due.contains(id) && !settling.contains(id)) {
                toReadAt(id, work.now + waitMillis, tries(id));
                why.ifPresent(reason ->
                        work.trying(
                                work.describe(id),
                                reason,
                                "delete something from the project, or have the operator give it"
                                        + " more room ('syncline admin quota')"));
            }
        }
    }

    // Moves without birth times.

    private void wasItMoved(NodeId appeared) {
        NodeId vanished = perhapsMoved.get(appeared);
        if (vanished == null) {
            return;
        }
        boolean moved =
                work.state
                        .local(appeared)
                        .flatMap(LocalRow.Present::item)
                        .flatMap(Item::content)
                        .flatMap(content -> movedFrom(appeared, content))
                        .isPresent();
        notMoved(appeared);
        if (moved) {
            work.replaceId(appeared, vanished, Optional.empty());
            work.state.agree(vanished);
        }
    }

    /** What was agreed on the node that it is, where it may have moved and holds the same. */
    private Optional<Agreed> movedFrom(NodeId appeared, Content content) {
        return Optional.ofNullable(perhapsMoved.get(appeared))
                .filter(vanished -> work.state.local(vanished).isEmpty())
                .flatMap(work.state::agreed)
                .filter(before -> before.item().content().equals(Optional.of(content)));
    }

    private void notMoved(NodeId appeared) {
        NodeId vanished = perhapsMoved.remove(appeared);
        if (vanished != null) {
            work.release(vanished);
        }
    }

    /** A node got another id. */
    private void renamed(NodeId from, NodeId to) {
        caution.renamed(from, to);
        Unread row = unread.get(from);
        forget(from);
        if (row != null) {
            toReadAt(to, row.dueMillis(), row.tries());
        }
    }

    /** The root was emptied and that was meant: everything is gone. */
    void emptied() {
        StateStore store = work.state.store();
        for (List<Agreed> rows = store.agreedAfter(StateStore.FIRST, 1_000);
                !rows.isEmpty();
                rows = store.agreedAfter(rows.getLast().id(), 1_000)) {
            rows.stream().filter(Agreed::isMaterialised).forEach(row -> vanished(row.id()));
        }
        for (List<LocalRow> rows = store.localAfter(StateStore.FIRST, 1_000);
                !rows.isEmpty();
                rows = store.localAfter(rows.getLast().id(), 1_000)) {
            rows.stream()
                    .filter(LocalRow.Present.class::isInstance)
                    .forEach(row -> vanished(row.id()));
        }
    }
}
