package io.syncline.client.engine;

import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.RootState;
import io.syncline.client.scan.ScanResult;
import io.syncline.client.state.Durability;
import io.syncline.client.state.Intent;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.ReplicaState;
import io.syncline.client.state.StateStore;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.lineage.Resync;
import io.syncline.core.plan.Plan;
import io.syncline.core.plan.Planner;
import io.syncline.core.plan.Step;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Checkpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One folder's decisions: {@code handle(events) → effects}. Deterministic: time comes with the
 * events, ids from the generator handed in, and the only thing it calls is the state store (R36).
 * One thread uses it.
 *
 * <p>Four kinds of work overlap: reading the feed ({@link Feed}), looking at the disk and reading
 * files ({@link LocalView}), sending commits ({@link Outbox}) and changing the disk ({@link
 * DiskWork}). A scan and a change of the disk exclude each other. Whenever the remote side is
 * consistent and neither runs, the planner sees a window of what differs (R46).
 */
public final class Engine {
    private static final String PAUSED = "paused";
    private static final String STOPPED = "stopped";
    private static final String AGREED_AT = "agreed-at";

    /** Hints that wait, such as for a scan to end; of more the oldest are forgotten. */
    private static final int HINTS_MAX = 16;

    /** A question for changes without having been told, in case that a hint was lost. */
    private static final long POLL_MILLIS = 5 * 60 * 1_000;

    /** At most one checkpoint in this time, but for one when it falls quiet (R49). */
    private static final long CHECKPOINT_MILLIS = 60_000;

    /** How long nothing must have happened; each replica waits a little longer, of its own. */
    private static final long QUIET_MILLIS = 1_000;

    private static final int QUIET_JITTER_MILLIS = 2_000;

    /** A checkpoint that says nothing new, so that the server sees that the replica lives (R16). */
    private static final long SIGN_OF_LIFE_MILLIS = 24 * 60 * 60 * 1_000;

    /** Windows looked at for one call, so that events are taken in between. */
    private static final int ROUNDS = 4;

    /**
     * While as many files are fetched as may be, a window is planned this often only: nearly all of
     * it would be more files to fetch, but a rename or a delete must not wait for terabytes.
     */
    private static final long FULL_MILLIS = 500;

    private final Work work;
    private final PlannedTrees trees;
    private final Planner planner;
    private final Feed feed;
    private final LocalView local;
    private final DiskWork disk;
    private final Outbox outbox;
    private final Brake brake;
    private final Supplier<CommitId> commitIds;
    private final Caution caution;
    private final Healing healing;

    /** Failing kinds of effect, by class, wait. */
    private final Delays<String> retries = new Delays<>();

    private boolean recovering;

    /** Why what a run left couldn't be cleared up; it is tried again. */
    private Optional<String> unrecovered = Optional.empty();

    /** Downloads, or looking at what names a disk can hold, may have left a temporary. */
    private boolean untidy;

    private boolean rootFine;
    private boolean lookingAtRoot;
    private boolean scanning;
    private boolean everScanned;

    /** Why the server can't be reached; empty as long as it answers. */
    private Optional<String> unreachable = Optional.empty();

    private long lastFetchMillis;
    private long quietSince = Long.MAX_VALUE;
    private boolean checkpointing;

    /** When it was last looked whether a checkpoint is due. */
    private long checkpointLookMillis;

    /** Looked at since it fell quiet. */
    private boolean lookedWhenQuiet;

    private Optional<Checkpoint> checkpointed = Optional.empty();
    private long checkpointedMillis;

    /** What waits for the end of the running scan; bounded by the effects under way. */
    private final List<Event> deferred = new ArrayList<>();

    /** Heads that were hinted at and not yet looked into, the newest last. */
    private final Deque<Event.Head> hints = new ArrayDeque<>();

    /** Where the next window begins, so that what is held back doesn't hide the rest. */
    private NodeId remoteFrom = StateStore.FIRST;

    private NodeId localFrom = StateStore.FIRST;
    private NodeId localOnlyFrom = NodeId.ROOT;

    /** Whether the present pass over all that differs began at its beginning. */
    private boolean isWholePass;

    /** The pass isn't over: it goes on after the events that wait. */
    private boolean isPassing;

    private long plannedMillis = Long.MIN_VALUE / 2;

    /** What the planner holds back until someone acts. */
    private final Map<NodeId, String> heldBack = new LinkedHashMap<>();

    /** Those of them that the present pass has come by. */
    private final Set<NodeId> heldInPass = new HashSet<>();

    /**
     * An engine over this state.
     *
     * @param commitIds new random commit ids (R9)
     */
    public Engine(
            StateStore store,
            EngineSettings settings,
            Planner planner,
            Names names,
            Supplier<CommitId> commitIds) {
        this.work = new Work(store, settings, names);
        this.trees = new PlannedTrees(work);
        this.planner = planner;
        this.feed = new Feed(work);
        this.caution = new Caution(work);
        this.disk = new DiskWork(work);
        this.local = new LocalView(work, caution, disk);
        this.outbox = new Outbox(work, feed, local, commitIds);
        this.brake = new Brake(work);
        this.healing = new Healing(work);
        this.commitIds = commitIds;
    }

