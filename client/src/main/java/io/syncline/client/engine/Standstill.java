package io.syncline.client.engine;

import io.syncline.client.state.LocalRow;
import io.syncline.client.state.RemoteRow;
import io.syncline.client.state.StateStore;
import io.syncline.core.lineage.Resync;
import java.util.List;
import java.util.Optional;

/**
 * Why the folder stands still: a person paused it, or it stopped and asks. Kept across restarts.
 * What people answer is carried out here, inside a transaction.
 */
final class Standstill {
    private static final String PAUSED = "paused";
    private static final String STOPPED = "stopped";

    private final Work work;
    private final Brake brake;
    private final Feed feed;
    private final LocalView local;

    Standstill(Work work, Brake brake, Feed feed, LocalView local) {
        this.work = work;
        this.brake = brake;
        this.feed = feed;
        this.local = local;
    }

    void restore() {
        work.state.store().value(STOPPED).ifPresent(text -> work.stop = Optional.of(stored(text)));
    }

    private static Stop stored(String text) {
        int end = text.indexOf('\n');
        return new Stop(Stop.Kind.valueOf(text.substring(0, end)), text.substring(end + 1));
    }

    /** Stores, and notes, that it stopped or went on, if it did since. */
    void store(Optional<Stop> before) {
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

    boolean isPaused() {
        return work.state.store().value(PAUSED).isPresent();
    }

    /** Paused or stopped. */
    boolean isStanding() {
        return work.stop.isPresent() || isPaused();
    }

    void pause() {
        work.state.store().putValue(PAUSED, "");
    }

    /** Whether the folder goes on; where it asked something, it waits for the answer. */
    boolean resume() {
        work.state.store().removeValue(PAUSED);
        return work.stop
                .map(Stop::kind)
                .filter(kind ->
                        kind == Stop.Kind.DELETES
                                || kind == Stop.Kind.EMPTIED
                                || kind == Stop.Kind.MISMATCH)
                .isEmpty();
    }

    /** Whether the folder goes on. */
    boolean confirm() {
        if (work.stop.isEmpty()) {
            return false;
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
        return true;
    }

    /**
     * What was deleted here is fetched again, what was deleted there is made again. Whether the
     * folder goes on.
     */
    boolean reject() {
        if (work.stop.isEmpty()) {
            return false;
        }
        work.note("rejected: " + work.stop.get().reason(), Todo.NOTHING);
        Stop.Kind kind = work.stop.get().kind();
        if (kind == Stop.Kind.EMPTIED) {
            local.emptied();
        }
        if (kind == Stop.Kind.DELETES || kind == Stop.Kind.EMPTIED) {
            bringBack();
        }
        return true;
    }

    private void bringBack() {
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
            rows.stream().filter(RemoteRow::deleted).forEach(row -> work.detach(row.id()));
        }
    }
}
