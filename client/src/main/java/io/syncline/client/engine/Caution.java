package io.syncline.client.engine;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.Stat;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.StateStore;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a power cut does to files that were not forced to the disk (R31): they come back shorter,
 * empty, full of zeros or with older bytes. A marker in the state tells, at the next start, that
 * the system ended under us. Then files written shortly before are suspects and read again, and one
 * that differs from what was agreed, without having been written or moved there since, is put away
 * and fetched again; it is never uploaded. Once it was read, other bytes in it are somebody's
 * doing; the same bytes stay damage until they are put away, whatever else is set on the file.
 */
final class Caution {
    /** How long before the last sign of life a write may not have reached the disk. */
    static final long UNFORCED_MILLIS = 10 * 60 * 1_000;

    /** How often the sign of life is written. */
    private static final long ALIVE_MILLIS = 60_000;

    private static final String RUNNING = "running";

    /**
     * Since when what was written is being checked: left there by a process that ends meanwhile.
     */
    private static final String CHECKING = "checking-from";

    private final Work work;
    private Optional<Boot> boot = Optional.empty();
    private long signedMillis;

    /** Files last written from here ... */
    private long fromMillis = Long.MAX_VALUE;

    /**
     * A file that isn't read yet since the cut.
     *
     * @param then as it was seen before
     * @param content that it had then, where that isn't what is agreed on
     */
    private record Suspect(Stat then, Optional<Content> content) {}

    /** As many as are to be read because of it. */
    private final Map<NodeId, Suspect> suspects = new HashMap<>();

    /** Those that are deleted here, and that the cut may have brought back under another id. */
    private final Map<FileIdentity, Suspect> deleted = new HashMap<>();

    /** What is damaged and not put away yet, as it was read. */
    private final Map<NodeId, Optional<Content>> damaged = new LinkedHashMap<>();

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
        fromMillis = work.state.store().value(CHECKING).map(Long::parseLong).orElse(Long.MAX_VALUE);
        boolean cut = false;
        if (left.isPresent()) {
            List<String> parts = Parts.split(left.get());
            cut = !parts.get(0).equals(boot.get().id());
            if (cut) {
                fromMillis = Math.min(fromMillis, Long.parseLong(parts.get(1)) - UNFORCED_MILLIS);
                work.state.store().putValue(CHECKING, Long.toString(fromMillis));
            }
        }
        sign();
        return cut;
    }

    private void sign() {
        signedMillis = work.now;
        work.state
                .store()
                .putValue(
                        RUNNING,
                        Parts.join(boot.orElseThrow().id(), Long.toString(work.byClock(work.now))));
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

    /** Has every file read that was written, and known, shortly before the cut. */
    void suspect(LocalView local) {
        if (fromMillis == Long.MAX_VALUE) {
            return;
        }
        StateStore store = work.state.store();
        for (List<LocalRow> rows = store.localAfter(StateStore.FIRST, 1_000);
                !rows.isEmpty();
                rows = store.localAfter(rows.getLast().id(), 1_000)) {
            for (LocalRow row : rows) {
                if (row instanceof LocalRow.Present present && present.item().isPresent()) {
                    suspect(
                            present.id(),
                            present.observed().stat(),
                            present.item().get().content(),
                            local);
                }
            }
        }
        for (List<Agreed> rows = store.agreedAfter(StateStore.FIRST, 1_000);
                !rows.isEmpty();
                rows = store.agreedAfter(rows.getLast().id(), 1_000)) {
            for (Agreed row : rows) {
                if (row.observed().isEmpty() || suspects.containsKey(row.id())) {
                    continue;
                }
                Stat then = row.observed().get().stat();
                if (store.local(row.id()).filter(LocalRow.Absent.class::isInstance).isEmpty()) {
                    suspect(row.id(), then, Optional.empty(), local);
                } else if (inDoubt(then) && then.identity().isProof()) {
                    deleted.put(then.identity(), new Suspect(then, row.item().content()));
                }
            }
        }
    }

    private void suspect(NodeId id, Stat then, Optional<Content> content, LocalView local) {
        if (inDoubt(then)) {
            suspects.put(id, new Suspect(then, content));
            local.readAgain(id);
        }
    }

    /**
     * Whether a file is to be read only once its commit is answered: what the cut made of it is
     * told from what was sent by what is agreed then.
     */
    boolean waits(NodeId id) {
        return suspects.containsKey(id) && work.isHeld(id);
    }

    /** A node got another id. */
    void renamed(NodeId from, NodeId to) {
        Suspect suspect = suspects.remove(from);
        if (suspect != null) {
            suspects.put(to, suspect);
        }
        Optional<Content> bytes = damaged.remove(from);
        if (bytes != null) {
            damaged.put(to, bytes);
        }
    }

    /** All that was to be read was read; inside a transaction. */
    void allRead() {
        if (fromMillis != Long.MAX_VALUE && isAllPutAway()) {
            fromMillis = Long.MAX_VALUE;
            suspects.clear();
            deleted.clear();
            work.state.store().removeValue(CHECKING);
        }
    }

    private boolean isAllPutAway() {
        Iterator<NodeId> left = damaged.keySet().iterator();
        while (left.hasNext()) {
            Optional<LocalRow.Present> row = work.state.local(left.next());
            if (row.isPresent() && row.get().item().isEmpty()) {
                return false;
            }
            left.remove();
        }
        return true;
    }

    private boolean inDoubt(Stat stat) {
        long written = Math.floorDiv(stat.mtimeNanos(), 1_000_000L);
        // Nobody saves anything in the millisecond in which the system begins, nor in the future:
        // that was before the clock was set back.
        return written >= fromMillis
                && (written <= boot.orElseThrow().startedMillis() || written > work.now);
    }

    /** Whether the power cut, and no person, made this of the file; asked whenever one is read. */
    boolean isDamage(NodeId id, Item read, Stat now) {
        Optional<Agreed> agreed = work.state.agreed(id);
        Suspect suspect = agreed.isPresent() ? suspects.remove(id) : deleted.remove(now.identity());
        if (agreed.filter(row -> read.content().equals(row.item().content())).isPresent()) {
            return false;
        }
        boolean isStill = read.content().equals(damaged.get(id));
        boolean isFound =
                suspect != null
                        && (suspect.content().isEmpty()
                                || !read.content().equals(suspect.content()))
                        && inDoubt(now)
                        && !isMovedHere(suspect.then(), now);
        if (isFound) {
            damaged.put(id, read.content());
        }
        return isFound || isStill;
    }

    /**
     * Another file has the name, and got it since the system began again. Without the second it may
     * be one that the cut brought back.
     */
    private boolean isMovedHere(Stat then, Stat now) {
        long changed = Math.floorDiv(now.ctimeNanos(), 1_000_000L);
        return !now.identity().equals(then.identity())
                && changed > boot.orElseThrow().startedMillis();
    }
}