    /** The state, for looking at it. */
    public ReplicaState state() {
        return work.state;
    }

    /**
     * Begins: takes up what an earlier run left, and looks at everything. Called once, first.
     *
     * @param boot this run of the system, where it is known (R31)
     */
    public List<Effect> start(long nowMillis, Optional<Boot> boot) {
        work.now = nowMillis;
        checkpointLookMillis = nowMillis;
        StateStore store = work.state.store();
        store.value(STOPPED).ifPresent(text -> work.stop = Optional.of(stored(text)));
        work.restore();
        outbox.restore();
        disk.restore();
        local.restore();
        brake.restore();
        healing.start();
        work.fetchWanted = true;
        work.scanAllWanted = true;
        work.state.write(
                Durability.DURABLE,
                () -> {
                    if (feed.resync().isPresent()) {
                        feed.beginStaging();
                    }
                    if (caution.begin(boot)) {
                        work.note(
                                "the system ended while syncing, as by a power cut: files written"
                                        + " shortly before are checked",
                                Todo.NOTHING);
                        caution.forEachInDoubt(local);
                    }
                });
        recovering = true;
        work.out.add(new Effect.Recover(store.intents()));
        return proceed();
    }

    /** Takes these events in, in order, and says what to do next. */
    public List<Effect> handle(long nowMillis, List<Event> events) {
        boolean waited = work.delays.nextMillis(work.now) <= nowMillis;
        work.now = Math.max(work.now, nowMillis);
        work.planWanted |= waited;
        Optional<Stop> before = work.stop;
        work.state.write(
                Durability.EVENTUAL,
                () -> {
                    events.forEach(this::takeOrDefer);
                    brake.count();
                    caution.alive();
                    storeStop(before);
                });
        return proceed();
    }

    /** Ends in order; nothing is called afterwards. */
    public void stop() {
        work.state.write(Durability.DURABLE, caution::end);
    }

    /** When {@link #handle} wants to be called even if nothing happens. */
    public long nextMillis() {
        // Nothing is done before what was left is cleared up and the root was looked at.
        if (isPaused() || work.stop.isPresent()) {
            return Long.MAX_VALUE;
        }
        if (recovering || !rootFine) {
            return unrecovered.isPresent() ? retries.nextMillis(work.now) : Long.MAX_VALUE;
        }
        if (isPassing) {
            return work.now;
        }
        boolean mayAsk = !feed.isAsking() && !retries.waits("feed", work.now);
        long next = mayAsk ? lastFetchMillis + POLL_MILLIS : Long.MAX_VALUE;
        next = Math.min(next, retries.nextMillis(work.now));
        next = Math.min(next, work.delays.nextMillis(work.now));
        // What waits for its next try comes with the retries: asked for before, it would be busy
        // waiting.
        if (!retries.waits("read", work.now)) {
            next = Math.min(next, local.nextMillis());
        }
        next = Math.min(next, healing.nextMillis());
        if (!scanning && !disk.isCarrying() && !retries.waits("scan", work.now)) {
            next = Math.min(next, work.nextLookMillis());
        }
        if (work.planWanted && canPlan() && !disk.hasRoom() && hasRemote()) {
            next = Math.min(next, fullPlanMillis());
        }
        if (!work.dirty.isEmpty()
                && !scanning
                && !disk.isCarrying()
                && !retries.waits("scan", work.now)) {
            next = Math.min(next, work.dirtySince + work.settings.coalesceMillis());
        }
        if (!checkpointing && !retries.waits("checkpoint", work.now) && feed.isConsistent()) {
            next = Math.min(next, nextCheckpointMillis());
        }
        return next;
    }

    // Events.

    /**
     * While a scan runs no id may change, because the scanner holds ids: what could change one
     * waits until its end.
     */
    private void takeOrDefer(Event event) {
        if (scanning && !isHarmlessToScan(event)) {
            deferred.add(event);
            return;
        }
        take(event);
        if (!scanning && !deferred.isEmpty()) {
            List<Event> waited = List.copyOf(deferred);
            deferred.clear();
            waited.forEach(this::take);
        }
    }

    private static boolean isHarmlessToScan(Event event) {
        return switch (event) {
            case Event.Failed(var effect, _, _) -> effect instanceof Effect.Scan;
            case Event.Tick _,
                    Event.Observed _,
                    Event.Scanned _,
                    Event.Connected _,
                    Event.Disconnected _,
                    Event.Head _,
                    Event.Dirty _,
                    Event.Overflow _,
                    Event.Notice _,
                    Event.Noted _,
                    Event.BlocksWanted _,
                    Event.Pause _ ->
                    true;
            case Event.Page _,
                    Event.Expired _,
                    Event.SnapshotPart _,
                    Event.NoSnapshot _,
                    Event.RootSeen _,
                    Event.Read _,
                    Event.ReadEnded _,
                    Event.Received _,
                    Event.ReceiveEnded _,
                    Event.Committed _,
                    Event.CommitExpired _,
                    Event.Carried _,
                    Event.Recovered _,
                    Event.CheckpointTaken _,
                    Event.CheckpointExpired _,
                    Event.CheckpointStale _,
                    Event.Wanted _,
                    Event.SentAgain _,
                    Event.Unsubscribed _,
                    Event.Resume _,
                    Event.Confirm _,
                    Event.Reject _,
                    Event.SyncNow _ ->
                    false;
        };
    }

