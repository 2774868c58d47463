package io.syncline.client.engine;

import io.syncline.client.daemon.FolderStatus.Answer;
import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.RootState;
import io.syncline.client.scan.ScanResult;
import io.syncline.client.state.Durability;
import io.syncline.client.state.ReplicaState;
import io.syncline.client.state.StateStore;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.CommitId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One folder's decisions: {@code handle(events) → effects}. Deterministic: time comes with the
 * events, ids from the generator handed in, and the only thing it calls is the state store (R36).
 * One thread uses it.
 *
 * <p>Four kinds of work overlap: reading the feed ({@link Feed}), looking at the disk and reading
 * files ({@link LocalView}), sending commits ({@link Outbox}) and changing the disk ({@link
 * DiskWork}). A scan and a change of the disk exclude each other. Whenever the remote side is
 * consistent and neither runs, the planner sees a window of what differs ({@link Planning}). Before
 * all of that, what a crash left is cleared up ({@link Recovery}); nothing goes on while the folder
 * is paused or asks something ({@link Standstill}).
 */
public final class Engine {
    /** Hints that wait, such as for a scan to end; of more the oldest are forgotten. */
    private static final int HINTS_MAX = 16;

    /** A question for changes without having been told, in case that a hint was lost. */
    private static final long POLL_MILLIS = 5 * 60 * 1_000;

    /** Among what is tried again: the look at the root. */
    private static final String ROOT = "root";

    private final Work work;
    private final Feed feed;
    private final LocalView local;
    private final Downloads downloads;
    private final DiskResults results;
    private final DiskWork disk;
    private final Conflicts conflicts;
    private final Outbox outbox;
    private final Brake brake;
    private final Caution caution;
    private final Healing healing;
    private final Recovery recovery;
    private final Standstill standstill;
    private final Planning planning;
    private final Checkpoints checkpoints;

    private boolean rootFine;
    private boolean lookingAtRoot;
    private boolean scanning;
    private boolean everScanned;

    /** Why the server can't be reached; empty as long as it answers. */
    private Optional<String> unreachable = Optional.empty();

    private long lastFetchMillis;

    /** What waits for the end of the running scan; bounded by the effects under way. */
    private final List<Event> deferred = new ArrayList<>();

    /** Heads that were hinted at and not yet looked into, the newest last. */
    private final Deque<Event.Head> hints = new ArrayDeque<>();

