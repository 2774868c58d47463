package io.syncline.client.engine;

import io.syncline.client.state.Durability;
import io.syncline.client.state.StateStore;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Checkpoint;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells the server how far this replica is (R13, R15): once in a while, once when the folder falls
 * quiet (R49), and once a day as a sign of life (R16).
 */
final class Checkpoints {
    /** At most one in this time, but for one when it falls quiet (R49). */
    private static final long EVERY_MILLIS = 60_000;

    /** How long nothing must have happened; each replica waits a little longer, of its own. */
    private static final long QUIET_MILLIS = 1_000;

    private static final int QUIET_JITTER_MILLIS = 2_000;

    /** One that says nothing new, so that the server sees that the replica lives (R16). */
    private static final long SIGN_OF_LIFE_MILLIS = 24 * 60 * 60 * 1_000;

    private static final String RETRY = "checkpoint";
    private static final String AGREED_AT = "agreed-at";

    private final Work work;
    private final Feed feed;
    private final Supplier<CommitId> commitIds;

    private long quietSince = Long.MAX_VALUE;
    private boolean underway;

    /** When it was last looked whether one is due. */
    private long lookMillis;

    /** Looked at since it fell quiet. */
    private boolean lookedWhenQuiet;

    private Optional<Checkpoint> last = Optional.empty();
    private long lastMillis;

    /**
     * @param commitIds 128 random bits, for another replica's id
     */
    Checkpoints(Work work, Feed feed, Supplier<CommitId> commitIds) {
        this.work = work;
        this.feed = feed;
        this.commitIds = commitIds;
    }

    void start() {
        lookMillis = work.now;
    }

    /** When it is to be looked whether one is due. */
    long nextMillis() {
        if (!mayBegin()) {
            return Long.MAX_VALUE;
        }
        if (quietSince == Long.MAX_VALUE) {
            return lookMillis + EVERY_MILLIS;
        }
        return lookedWhenQuiet ? Long.MAX_VALUE : quietSince + quietMillis();
    }

    /** Only what was received whole can be claimed, and nothing of our own beyond it (R13). */
    private boolean mayBegin() {
        return !underway && feed.isConsistent() && !work.retries.waits(RETRY, work.now);
    }

    private long quietMillis() {
        return QUIET_MILLIS
                + Math.floorMod(work.settings.replica().hashCode(), QUIET_JITTER_MILLIS);
    }

    /**
     * Sends one if it is due.
     *
     * @param quiet nothing is under way
     * @param converged quiet, and nothing differs
     * @param heldBack nodes
     */
    void look(boolean quiet, boolean converged, int heldBack) {
        if (!quiet) {
            quietSince = Long.MAX_VALUE;
            lookedWhenQuiet = false;
        } else if (quietSince == Long.MAX_VALUE) {
            quietSince = work.now;
        }
        if (converged) {
            rememberAgreement();
        }
        if (!mayBegin()) {
            return;
        }
        boolean fellQuiet =
                quietSince != Long.MAX_VALUE
                        && !lookedWhenQuiet
                        && work.now - quietSince >= quietMillis();
        if (!fellQuiet && work.now - lookMillis < EVERY_MILLIS) {
            return;
        }
        lookedWhenQuiet |= fellQuiet;
        lookMillis = work.now;
        Checkpoint checkpoint =
                new Checkpoint(
                        work.registration(),
                        work.state.cursor().orElseThrow(),
                        work.state.digest(),
                        agreedAt(),
                        heldBack,
                        work.settings.folder());
        boolean news = !last.equals(Optional.of(checkpoint));
        if (news || work.now - lastMillis >= SIGN_OF_LIFE_MILLIS) {
            underway = true;
            last = Optional.of(checkpoint);
            lastMillis = work.now;
            work.out.add(new Effect.PutCheckpoint(checkpoint));
        }
    }

    void taken() {
        work.retries.succeeded(RETRY);
        underway = false;
    }

    void failed() {
        again();
        work.retries.failed(RETRY, work.now, 5_000);
    }

    /** Two folders must not share one replica: one of them gets an id of its own (R42). */
    void stale(ReplicaId refused) {
        again();
        if (refused.equals(work.registration())) {
            work.note(
                    "the server knew this folder's replica as further or as another device's; it"
                            + " registered anew",
                    "if this device's files were copied to another one or back from a backup, see"
                            + " that each has a home of its own");
            work.register(new ReplicaId(commitIds.get().value()));
        }
    }

    private void again() {
        underway = false;
        last = Optional.empty();
        lookedWhenQuiet = false;
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
    }

    private Optional<Cursor> agreedAt() {
        return work.state
                .store()
                .value(AGREED_AT)
                .map(text -> text.split(" ", 2))
                .map(parts -> new Cursor(new Epoch(parts[0]), Long.parseLong(parts[1])));
    }
}