    private void take(Event event) {
        switch (event) {
            case Event.Tick _ -> {}
            case Event.Page(var page) -> {
                retries.succeeded("feed");
                unreachable = Optional.empty();
                feed.page(page);
            }
            case Event.Expired(var request, var mode, var fork) -> {
                if (feed.expired(request, mode, fork)) {
                    outbox.dropAll();
                }
            }
            case Event.SnapshotPart part -> {
                retries.succeeded("feed");
                unreachable = Optional.empty();
                feed.snapshot(part);
            }
            case Event.NoSnapshot _ -> feed.noSnapshot();
            case Event.Observed(var observations) -> observations.forEach(local::observe);
            case Event.Scanned(var result) -> scanned(result);
            case Event.RootSeen(var root) -> rootSeen(root);
            case Event.Read(var batch, var sent) -> local.read(batch, sent);
            case Event.ReadEnded(var batch) -> local.readEnded(batch);
            case Event.Received(var fetched) -> disk.received(fetched);
            case Event.ReceiveEnded(var batch) -> {
                disk.receiveEnded(batch);
                untidy = true;
            }
            case Event.Committed(var id, var answer) -> {
                retries.succeeded("commit");
                outbox.answered(id, answer);
            }
            case Event.CommitExpired(var id, var mode, var fork) -> {
                if (outbox.contains(id)) {
                    outbox.dropAll();
                    feed.resync(mode, fork);
                }
            }
            case Event.Carried(var results) -> disk.carried(results);
            case Event.Recovered(var traces) -> recovered(traces);
            case Event.CheckpointTaken _ -> {
                retries.succeeded("checkpoint");
                checkpointing = false;
            }
            case Event.CheckpointExpired _ -> {
                checkpointFailed();
                work.fetchWanted = true;
            }
            case Event.CheckpointStale(var replica) -> registerAnew(replica);
            case Event.Wanted(var page) -> healing.wanted(page);
            case Event.SentAgain(var results) -> healing.sent(results);
            case Event.BlocksWanted _ -> {
                healing.told();
                disk.tryLackingAgain();
            }
            case Event.Noted(var text, var todo) -> work.note(text, todo);
            case Event.Failed failed -> failed(failed);
            case Event.Connected _ -> {
                unreachable = Optional.empty();
                retries.clear();
                work.fetchWanted = true;
            }
            case Event.Disconnected(var why) -> unreachable = Optional.of(why);
            case Event.Head hint -> {
                if (hints.size() >= HINTS_MAX) {
                    hints.removeFirst();
                }
                hints.addLast(hint);
            }
            case Event.Unsubscribed _ -> work.fetchWanted = true;
            case Event.Dirty(var directories) -> directories.forEach(work::dirty);
            case Event.Overflow(var why) -> {
                work.scanAllWanted = true;
                work.note(
                        "the watcher lost track (" + why + "); the whole folder is scanned",
                        Todo.NOTHING);
            }
            case Event.Notice(var subject, var text) -> notice(subject, text);
            case Event.Pause _ -> work.state.store().putValue(PAUSED, "");
            case Event.Resume _ -> resume();
            case Event.Confirm _ -> confirm();
            case Event.Reject _ -> reject();
            case Event.SyncNow _ -> {
                work.fetchWanted = true;
                work.scanAllWanted = true;
                retries.clear();
                work.delays.clear();
            }
        }
    }

    private void notice(String subject, String text) {
        if (text.isEmpty()) {
            work.solved(subject);
        } else {
            work.problem(subject, text, Todo.NOTHING);
        }
    }

    private void scanned(ScanResult result) {
        untidy = true;
        scanning = false;
        work.planWanted = true;
        switch (result) {
            case ScanResult.Completed _ -> {
                everScanned = true;
                work.husksDue = work.hasHusks();
                local.restore();
            }
            case ScanResult.RootGone _ ->
                    work.stop(Stop.Kind.ROOT, "the folder isn't there (any more)");
            case ScanResult.RootSwapped _ ->
                    work.stop(
                            Stop.Kind.ROOT,
                            "another folder is in its place, or its marker .syncline is missing");
            case ScanResult.RootEmptied(int known) ->
                    work.stop(
                            Stop.Kind.EMPTIED,
                            "nothing is left in the folder, where %d entries were: confirm that they"
                                            .formatted(known)
                                    + " shall be deleted everywhere, or reject to get them back");
        }
    }