    /**
     * An engine over this state.
     *
     * @param commitIds new random commit ids (R9)
     */
    public Engine(
            StateStore store,
            EngineSettings settings,
            Plans plans,
            Names names,
            Supplier<CommitId> commitIds) {
        this.work = new Work(store, settings, names);
        this.feed = new Feed(work);
        this.caution = new Caution(work);
        this.conflicts = new Conflicts(work);
        this.downloads = new Downloads(work);
        this.results = new DiskResults(work, conflicts);
        this.disk = new DiskWork(work, downloads, results);
        this.local = new LocalView(work, caution);
        this.outbox = new Outbox(work, feed, local, commitIds);
        this.brake = new Brake(work);
        this.healing = new Healing(work);
        this.recovery = new Recovery(work, results);
        this.standstill = new Standstill(work, brake, feed, local);
        this.planning = new Planning(work, plans, outbox, disk, brake, standstill);
        this.checkpoints = new Checkpoints(work, feed, commitIds);
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
        checkpoints.start();
        standstill.restore();
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
                    }
                });
        caution.suspect(local);
        recovery.begin();
        return proceed();
    }

    /** Takes these events in, in order, and says what to do next. */
    public List<Effect> handle(long nowMillis, List<Event> events) {
        long delayed = work.delays.nextMillis(work.now);
        work.tick(nowMillis);
        work.planWanted |= delayed <= work.now;
        Optional<Stop> before = work.stop;
        work.state.write(
                Durability.EVENTUAL,
                () -> {
                    events.forEach(this::takeOrDefer);
                    brake.count();
                    caution.alive();
                    if (everScanned && !local.isReading()) {
                        caution.allRead();
                    }
                    standstill.store(before);
                });
        return proceed();
    }

    /** Ends in order; nothing is called afterwards. */
    public void stop() {
        work.state.write(Durability.DURABLE, caution::end);
    }

    /** When, by the clock, {@link #handle} wants to be called even if nothing happens. */
    public long nextMillis() {
        return work.byClock(next());
    }

    private long next() {
        // Nothing is done before what was left is cleared up and the root was looked at.
        if (standstill.isStanding()) {
            return Long.MAX_VALUE;
        }
        if (recovery.isUnderway()) {
            return recovery.nextMillis();
        }
        if (!rootFine) {
            return lookingAtRoot ? Long.MAX_VALUE : work.retries.nextMillis(work.now);
        }
        if (planning.isPassing()) {
            return work.now;
        }
        boolean mayAsk = !feed.isAsking() && !work.retries.waits("feed", work.now);
        long next = mayAsk ? lastFetchMillis + POLL_MILLIS : Long.MAX_VALUE;
        next = Math.min(next, work.retries.nextMillis(work.now));
        next = Math.min(next, work.delays.nextMillis(work.now));
        // What waits for its next try comes with the retries: asked for before, it would be busy
        // waiting.
        if (!work.retries.waits("read", work.now)) {
            next = Math.min(next, local.nextMillis());
        }
        next = Math.min(next, healing.nextMillis());
        if (!scanning && !disk.isCarrying() && !work.retries.waits("scan", work.now)) {
            next = Math.min(next, work.nextLookMillis());
        }
        if (canPlan()) {
            next = Math.min(next, planning.nextMillis());
        }
        if (!work.dirty.isEmpty()
                && !scanning
                && !disk.isCarrying()
                && !work.retries.waits("scan", work.now)) {
            next = Math.min(next, work.dirtySince + work.settings.coalesceMillis());
        }
        return Math.min(next, checkpoints.nextMillis());
    }

    // Events.

    /**
     * While a scan runs no id may change, because the scanner holds ids: what could change one
     * waits until its end.
     */
    private void takeOrDefer(Event event) {
        if (scanning && !event.isHarmlessToScan()) {
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

    private void take(Event event) {
        switch (event) {
            case Event.Tick _ -> {}
            case Event.Page(var request, var page) -> {
                work.retries.succeeded("feed");
                unreachable = Optional.empty();
                feed.page(request, page);
            }
            case Event.Expired(var request, var mode, var fork) ->
                    feed.expired(request, mode, fork);
            case Event.SnapshotPart part -> {
                work.retries.succeeded("feed");
                unreachable = Optional.empty();
                feed.snapshot(part);
            }
            case Event.NoSnapshot _ -> feed.noSnapshot();
            case Event.Observed(var observations) -> observations.forEach(local::observe);
            case Event.Scanned(var result) -> scanned(result);
            case Event.RootSeen(var root) -> rootSeen(root);
            case Event.Read(var batch, var sent) -> local.read(batch, sent);
            case Event.ReadEnded(var batch) -> local.readEnded(batch);
            case Event.Received(var fetched) -> downloads.received(fetched);
            case Event.ReceiveEnded(var batch) -> {
                downloads.ended(batch);
                recovery.untidy();
            }
            case Event.Committed(var id, var answer) -> {
                work.retries.succeeded("commit");
                outbox.answered(id, answer);
            }
            case Event.CommitExpired(var id, var mode, var fork) -> {
                if (outbox.contains(id)) {
                    feed.resync(mode, fork);
                }
            }
            case Event.Carried(var results) -> {
                disk.carried(results);
                results.forEach(result -> local.carriedOut(result.task().id(), disk.sentMillis()));
            }
            case Event.Recovered(var traces) -> recovery.done(traces);
            case Event.CheckpointTaken _ -> checkpoints.taken();
            case Event.CheckpointExpired _ -> {
                checkpoints.failed();
                work.fetchWanted = true;
            }
            case Event.CheckpointStale(var replica) -> checkpoints.stale(replica);
            case Event.Wanted(var page) -> healing.wanted(page);
            case Event.SentAgain(var results) -> healing.sent(results);
            case Event.BlocksWanted _ -> {
                healing.told();
                downloads.tryLackingAgain();
            }
            case Event.Noted(var text, var todo) -> work.note(text, todo);
            case Event.Failed failed -> failed(failed);
            case Event.Connected _ -> {
                unreachable = Optional.empty();
                work.retries.clear();
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
            case Event.Pause _ -> standstill.pause();
            case Event.Resume _ -> goOn(standstill.resume());
            case Event.Confirm _ -> goOn(standstill.confirm());
            case Event.Reject _ -> goOn(standstill.reject());
            case Event.SyncNow _ -> {
                work.fetchWanted = true;
                work.scanAllWanted = true;
                work.retries.clear();
                work.delays.clear();
            }
        }
        if (!outbox.isEmpty() && feed.resync().isPresent()) {
            outbox.dropAll();
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
        recovery.untidy();
        scanning = false;
        local.scanEnded();
        work.planWanted = true;
        switch (result) {
            case ScanResult.Completed completed -> {
                everScanned = true;
                if (completed.complete()) {
                    results.scanned();
                }
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
        work.retries.succeeded(ROOT);
        work.solved(LocalPath.MARKER.toString());
        switch (root) {
            case FINE -> {}
            case GONE -> work.stop(Stop.Kind.ROOT, "the folder isn't there (any more)");
            case SWAPPED ->
                    work.stop(
                            Stop.Kind.ROOT,
                            "another folder is in its place, or its marker .syncline is missing");
        }
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
                if (failed.effect().asksServer()) {
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
                work.retries.failed("feed", work.now, 500);
                feed.failed();
            }
            case Effect.FetchSnapshot _ -> {
                work.retries.failed("feed", work.now, 500);
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
                work.retries.failed("commit", work.now, 500);
            }
            case Effect.ReadFiles(var batch, _, _) -> {
                work.retries.failed("read", work.now, 500);
                if (failed.code() == ErrorCode.TOO_LARGE) {
                    local.refused(batch, failed.why());
                } else {
                    local.readEnded(batch);
                }
            }
            case Effect.FetchFiles(var batch, _) -> {
                work.retries.failed("fetch", work.now, 500);
                downloads.ended(batch);
                recovery.untidy();
            }
            case Effect.Scan _ -> {
                scanning = false;
                local.scanEnded();
                work.scanAllWanted = true;
                work.retries.failed("scan", work.now, 1_000);
            }
            case Effect.LookAtRoot _ -> {
                lookingAtRoot = false;
                if (failed.code() == ErrorCode.UNAVAILABLE) {
                    // A fault of the disk, which may pass: it doesn't say that the root is another.
                    work.retries.failed(ROOT, work.now, 1_000);
                    work.problem(
                            LocalPath.MARKER.toString(),
                            failed.why(),
                            "look after the disk if it goes on; nothing is sent or changed here"
                                    + " until this file can be read");
                } else {
                    work.stop(Stop.Kind.ROOT, failed.why());
                }
            }
            case Effect.CarryOut(var tasks) -> {
                if (failed.code() == ErrorCode.INTERNAL) {
                    work.stop(Stop.Kind.DEFECT, failed.why());
                }
                work.scanAllWanted = true;
                disk.carryingFailed(tasks);
                recovery.afterCarryingFailed(failed.why());
            }
            case Effect.Recover _ -> {
                recovery.failed(failed.why());
                if (failed.code() == ErrorCode.INTERNAL) {
                    work.stop(Stop.Kind.DEFECT, failed.why());
                }
            }
            case Effect.PutCheckpoint _ -> checkpoints.failed();
            case Effect.AskWanted _, Effect.SendAgain _, Effect.Discard _ -> {}
        }
    }

    /** Looks at everything again, if the folder goes on. */
    private void goOn(boolean goesOn) {
        if (!goesOn) {
            return;
        }
        work.stop = Optional.empty();
        work.scanAllWanted = true;
        work.fetchWanted = true;
        work.planWanted = true;
        rootFine = false;
        work.retries.clear();
        work.delays.clear();
    }

    // What to do next.

    private List<Effect> proceed() {
        if (!rootFine) {
            planning.breakOff();
        }
        if (!standstill.isStanding()) {
            if (recovery.isUnderway()) {
                recovery.again();
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

    private void lookAtRoot() {
        if (!lookingAtRoot && !work.retries.waits(ROOT, work.now)) {
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
        if (work.fetchWanted && !feed.isAsking() && !work.retries.waits("feed", work.now)) {
            lastFetchMillis = work.now;
            feed.ask();
        }
        scan();
        if (!work.retries.waits("read", work.now)) {
            local.read(true);
        }
        sendCommits();
        if (canPlan()) {
            planning.proceed();
            sendCommits();
            if (!work.retries.waits("fetch", work.now)) {
                downloads.send();
            }
            disk.send();
        } else {
            planning.breakOff();
        }
        healing.proceed();
        dropTombstones();
        checkpoint();
        if (work.out.isEmpty() && isQuiet()) {
            downloads.quiet();
            results.quiet();
            recovery.tidy();
        }
    }

    private void sendCommits() {
        if (!work.retries.waits("commit", work.now)) {
            outbox.send();
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
        if (scanning || disk.isCarrying() || work.retries.waits("scan", work.now)) {
            return;
        }
        work.lookAgain();
        if (work.scanAllWanted) {
            work.scanAllWanted = false;
            work.dirty.clear();
            begin(new Effect.Scan(Optional.empty()));
        } else if (!work.dirty.isEmpty()
                && work.now >= work.dirtySince + work.settings.coalesceMillis()) {
            var scan = new Effect.Scan(Optional.of(work.dirty));
            work.dirty.clear();
            begin(scan);
        }
    }

    private void begin(Effect.Scan scan) {
        scanning = true;
        work.lookedAt(scan.directories());
        work.out.add(scan);
    }

    private boolean canPlan() {
        return !scanning && everScanned && !disk.isCarrying() && feed.isConsistent();
    }

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

    /** On how many nodes the sides differ, but for what is only here on purpose. */
    private long pendingCount() {
        StateStore store = work.state.store();
        return store.remoteCount() + store.localCount() - work.huskCount();
    }

    private void checkpoint() {
        boolean converged = isConverged();
        checkpoints.look(isQuiet(), converged, planning.heldBackCount());
        // A reader may hold back what is only there for good (R29), and has nothing else to do.
        if (converged || (isQuiet() && pendingCount() == planning.heldBackCount())) {
            work.inStep();
            outbox.inStep();
        }
        if (converged && brake.isConfirmed()) {
            work.state.write(Durability.EVENTUAL, brake::quiet);
        }
    }

    // For people.

    /** How the folder is now. */
    EngineStatus status() {
        State state;
        Optional<String> reason = Optional.empty();
        Optional<String> todo = Optional.empty();
        List<Answer> answers = List.of();
        if (work.stop.isPresent()) {
            state = State.STOPPED;
            reason = work.stop.map(Stop::reason);
            todo = work.stop.map(stop -> stop.kind().todo());
            answers = work.stop.get().kind().answers();
        } else if (standstill.isPaused()) {
            state = State.PAUSED;
            todo = Optional.of("'syncline resume' goes on");
            answers = List.of(Answer.RESUME);
        } else {
            state = isConverged() ? State.CONVERGED : State.SYNCING;
            reason =
                    recovery.failure()
                            .map(why ->
                                    "what an earlier run left can't be read, trying again: " + why)
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
                pendingCount(),
                isQuiet(),
                conflicts.list(),
                work.problems(),
                todo,
                work.notes(),
                answers);
    }
}
