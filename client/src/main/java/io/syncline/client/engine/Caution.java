package io.syncline.client.engine;

import io.syncline.client.disk.Stat;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.StateStore;
import io.syncline.core.tree.Item;
import java.util.List;
import java.util.Optional;

/**
 * What a power cut does to files that were not forced to the disk (R31): they come back shorter,
 * empty, full of zeros or with older bytes. A marker in the state tells, at the next start, that
 * the system ended under us. Then files written shortly before are read again, and one that differs
 * from what was agreed, without having been written since, is put away and fetched again; it is
 * never uploaded.
 */
final class Caution {
    /** How long before the last sign of life a write may not have reached the disk. */
    static final long UNFORCED_MILLIS = 10 * 60 * 1_000;

    /** How often the sign of life is written. */
    private static final long ALIVE_MILLIS = 60_000;

    private static final String RUNNING = "running";

    private final Work work;
    private Optional<Boot> boot = Optional.empty();
    private long signedMillis;

    /** Files last written from here ... */
    private long fromMillis = Long.MAX_VALUE;

    Caution(Work work) {
        this.work = work;
    }

    /** Begins a run; inside a durable transaction. Whether the last one ended by a power cut. */
    boolean begin(Optional<Boot> present) {
        boot = present;
        Optional<String> left = work.state.store().value(RUNNING);
        if (boot.isEmpty()) {
            return false;
        }
        boolean cut = false;
        if (left.isPresent()) {
            List<String> parts = Parts.split(left.get());
            cut = !parts.get(0).equals(boot.get().id());
            if (cut) {
                fromMillis = Long.parseLong(parts.get(1)) - UNFORCED_MILLIS;
            }
        }
        sign();
        return cut;
    }

    private void sign() {
        signedMillis = work.now;
        work.state
                .store()
                .putValue(RUNNING, Parts.join(boot.orElseThrow().id(), Long.toString(work.now)));
    }

    /** A sign of life, now and then; inside a transaction. */
    void alive() {
        if (boot.isPresent() && work.now - signedMillis >= ALIVE_MILLIS) {
            sign();
        }
    }

    /** A clean stop; inside a durable transaction. */
    void end() {
        work.state.store().removeValue(RUNNING);
    }

    /** Hands over every agreed file that was written shortly before the cut. */
    void forEachInDoubt(LocalView local) {
        StateStore store = work.state.store();
        for (List<Agreed> rows = store.agreedAfter(StateStore.FIRST, 1_000);
                !rows.isEmpty();
                rows = store.agreedAfter(rows.getLast().id(), 1_000)) {
            rows.stream()
                    .filter(row -> row.observed().filter(o -> inDoubt(o.stat())).isPresent())
                    .forEach(row -> local.readAgain(row.id()));
        }
    }

    private boolean inDoubt(Stat stat) {
        long written = Math.floorDiv(stat.mtimeNanos(), 1_000_000L);
        return written >= fromMillis && written < boot.orElseThrow().startedMillis();
    }

    /** Whether the power cut, and no person, made this of the file. */
    boolean isDamage(Agreed agreed, Item read, Stat now) {
        return fromMillis != Long.MAX_VALUE
                && !read.content().equals(agreed.item().content())
                && agreed.observed().filter(then -> inDoubt(then.stat())).isPresent()
                && inDoubt(now);
    }
}