    private void rootSeen(RootState root) {
        lookingAtRoot = false;
        rootFine = root == RootState.FINE;
        switch (root) {
            case FINE -> {}
            case GONE -> work.stop(Stop.Kind.ROOT, "the folder isn't there (any more)");
            case SWAPPED ->
                    work.stop(
                            Stop.Kind.ROOT,
                            "another folder is in its place, or its marker .syncline is missing");
        }
    }

    /** Whether its failure can be a word of the server; what the disk denies is another matter. */
    private static boolean asksServer(Effect effect) {
        return switch (effect) {
            case Effect.Scan _,
                    Effect.LookAtRoot _,
                    Effect.CarryOut _,
                    Effect.Recover _,
                    Effect.Discard _ ->
                    false;
            case Effect.FetchChanges _,
                    Effect.FetchSnapshot _,
                    Effect.ReadFiles _,
                    Effect.FetchFiles _,
                    Effect.SendCommit _,
                    Effect.PutCheckpoint _,
                    Effect.AskWanted _,
                    Effect.SendAgain _ ->
                    true;
        };
    }

    private void recovered(List<Event.Recovered.Trace> traces) {
        recovering = false;
        retries.succeeded("recover");
        for (Event.Recovered.Trace trace : traces) {
            for (Intent intent : work.state.store().intents()) {
                if (intent.id() == trace.intent()) {
                    work.state.store().removeIntent(intent.id());
                    if (trace.happened()) {
                        happened(intent);
                    }
                }
            }
        }
    }

    private void happened(Intent intent) {
        switch (intent.kind()) {
            case DiskWork.SET_ASIDE -> setAsideBeforeTheCrash(intent);
            case DiskWork.MOVE -> disk.movedBeforeTheCrash(intent);
            default -> {}
        }
    }

    /** R12: the intent wins over what the scan would make of the renamed file. */
    private void setAsideBeforeTheCrash(Intent intent) {
        List<String> parts = Parts.split(intent.body());
        var copy = new NodeId(Long.parseLong(parts.get(0)));
        work.state
                .local(intent.node())
                .ifPresent(row ->
                        disk.copyMade(intent.node(), copy, parts.get(1), row.observed().stat()));
    }

    private void failed(Event.Failed failed) {
        if (failed.effect() instanceof Effect.AskWanted
                || failed.effect() instanceof Effect.SendAgain) {
            // Beside the folder's own work, which finds out for itself what is wrong.
            healing.failed(failed.code());
            return;
        }
        switch (failed.code()) {
            case UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, UPGRADE_REQUIRED -> {
                if (asksServer(failed.effect())) {
                    work.stop(Stop.Kind.ACCESS, failed.why());
                }
            }
            case UNAVAILABLE -> {
                if (failed.effect() instanceof Effect.FetchChanges
                        || failed.effect() instanceof Effect.FetchSnapshot) {
                    unreachable = Optional.of(failed.why());
                }
            }
            default -> {}
        }
        switch (failed.effect()) {
            case Effect.FetchChanges _ -> {
                retries.failed("feed", work.now, 500);
                feed.failed();
            }
            case Effect.FetchSnapshot _ -> {
                retries.failed("feed", work.now, 500);
                feed.failed();
                if (failed.code() != ErrorCode.UNAVAILABLE && failed.code() != ErrorCode.LIMITED) {
                    feed.noSnapshot();
                }
            }
            case Effect.SendCommit(var id, _) -> {
                outbox.failed(id);
                if (failed.code() == ErrorCode.INVALID || failed.code() == ErrorCode.TOO_LARGE) {
                    outbox.refused(id, failed.why());
                }
                retries.failed("commit", work.now, 500);
            }
            case Effect.ReadFiles(var batch, _, _) -> {
                retries.failed("read", work.now, 500);
                if (failed.code() == ErrorCode.TOO_LARGE) {
                    local.refused(batch, failed.why());
                } else {
                    local.readEnded(batch);
                }
            }
            case Effect.FetchFiles(var batch, _) -> {
                retries.failed("fetch", work.now, 500);
                disk.receiveEnded(batch);
                untidy = true;
            }
            case Effect.Scan _ -> {
                scanning = false;
                work.scanAllWanted = true;
                retries.failed("scan", work.now, 1_000);
            }
            case Effect.LookAtRoot _ -> {
                lookingAtRoot = false;
                work.stop(Stop.Kind.ROOT, failed.why());
            }
            case Effect.CarryOut(var tasks) -> {
                work.stop(Stop.Kind.DEFECT, failed.why());
                disk.carryingFailed(tasks);
                // What became of it is found out as after a crash.
                recovering = true;
                unrecovered = Optional.of(failed.why());
            }
            case Effect.Recover _ -> {
                unrecovered = Optional.of(failed.why());
                retries.failed("recover", work.now, 1_000);
                if (failed.code() == ErrorCode.INTERNAL) {
                    work.stop(Stop.Kind.DEFECT, failed.why());
                }
            }
            case Effect.PutCheckpoint _ -> checkpointFailed();
            case Effect.AskWanted _, Effect.SendAgain _, Effect.Discard _ -> {}
        }
    }

