package io.syncline.client.engine;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.Stat;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Damaged;
import io.syncline.client.state.Durability;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.Suspect;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What a power cut does to files that were not forced to the disk (R31): they come back shorter,
 * empty, full of zeros or with older bytes. A marker in the state tells, at the next start, that
 * the system ended under us. Then files written shortly before are suspects and read again, and one
 * that differs from what was agreed, without having been written or moved there since, is put away
 * and fetched again; it is never uploaded. Once it was read, other bytes in it are somebody's
 * doing; the same bytes stay damage until they are put away, whatever else is set on the file.
 *
 * <p>After a stop in order the system may have ended as well before all was on the disk, or run for
 * long while people edited. So what was written shortly before the stop is suspected too, but only
 * of what nobody changed since we looked.
 *
 * <p>Suspects and what is damaged are rows of the state, so that a process which ends meanwhile
 * leaves them to the next one, and no tree is too large.
 */
final class Caution {
    /** How long before the last sign of life a write may not have reached the disk. */
    static final long UNFORCED_MILLIS = 10 * 60 * 1_000;

    /** Rows looked at, and at most written, in one transaction. */
    static final int PAGE = 1_000;

    /** How often the sign of life is written. */
    private static final long ALIVE_MILLIS = 60_000;

    private static final long NANOS = 1_000_000;

    private static final String RUNNING = "running";

    /** Since when what was written is being checked; there for as long as that goes on. */
    private static final String CHECKING = "checking-from";

    /** There until all suspects of that check are written down: after what. */
    private static final String SUSPECTING = "suspecting";

    /** The last part of {@link #RUNNING} where the client ended in order. */
    private static final String STOPPED = "stopped";

    /** The system ended while the client ran. */
    private static final String CUT = "cut";

    private final Work work;
    private final StateStore store;
    private Optional<Boot> boot = Optional.empty();
    private long signedMillis;

    /** Files last written from here on are being checked. */
    private long fromMillis = Long.MAX_VALUE;

    Caution(Work work) {
        this.work = work;
        this.store = work.state.store();
    }

    /** Begins a run; inside a durable transaction. Whether the last one ended by a power cut. */
    boolean begin(Optional<Boot> present) {
        boot = present;
        fromMillis = store.value(CHECKING).map(Long::parseLong).orElse(Long.MAX_VALUE);
        if (boot.isEmpty()) {
            return false;
        }
        List<String> left = store.value(RUNNING).map(Parts::split).orElse(List.of());
        boolean ended = !left.isEmpty() && !left.getFirst().equals(boot.get().id());
        boolean cut = ended && !left.getLast().equals(STOPPED);
        if (ended) {
            fromMillis = Math.min(fromMillis, Long.parseLong(left.get(1)) - UNFORCED_MILLIS);
            store.putValue(CHECKING, Long.toString(fromMillis));
            boolean isCut = cut || store.value(SUSPECTING).equals(Optional.of(CUT));
            store.putValue(SUSPECTING, isCut ? CUT : STOPPED);
        }
        sign();
        return cut;
    }

    private void sign() {
        signedMillis = work.now;
        store.putValue(RUNNING, Parts.join(boot.orElseThrow().id(), nowByClock()));
    }

    private String nowByClock() {
        return Long.toString(work.byClock(work.now));
    }

    /** A sign of life, now and then; inside a transaction. */
    void alive() {
        if (boot.isPresent() && work.now - signedMillis >= ALIVE_MILLIS) {
            sign();
        }
    }

    /** A stop in order; inside a durable transaction. */
    void end() {
        boot.ifPresentOrElse(
                run -> store.putValue(RUNNING, Parts.join(run.id(), nowByClock(), STOPPED)),
                () -> store.removeValue(RUNNING));
    }

    private boolean isChecking() {
        return fromMillis != Long.MAX_VALUE;
    }

    /**
     * Has every file read that was written, and known, shortly before the end; in transactions of
     * its own, of {@value #PAGE} rows each. Where it was cut off it begins anew, and keeps what it
     * had got to: of a suspect that isn't read yet nothing newer is known.
     */
    void suspect(LocalView local) {
        Optional<String> after = store.value(SUSPECTING);
        if (after.isEmpty() || boot.isEmpty()) {
            return;
        }
        boolean cut = after.get().equals(CUT);
        for (List<LocalRow> rows = store.localAfter(StateStore.FIRST, PAGE);
                !rows.isEmpty();
                rows = store.localAfter(rows.getLast().id(), PAGE)) {
            suspect(rows.stream().flatMap(row -> known(row, cut).stream()).toList(), local);
        }
        for (List<Agreed> rows = store.agreedAfter(StateStore.FIRST, PAGE);
                !rows.isEmpty();
                rows = store.agreedAfter(rows.getLast().id(), PAGE)) {
            suspect(rows.stream().flatMap(row -> agreed(row, cut).stream()).toList(), local);
        }
        work.state.write(Durability.EVENTUAL, () -> store.removeValue(SUSPECTING));
    }

    private void suspect(List<Suspect> found, LocalView local) {
        if (!found.isEmpty()) {
            work.state.write(
                    Durability.EVENTUAL,
                    () -> {
                        for (Suspect row : found) {
                            store.putSuspect(row);
                            if (!row.deleted()) {
                                local.readAgain(row.id());
                            }
                        }
                    });
        }
    }

    /** What differed from what is agreed, and was read. */
    private Optional<Suspect> known(LocalRow row, boolean cut) {
        if (!(row instanceof LocalRow.Present present) || present.item().isEmpty()) {
            return Optional.empty();
        }
        Stat then = present.observed().stat();
        return Optional.of(then)
                .filter(stat -> inDoubt(stat, startNanos()))
                .map(stat ->
                        new Suspect(
                                row.id(),
                                stat.identity(),
                                untilNanos(stat, cut),
                                present.item().get().content(),
                                false));
    }

