package io.syncline.client.engine;

import io.syncline.client.state.Durability;
import io.syncline.client.state.ReplicaState;
import io.syncline.core.plan.Plan;
import io.syncline.core.plan.Planner;
import io.syncline.core.plan.Step;
import io.syncline.core.plan.Trees.Side;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * Has what differs planned, a window at a time (R46), and gives the steps to those who carry them
 * out.
 */
final class Planning {
    /** Windows looked at for one call, so that events are taken in between. */
    private static final int ROUNDS = 4;

    /**
     * While as many files are fetched as may be, a window is planned this often only: nearly all of
     * it would be more files to fetch, but a rename or a delete must not wait for terabytes.
     */
    private static final long FULL_MILLIS = 500;

    private final Work work;
    private final PlannedTrees trees;
    private final Plans plans;
    private final Outbox outbox;
    private final DiskWork disk;
    private final Brake brake;
    private final Standstill standstill;
    private final Differences differences;
    private final HeldBack heldBack;

    /** Whether the present pass over all that differs began at its beginning. */
    private boolean isWholePass;

    /** The pass isn't over: it goes on after the events that wait. */
    private boolean isPassing;

    private long plannedMillis = Long.MIN_VALUE / 2;

    Planning(
            Work work,
            Plans plans,
            Outbox outbox,
            DiskWork disk,
            Brake brake,
            Standstill standstill) {
        this.work = work;
        this.trees = new PlannedTrees(work);
        this.plans = plans;
        this.outbox = outbox;
        this.disk = disk;
        this.brake = brake;
        this.standstill = standstill;
        this.differences = new Differences(work);
        this.heldBack = new HeldBack(work);
    }

    /** Nodes that wait until someone acts. */
    int heldBackCount() {
        return heldBack.count();
    }

    /** Whether it goes on at once. */
    boolean isPassing() {
        return isPassing;
    }

    /** What is planned next begins with another look at everything. */
    void breakOff() {
        isPassing = false;
    }

    /** When a plan is due that waited because all that may be fetched is being fetched. */
    long nextMillis() {
        boolean waits = work.planWanted && !disk.hasRoom() && differences.hasRemote();
        return waits ? fullPlanMillis() : Long.MAX_VALUE;
    }

    /** Plans, and gives out what was planned or has arrived. */
    void proceed() {
        if (work.planWanted && !isPassing) {
            isWholePass = differences.isAtStart();
        }
        isPassing = false;
        // Not everything that differs gets into one window; what can't be done must not hide it.
        for (int round = 0; round < ROUNDS; round++) {
            boolean planning = work.planWanted && hasRoom() && !differences.areAllUnderway();
            if (!planning && !disk.hasWaiting()) {
                break;
            }
            work.planWanted &= !planning;
            plannedMillis = planning ? work.now : plannedMillis;
            Optional<Stop> before = work.stop;
            List<NodeId> window = planning ? differences.window() : List.of();
            disk.beginRound();
            Plan plan = window.isEmpty() ? new Plan(List.of()) : plans.plan(trees, window);
            boolean again =
                    work.state.write(
                            disk.waitingNeedsDurable() || needsDurable(plan)
                                    ? Durability.DURABLE
                                    : Durability.EVENTUAL,
                            () -> {
                                disk.takeWaiting();
                                boolean more = planning && carryOut(plan, window);
                                standstill.store(before);
                                return more;
                            });
            if (!again || disk.isCarrying()) {
                break;
            }
            work.planWanted = true;
            isPassing = round == ROUNDS - 1;
        }
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
        boolean incoming = differences.hasRemote();
        boolean outgoing = !outbox.isFull() && (differences.hasLocal() || !incoming);
        return outgoing || (incoming && (disk.hasRoom() || work.now >= fullPlanMillis()));
    }

    private long fullPlanMillis() {
        return plannedMillis + FULL_MILLIS;
    }

    /** True when another window should be looked at right away. */
    private boolean carryOut(Plan plan, List<NodeId> window) {
        if (window.isEmpty()) {
            if (differences.isAtStart()) {
                heldBack.letAllGo();
            }
            return endPass();
        }
        long deletes = Brake.deletes(plan.steps());
        if (!brake.allows(deletes)) {
            return false;
        }
        // What still holds is told again below.
        window.forEach(heldBack::letGo);
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

    /** True when the pass has to be followed by a whole one. */
    private boolean endPass() {
        boolean again = !isWholePass;
        heldBack.passed(isWholePass);
        differences.startOver();
        isWholePass = true;
        return again;
    }

    /** Whether that changed what is known. */
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
            case Step.Detach(var id) -> work.detach(id);
            case Step.HoldBack step -> {
                heldBack.hold(step);
                return false;
            }
        }
        return true;
    }
}