    // Stopping and going on.

    private boolean isPaused() {
        return work.state.store().value(PAUSED).isPresent();
    }

    private void storeStop(Optional<Stop> before) {
        if (!work.stop.equals(before)) {
            if (work.stop.isPresent()) {
                Stop stop = work.stop.get();
                work.note("stopped: " + stop.reason(), stop.kind().todo());
                work.state.store().putValue(STOPPED, stop.kind().name() + "\n" + stop.reason());
            } else {
                work.state.store().removeValue(STOPPED);
            }
        }
    }

    private static Stop stored(String text) {
        int end = text.indexOf('\n');
        return new Stop(Stop.Kind.valueOf(text.substring(0, end)), text.substring(end + 1));
    }

    private void goOn() {
        work.stop = Optional.empty();
        work.scanAllWanted = true;
        work.fetchWanted = true;
        work.planWanted = true;
        rootFine = false;
        retries.clear();
        work.delays.clear();
    }

    private void resume() {
        work.state.store().removeValue(PAUSED);
        boolean asks =
                work.stop
                        .map(Stop::kind)
                        .filter(kind ->
                                kind == Stop.Kind.DELETES
                                        || kind == Stop.Kind.EMPTIED
                                        || kind == Stop.Kind.MISMATCH)
                        .isPresent();
        if (!asks) {
            goOn();
        }
    }

    private void confirm() {
        if (work.stop.isEmpty()) {
            return;
        }
        work.note("confirmed: " + work.stop.get().reason(), Todo.NOTHING);
        switch (work.stop.get().kind()) {
            case DELETES -> brake.confirm();
            case EMPTIED -> {
                brake.confirm();
                local.emptied();
            }
            case MISMATCH -> {
                work.state.store().removeValue("reconciled");
                feed.resync(Resync.RECONCILE, 0);
            }
            case ROOT, ACCESS, DEFECT -> {}
        }
        goOn();
    }

    /** What was deleted here is fetched again, what was deleted there is made again. */
    private void reject() {
        if (work.stop.isEmpty()) {
            return;
        }
        work.note("rejected: " + work.stop.get().reason(), Todo.NOTHING);
        Stop.Kind kind = work.stop.get().kind();
        if (kind == Stop.Kind.EMPTIED) {
            local.emptied();
        }
        if (kind == Stop.Kind.DELETES || kind == Stop.Kind.EMPTIED) {
            StateStore store = work.state.store();
            for (List<LocalRow> rows = store.localAfter(StateStore.FIRST, 1_000);
                    !rows.isEmpty();
                    rows = store.localAfter(rows.getLast().id(), 1_000)) {
                for (LocalRow row : rows) {
                    if (row instanceof LocalRow.Absent(var id)) {
                        work.state.putAgreed(id, Optional.empty());
                    }
                }
            }
            for (List<RemoteRow> rows = store.remoteAfter(StateStore.FIRST, 1_000);
                    !rows.isEmpty();
                    rows = store.remoteAfter(rows.getLast().id(), 1_000)) {
                rows.stream().filter(RemoteRow::deleted).forEach(row -> detach(row.id()));
            }
        }
        goOn();
    }

    private void detach(NodeId id) {
        work.state.putAgreed(id, Optional.empty());
        if (work.state.local(id).isPresent()) {
            work.replaceId(id, work.state.newLocalId(), Optional.of(id));
        }
    }

    // What to do next.

    private List<Effect> proceed() {
        isPassing &= rootFine;
        if (work.stop.isEmpty() && !isPaused()) {
            if (recovering) {
                recoverAgain();
            } else if (!rootFine) {
                lookAtRoot();
            } else {
                goOnWithWork();
            }
        }
        List<Effect> effects = List.copyOf(work.out);
        work.out.clear();
        return effects;
    }

    private void recoverAgain() {
        if (unrecovered.isPresent() && !retries.waits("recover", work.now)) {
            unrecovered = Optional.empty();
            work.out.add(new Effect.Recover(work.state.store().intents()));
        }
    }

    private void lookAtRoot() {
        if (!lookingAtRoot) {
            lookingAtRoot = true;
            work.out.add(new Effect.LookAtRoot());
        }
    }

    private void goOnWithWork() {
        // While an own commit is under way the hint is likely to be about that one, and its answer
        // tells more.
        if (!hints.isEmpty() && outbox.isEmpty() && !scanning) {
            takeHints();
        }
        if (work.now - lastFetchMillis >= POLL_MILLIS) {
            work.fetchWanted = true;
        }
        if (work.fetchWanted && !feed.isAsking() && !retries.waits("feed", work.now)) {
            lastFetchMillis = work.now;
            feed.ask();
        }
        scan();
        if (!retries.waits("read", work.now)) {
            local.read(true);
        }
        if (!retries.waits("commit", work.now)) {
            outbox.send();
        }
        carryOn();
        healing.proceed();
        dropTombstones();
        checkpoint();
        tidy();
    }