    private Optional<Suspect> agreed(Agreed row, boolean cut) {
        Optional<Stat> then =
                row.observed().map(seen -> seen.stat()).filter(stat -> inDoubt(stat, startNanos()));
        if (then.isEmpty()) {
            return Optional.empty();
        }
        FileIdentity was = then.get().identity();
        long until = untilNanos(then.get(), cut);
        Optional<LocalRow> local = store.local(row.id());
        if (local.filter(LocalRow.Absent.class::isInstance).isPresent()) {
            return Optional.of(new Suspect(row.id(), was, until, row.item().content(), true))
                    .filter(_ -> was.isProof());
        }
        // A suspect isn't known, so that there is a row that says so.
        return Optional.of(
                local.flatMap(_ -> store.suspect(row.id()))
                        .filter(suspect -> !suspect.deleted())
                        .map(suspect -> suspect.until(until))
                        .orElse(new Suspect(row.id(), was, until, Optional.empty(), false)));
    }

    /** Nobody saves anything in the millisecond in which the system begins. */
    private long startNanos() {
        return boot.orElseThrow().startedMillis() * NANOS + NANOS - 1;
    }

    /** Up to when what was made of a file that was this then may be damage. */
    private long untilNanos(Stat then, boolean cut) {
        return cut ? startNanos() : then.ctimeNanos();
    }

    /**
     * Whether a file is to be read only once its commit is answered: what the cut made of it is
     * told from what was sent by what is agreed then.
     */
    boolean waits(NodeId id) {
        return isChecking() && work.isHeld(id) && store.suspect(id).isPresent();
    }

    /** A node got another id; inside a transaction. */
    void renamed(NodeId from, NodeId to) {
        if (!isChecking()) {
            return;
        }
        store.suspect(from)
                .ifPresent(row -> {
                    store.removeSuspect(from);
                    store.putSuspect(row.as(to));
                });
        store.damaged(from)
                .ifPresent(row -> {
                    store.removeDamaged(from);
                    store.putDamaged(row.as(to));
                });
    }

    /** All that was to be read was read; inside a transaction. */
    void allRead() {
        if (isChecking() && store.damagedCount() == 0) {
            fromMillis = Long.MAX_VALUE;
            store.clearSuspects();
            store.removeValue(CHECKING);
            store.removeValue(SUSPECTING);
        }
    }

    private boolean inDoubt(Stat stat, long untilNanos) {
        long written = Math.floorDiv(stat.mtimeNanos(), NANOS);
        // Nobody saves anything in the future: that was before the clock was set back.
        return boot.isPresent()
                && written >= fromMillis
                && (stat.mtimeNanos() <= untilNanos || written > work.now);
    }

    /**
     * Whether the power cut, and no person, made this of the file; asked whenever one is read,
     * inside a transaction. What is damaged is remembered, to be put away.
     */
    boolean isDamage(NodeId id, Item read, Stat now) {
        if (!isChecking()) {
            return false;
        }
        Content content = read.content().orElseThrow();
        Optional<Agreed> agreed = work.state.agreed(id);
        Optional<Suspect> suspect = takeSuspect(id, agreed.isPresent(), now);
        Optional<Damaged> before = store.damaged(id);
        boolean isStill = before.filter(row -> row.content().equals(content)).isPresent();
        boolean isFound = suspect.filter(row -> isDamage(row, content, now)).isPresent();
        boolean isAgreed =
                agreed.filter(row -> row.item().content().equals(read.content())).isPresent();
        if (isAgreed || !(isFound || isStill)) {
            before.ifPresent(row -> store.removeDamaged(row.id()));
            return false;
        }
        store.putDamaged(new Damaged(id, content, now));
        tell(id, agreed.isPresent(), before.isEmpty());
        return true;
    }

    /** What it is the first reading of: the file itself, or one that was deleted and is back. */
    private Optional<Suspect> takeSuspect(NodeId id, boolean agreed, Stat now) {
        Optional<Suspect> own = store.suspect(id).filter(row -> !row.deleted());
        Optional<Suspect> suspect = agreed ? own : store.deletedSuspect(now.identity());
        own.ifPresent(row -> store.removeSuspect(row.id()));
        suspect.ifPresent(row -> store.removeSuspect(row.id()));
        return suspect;
    }

    private boolean isDamage(Suspect suspect, Content content, Stat now) {
        return !suspect.content().equals(Optional.of(content))
                && inDoubt(now, suspect.untilNanos())
                && !isMovedHere(suspect, now);
    }

    /**
     * Another file has the name, and got it since. Without the second it may be one that the cut
     * brought back.
     */
    private static boolean isMovedHere(Suspect suspect, Stat now) {
        return !now.identity().equals(suspect.then()) && now.ctimeNanos() > suspect.untilNanos();
    }

    /** The server's version comes in its place, if it wasn't deleted before. */
    private void tell(NodeId id, boolean wanted, boolean isNew) {
        String then = wanted ? "it is fetched again" : "it was deleted before";
        work.trying(work.describe(id), "a power cut damaged it; " + then, Todo.NOTHING);
        if (isNew) {
            work.note(
                    work.describe(id) + " was damaged by a power cut; " + then,
                    "what was left of it is in the trash: 'syncline trash'");
        }
    }

    /**
     * Whether a file that is gone from the disk was damaged: then it was put away, by a process
     * that ended before it knew so or by a person, and the server's version is wanted.
     */
    boolean wasDamaged(NodeId id) {
        return isChecking() && store.damaged(id).isPresent();
    }
}
