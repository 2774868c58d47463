package io.syncline.client.engine;

import io.syncline.core.plan.Step;
import io.syncline.core.wire.Change;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Stops the folder before a mass delete (R28): what was deleted in the last ten minutes, here and
 * there, plus all that is pending, after moves were told apart. Remembered across restarts.
 */
final class Brake {
    /** How long a delete counts. */
    static final long WINDOW_MILLIS = 10 * 60 * 1_000;

    private static final long SLOT_MILLIS = 10_000;
    private static final String DELETES = "brake/deletes";
    private static final String CONFIRMED = "brake/confirmed";

    private record Slot(long startMillis, long deletes) {}

    private final Work work;
    private final Deque<Slot> slots = new ArrayDeque<>();

    Brake(Work work) {
        this.work = work;
    }

    void restore() {
        Optional<String> stored = work.state.store().value(DELETES);
        if (stored.isPresent()) {
            var numbers = new java.util.Scanner(stored.get());
            while (numbers.hasNextLong()) {
                slots.add(new Slot(numbers.nextLong(), numbers.nextLong()));
            }
        }
    }

    /** How many deletes these steps are. */
    static long deletes(List<Step> steps) {
        long deletes = 0;
        for (Step step : steps) {
            if (step instanceof Step.Trash) {
                deletes++;
            } else if (step instanceof Step.Send send) {
                deletes += send.changes().stream().filter(Change.Delete.class::isInstance).count();
            }
        }
        return deletes;
    }

    /** Whether these deletes may go on; if not, the folder is stopped. */
    boolean allows(long planned) {
        if (planned == 0) {
            return true;
        }
        expire();
        var store = work.state.store();
        long pending = Math.max(planned, store.localAbsentCount() + store.remoteDeletedCount());
        long recent = slots.stream().mapToLong(Slot::deletes).sum();
        long deletes = recent + pending;
        if (deletes <= work.settings.brakeNodes() || isConfirmed()) {
            return true;
        }
        long nodes = store.agreedCount() + recent;
        if (deletes * 100 <= nodes * work.settings.brakePercent()) {
            return true;
        }
        work.stop(
                Stop.Kind.DELETES,
                ("%d of %d files and directories would be deleted (%d here, %d on the server):"
                                + " confirm that they shall be, or reject to get them back")
                        .formatted(
                                deletes,
                                nodes,
                                store.remoteDeletedCount(),
                                store.localAbsentCount()));
        return false;
    }

    /** Counts what was deleted since: a plan may be made many times until it is carried out. */
    void count() {
        long deletes = work.deletes;
        work.deletes = 0;
        if (deletes == 0) {
            return;
        }
        long start = work.now - Math.floorMod(work.now, SLOT_MILLIS);
        Slot last = slots.peekLast();
        if (last != null && last.startMillis() == start) {
            slots.removeLast();
            slots.add(new Slot(start, last.deletes() + deletes));
        } else {
            slots.add(new Slot(start, deletes));
        }
        store();
    }

    private void store() {
        var text = new StringBuilder();
        slots.forEach(slot -> text.append(slot.startMillis() + " " + slot.deletes() + " "));
        work.state.store().putValue(DELETES, text.toString());
    }

    private void expire() {
        while (!slots.isEmpty()
                && (slots.getFirst().startMillis() < work.now - WINDOW_MILLIS
                        || slots.getFirst().startMillis() > work.now + SLOT_MILLIS)) {
            slots.removeFirst();
        }
    }

    /** What is pending may be deleted. */
    void confirm() {
        work.state.store().putValue(CONFIRMED, "");
    }

    boolean isConfirmed() {
        return work.state.store().value(CONFIRMED).isPresent();
    }

    /** Nothing is pending any more: the next mass delete is asked about again. */
    void quiet() {
        if (isConfirmed()) {
            slots.clear();
            store();
            work.state.store().removeValue(CONFIRMED);
        }
    }
}