    /** Nothing is under way, so of the temporaries only those may be there that a start keeps. */
    private void tidy() {
        if (untidy && work.out.isEmpty() && isQuiet()) {
            untidy = false;
            recovering = true;
            work.out.add(new Effect.Recover(work.state.store().intents()));
        }
    }

    /** What a hint tells needn't be asked for (R50). */
    private void takeHints() {
        List<Event.Head> told = List.copyOf(hints);
        hints.clear();
        work.state.write(
                Durability.EVENTUAL,
                () -> {
                    boolean known = false;
                    for (Event.Head hint : told) {
                        known = hint.news().map(feed::news).orElse(false);
                    }
                    if (!known) {
                        feed.head(told.getLast().head());
                    }
                });
    }

    /**
     * Only when nothing is under way: an operation on disk that ends, or an own commit that is
     * answered, after its node was deleted on the server must meet the tombstone (R13).
     */
    private void dropTombstones() {
        StateStore store = work.state.store();
        if (isQuiet() && !store.remoteAfter(StateStore.FIRST, 1).isEmpty()) {
            long cursor = work.state.cursor().orElseThrow().sequence();
            work.state.write(Durability.EVENTUAL, () -> store.dropTombstones(cursor));
        }
    }

    private void scan() {
        if (scanning || disk.isCarrying() || retries.waits("scan", work.now)) {
            return;
        }
        work.lookAgain();
        if (work.scanAllWanted) {
            work.scanAllWanted = false;
            work.dirty.clear();
            begin(new Effect.Scan(Optional.empty()));
        } else if (!work.dirty.isEmpty()
                && work.now >= work.dirtySince + work.settings.coalesceMillis()) {
            Set<LocalPath> directories = Set.copyOf(work.dirty);
            work.dirty.clear();
            begin(new Effect.Scan(Optional.of(directories)));
        }
    }

    private void begin(Effect.Scan scan) {
        scanning = true;
        work.lookedAt(scan.directories());
        local.beginScan();
        work.out.add(scan);
    }

    private boolean canPlan() {
        return !scanning && everScanned && !disk.isCarrying() && feed.isConsistent();
    }

    /** Plans, and carries out what was planned or has arrived. */
    private void carryOn() {
        boolean wasPassing = isPassing;
        isPassing = false;
        if (!canPlan()) {
            return;
        }
        if (work.planWanted && !wasPassing) {
            isWholePass = isAtStart();
        }
        // Not everything that differs gets into one window; what can't be done must not hide it.
        for (int round = 0; round < ROUNDS; round++) {
            boolean planning = work.planWanted && hasRoom() && !isAllUnderway();
            if (!planning && !disk.hasArrived() && !disk.hasDamaged() && !work.husksDue) {
                break;
            }
            work.planWanted &= !planning;
            plannedMillis = planning ? work.now : plannedMillis;
            Optional<Stop> before = work.stop;
            List<NodeId> window = planning ? window() : List.of();
            Plan plan = window.isEmpty() ? new Plan(List.of()) : planner.plan(trees, window);
            boolean again =
                    work.state.write(
                            disk.arrivedNeedsDurable() || needsDurable(plan)
                                    ? Durability.DURABLE
                                    : Durability.EVENTUAL,
                            () -> {
                                disk.takeDamaged();
                                disk.takeHusks();
                                disk.takeArrived();
                                boolean more = planning && carryOut(plan, window);
                                storeStop(before);
                                return more;
                            });
            if (!again || disk.isCarrying()) {
                break;
            }
            work.planWanted = true;
            isPassing = round == ROUNDS - 1;
        }
        outbox.send();
        disk.send(!retries.waits("fetch", work.now));
    }

    /** Journal and intents must outlive a power cut before anything is done (R6, R8, R12). */
    private static boolean needsDurable(Plan plan) {
        return plan.steps().stream()
                .anyMatch(step ->
                        step instanceof Step.Send
                                || step instanceof Step.SetAside
                                || step instanceof Step.Move
                                || step instanceof Step.Exchange);
    }

    /** Whether a plan could begin anything now. */
    private boolean hasRoom() {
        boolean incoming = hasRemote();
        boolean outgoing = !outbox.isFull() && (hasLocal() || !incoming);
        return outgoing || (incoming && (disk.hasRoom() || work.now >= fullPlanMillis()));
    }

    /**
     * Whether as many nodes are under way as differ: a window would find each of them held. Where
     * others are under way too, they end, and then it is looked again.
     */
    private boolean isAllUnderway() {
        StateStore store = work.state.store();
        return work.busyCount() > 0 && store.remoteCount() + store.localCount() <= work.busyCount();
    }

    private long fullPlanMillis() {
        return plannedMillis + FULL_MILLIS;
    }

    private boolean hasRemote() {
        return !work.state.store().remoteAfter(StateStore.FIRST, 1).isEmpty();
    }

    private boolean hasLocal() {
        return !work.state.store().localAfter(StateStore.FIRST, 1).isEmpty();
    }

    /** True when another window should be looked at right away. */
    private boolean carryOut(Plan plan, List<NodeId> window) {
        if (window.isEmpty()) {
            if (isAtStart()) {
                heldBack.values().forEach(work::solved);
                heldBack.clear();
            }
            return endPass();
        }
        long deletes = Brake.deletes(plan.steps());
        if (!brake.allows(deletes)) {
            return false;
        }
        // What still holds is told again below.
        window.forEach(this::letGo);
        boolean wrote = false;
        for (Step step : plan.steps()) {
            switch (step) {
                case Step.Send send -> outbox.take(send);
                case Step.Local task -> {
                    if (!disk.isFull()) {
                        disk.take(task);
                    }
                }
                case Step.Bookkeeping booking -> wrote |= book(booking);
            }
        }
        // What was booked may make something possible that the pass has been by.
        isWholePass &= !wrote;
        boolean goesOn = window.size() >= Planner.WINDOW_NODES || endPass();
        boolean room = hasRoom();
        work.planWanted |= goesOn && !room;
        return goesOn && room;
    }

    /** Nodes that differ and can be planned, from where the last window ended. */
    private List<NodeId> window() {
        var window = new LinkedHashSet<NodeId>();
        StateStore store = work.state.store();
        while (window.size() < Planner.WINDOW_NODES) {
            List<RemoteRow> rows = store.remoteAfter(remoteFrom, Planner.WINDOW_NODES);
            if (rows.isEmpty()) {
                break;
            }
            for (RemoteRow row : rows) {
                if (window.size() >= Planner.WINDOW_NODES) {
                    break;
                }
                remoteFrom = row.id();
                add(window, row.id());
            }
        }
        while (window.size() < Planner.WINDOW_NODES) {
            List<NodeId> ids = store.localKnown(localFrom, Planner.WINDOW_NODES);
            if (ids.isEmpty()) {
                break;
            }
            for (NodeId id : ids) {
                if (window.size() >= Planner.WINDOW_NODES) {
                    break;
                }
                localFrom = id;
                add(window, id);
            }
        }
        while (window.size() < Planner.WINDOW_NODES) {
            List<NodeId> ids = store.localOnlyKnown(localOnlyFrom, Planner.WINDOW_NODES);
            if (ids.isEmpty()) {
                break;
            }
            for (NodeId id : ids) {
                if (window.size() >= Planner.WINDOW_NODES) {
                    break;
                }
                localOnlyFrom = id;
                add(window, id);
            }
        }
        return List.copyOf(window);
    }

    private void add(Set<NodeId> window, NodeId id) {
        if (!work.state.held(id)) {
            window.add(id);
        }
    }

    private void letGo(NodeId id) {
        String subject = heldBack.remove(id);
        if (subject != null) {
            work.solved(subject);
        }
    }

    /** True when the pass has to be followed by a whole one. */
    private boolean endPass() {
        boolean again = !isWholePass;
        if (isWholePass) {
            // What is no difference any more is in no window.
            List.copyOf(heldBack.keySet()).stream()
                    .filter(id -> !heldInPass.contains(id))
                    .forEach(this::letGo);
        }
        heldInPass.clear();
        remoteFrom = StateStore.FIRST;
        localFrom = StateStore.FIRST;
        localOnlyFrom = NodeId.ROOT;
        isWholePass = true;
        return again;
    }

    private boolean isAtStart() {
        return remoteFrom.equals(StateStore.FIRST)
                && localFrom.equals(StateStore.FIRST)
                && localOnlyFrom.equals(NodeId.ROOT);
    }

    private boolean book(Step.Bookkeeping booking) {
        ReplicaState state = work.state;
        switch (booking) {
            case Step.Agree(var id, var version) -> {
                if (state.entry(Side.REMOTE, id).filter(e -> e.version() == version).isPresent()) {
                    state.agree(id);
                }
            }
            case Step.Forget(var id) -> state.putAgreed(id, Optional.empty());
            case Step.Adopt(var localOnly, var remote) -> {
                work.replaceId(localOnly, remote, Optional.empty());
                state.agree(remote);
            }
            case Step.Detach(var id) -> detach(id);
            case Step.HoldBack(var id, _, var reason) -> {
                String subject = work.describe(id);
                // Beyond what is shown, nobody needs to be told that it is over.
                heldBack.put(id, heldBack.size() < Work.PROBLEMS_MAX ? subject : "");
                heldInPass.add(id);
                work.problem(
                        subject,
                        reason,
                        reason.endsWith("read-only") ? Todo.READ_ONLY : Todo.NOTHING);
                return false;
            }
        }
        return true;
    }

    // Checkpoints (R13, R15, R49).

    private boolean isQuiet() {
        return everScanned
                && !scanning
                && !work.scanAllWanted
                && work.dirty.isEmpty()
                && hints.isEmpty()
                && !work.fetchWanted
                && !feed.isAsking()
                && feed.isConsistent()
                && !local.isReading()
                && outbox.isEmpty()
                && disk.isIdle();
    }

    private boolean isConverged() {
        StateStore store = work.state.store();
        return isQuiet()
                && store.remoteAfter(StateStore.FIRST, 1).isEmpty()
                && store.localCount() == work.huskCount();
    }

    private long nextCheckpointMillis() {
        if (quietSince == Long.MAX_VALUE) {
            return checkpointLookMillis + CHECKPOINT_MILLIS;
        }
        return lookedWhenQuiet ? Long.MAX_VALUE : quietSince + quietMillis();
    }

    private long quietMillis() {
        return QUIET_MILLIS
                + Math.floorMod(work.settings.replica().hashCode(), QUIET_JITTER_MILLIS);
    }

    private void checkpoint() {
        if (!isQuiet()) {
            quietSince = Long.MAX_VALUE;
            lookedWhenQuiet = false;
        } else if (quietSince == Long.MAX_VALUE) {
            quietSince = work.now;
        }
        if (isConverged()) {
            rememberAgreement();
        }
        // Only what was received whole can be claimed, and nothing of our own beyond it (R13).
        if (checkpointing || !feed.isConsistent() || retries.waits("checkpoint", work.now)) {
            return;
        }
        boolean fellQuiet =
                quietSince != Long.MAX_VALUE
                        && !lookedWhenQuiet
                        && work.now - quietSince >= quietMillis();
        if (!fellQuiet && work.now - checkpointLookMillis < CHECKPOINT_MILLIS) {
            return;
        }
        lookedWhenQuiet |= fellQuiet;
        checkpointLookMillis = work.now;
        Checkpoint checkpoint =
                new Checkpoint(
                        work.registration(),
                        work.state.cursor().orElseThrow(),
                        work.state.digest(),
                        agreedAt(),
                        heldBack.size(),
                        work.settings.folder());
        boolean news = !checkpointed.equals(Optional.of(checkpoint));
        if (news || work.now - checkpointedMillis >= SIGN_OF_LIFE_MILLIS) {
            checkpointing = true;
            checkpointed = Optional.of(checkpoint);
            checkpointedMillis = work.now;
            work.out.add(new Effect.PutCheckpoint(checkpoint));
        }
    }

    private void checkpointFailed() {
        checkpointing = false;
        checkpointed = Optional.empty();
        lookedWhenQuiet = false;
        retries.failed("checkpoint", work.now, 5_000);
    }

    /** Two folders must not share one replica: one of them gets an id of its own (R42). */
    private void registerAnew(ReplicaId refused) {
        checkpointing = false;
        checkpointed = Optional.empty();
        lookedWhenQuiet = false;
        if (refused.equals(work.registration())) {
            work.note(
                    "the server knew this folder's replica as further or as another device's; it"
                            + " registered anew",
                    "if this device's files were copied to another one or back from a backup, see"
                            + " that each has a home of its own");
            // 128 random bits, as a commit's id.
            work.register(new ReplicaId(commitIds.get().value()));
        }
    }

    private void rememberAgreement() {
        Cursor cursor = work.state.cursor().orElseThrow();
        StateStore store = work.state.store();
        String text = cursor.epoch() + " " + cursor.sequence();
        if (!store.value(AGREED_AT).equals(Optional.of(text))) {
            // Durable, and so is all before it: a power cut must not take back what was agreed,
            // or deletes would come back.
            work.state.write(Durability.DURABLE, () -> store.putValue(AGREED_AT, text));
        }
        if (store.value("brake/confirmed").isPresent()) {
            work.state.write(Durability.EVENTUAL, brake::quiet);
        }
    }

    private Optional<Cursor> agreedAt() {
        return work.state
                .store()
                .value(AGREED_AT)
                .map(text -> text.split(" ", 2))
                .map(parts ->
                        new Cursor(
                                new io.syncline.core.tree.Epoch(parts[0]),
                                Long.parseLong(parts[1])));
    }

    // For people.

    /** How the folder is now. */
    EngineStatus status() {
        StateStore store = work.state.store();
        State state;
        Optional<String> reason = Optional.empty();
        Optional<String> todo = Optional.empty();
        if (work.stop.isPresent()) {
            state = State.STOPPED;
            reason = work.stop.map(Stop::reason);
            todo = work.stop.map(stop -> stop.kind().todo());
        } else if (isPaused()) {
            state = State.PAUSED;
            todo = Optional.of("'syncline resume' goes on");
        } else {
            state = isConverged() ? State.CONVERGED : State.SYNCING;
            reason =
                    unrecovered
                            .map(why -> "what an earlier run left can't be read, trying again: " + why)
                            .or(() ->
                                    unreachable.map(why ->
                                            "no connection to the server, trying again: " + why));
            todo =
                    unreachable.map(_ ->
                            "nothing, if the server comes back by itself; 'syncline doctor' looks"
                                    + " into it");
        }
        return new EngineStatus(
                state,
                reason,
                work.state.cursor(),
                work.state.digest(),
                store.remoteCount() + store.localCount() - work.huskCount(),
                isQuiet(),
                conflicts(),
                work.problems(),
                todo,
                work.notes());
    }

    private List<LocalPath> conflicts() {
        return disk.conflicts();
    }
}
