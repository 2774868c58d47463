package io.syncline.server.collect;

import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.Collecting;
import io.syncline.storage.metadata.Collecting.Mark;
import io.syncline.storage.metadata.Collecting.Position;
import io.syncline.storage.metadata.Collecting.State;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ProjectKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Condemns what isn't marked, level by level from the highest, and deletes what was condemned
 * before the horizon (R10). Why that is safe: every condemning transaction first marks what was
 * stored or committed since; when blocks of a level are judged, all unneeded ones of higher levels
 * are condemned already, so that nothing can come to name one of this level but by what that mark
 * sees; and a tree block is never left standing above a child that is gone (L3). Used by one
 * thread.
 */
final class Sweep {
    /** Blocks of one transaction: a few milliseconds (R47). */
    static final int SLICE = 200;

    /** How often a transaction may find that too much happened meanwhile. */
    private static final int BEHIND_MAX = 100;

    private final MetadataStore store;
    private final ProjectKey project;
    private final Marker marker;
    private final Tally tally;
    private final InstantSource clock;
    private final Instant condemnedUntil;
    private final long deletionsMax;
    private final Runnable checkpoint;

    /**
     * @param condemnedUntil what was condemned then or before is deleted
     * @param checkpoint runs between slices; ends the sweep by throwing
     */
    Sweep(
            MetadataStore store,
            ProjectKey project,
            Marker marker,
            Tally tally,
            InstantSource clock,
            Instant condemnedUntil,
            long deletionsMax,
            Runnable checkpoint) {
        this.store = store;
        this.project = project;
        this.marker = marker;
        this.tally = tally;
        this.clock = clock;
        this.condemnedUntil = condemnedUntil;
        this.deletionsMax = deletionsMax;
        this.checkpoint = checkpoint;
    }

    /** The project was too busy to be collected now; what was condemned so far stands. */
    static final class BusyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BusyException() {
            super("too much was stored and committed meanwhile; the next run goes on");
        }
    }

    /**
     * Does it all.
     *
     * @return how many bytes of frames are still pointed at, by key of pack
     */
    Map<Long, Long> run() {
        revive();
        for (int level : marker.levels()) {
            marker.walk();
            condemnTrees(level);
        }
        marker.walk();
        return sweepAll();
    }

    private void revive() {
        List<Hash> needed = marker.revivals().stream().map(Mark::hash).toList();
        for (List<Hash> some : slices(needed)) {
            tally.revived += tally.dryRun ? some.size() : slice(rows -> rows.revive(some));
        }
    }

    private static <T> List<List<T>> slices(List<T> all) {
        List<List<T>> slices = new ArrayList<>();
        for (int from = 0; from < all.size(); from += SLICE) {
            slices.add(all.subList(from, Math.min(all.size(), from + SLICE)));
        }
        return slices;
    }

    private void condemnTrees(int level) {
        long from = 0;
        while (from < marker.numbersEnd()) {
            long number = from;
            checkpoint.run();
            List<State> page =
                    store.read(read -> read.collecting(project).trees(number, Marker.PAGE));
            condemn(page.stream().filter(tree -> tree.level() == level).toList());
            if (page.size() < Marker.PAGE) {
                return;
            }
            from = page.getLast().number() + 1;
        }
    }

    /** Condemns those that aren't needed. */
    private void condemn(List<State> judged) {
        List<State> unneeded = judged.stream().filter(marker::isUnneeded).toList();
        for (List<State> some : slices(unneeded)) {
            tally.condemned +=
                    tally.dryRun
                            ? some.size()
                            : slice(rows ->
                                    rows.condemn(
                                            some.stream().filter(marker::isUnneeded).toList(),
                                            clock.instant()));
        }
    }

    private record Outcome<T>(Optional<Position> seen, Optional<T> result) {}

    /** Runs a step behind everybody else, once nothing that it doesn't know can have happened. */
    private <T> T slice(Function<Collecting.Writable, T> step) {
        for (int tries = 0; tries < BEHIND_MAX; tries++) {
            checkpoint.run();
            Outcome<T> outcome =
                    store.writeBehind(write -> {
                        Collecting.Writable rows = write.collecting(project);
                        rows.exclude();
                        Optional<Position> seen = marker.catchUpWithin(write);
                        return new Outcome<>(seen, seen.map(_ -> step.apply(rows)));
                    });
            outcome.seen().ifPresent(marker::advance);
            if (outcome.result().isPresent()) {
                return outcome.result().get();
            }
            marker.catchUp();
        }
        throw new BusyException();
    }

    /** One pass over all blocks: data blocks are condemned, old condemned blocks deleted. */
    private Map<Long, Long> sweepAll() {
        Map<Long, Long> liveBytes = new HashMap<>();
        Optional<Hash> after = Optional.empty();
        while (true) {
            Optional<Hash> from = after;
            checkpoint.run();
            List<State> page = store.read(read -> read.collecting(project).page(from, Marker.PAGE));
            condemn(page.stream().filter(block -> block.level() == 0).toList());
            Set<Hash> gone = delete(page.stream().filter(this::isDue).toList());
            for (State block : page) {
                count(block);
                if (!gone.contains(block.hash())) {
                    liveBytes.merge(block.pack(), (long) block.lengthBytes(), Long::sum);
                }
            }
            tally.waiting -= gone.size();
            tally.tell();
            if (page.size() < Marker.PAGE) {
                return liveBytes;
            }
            after = Optional.of(page.getLast().hash());
        }
    }

    private void count(State block) {
        tally.blocks++;
        if (block.condemned().isPresent()) {
            tally.waiting += marker.isReachable(block) ? 0 : 1;
        } else if (!marker.isReachable(block) && marker.isYoung(block)) {
            tally.young++;
        }
    }

    private boolean isDue(State block) {
        return block.condemned().filter(since -> !since.isAfter(condemnedUntil)).isPresent()
                && !marker.isReachable(block);
    }

    private Set<Hash> delete(List<State> due) {
        long room = Math.max(0, deletionsMax - tally.deleted);
        List<State> wanted = due.stream().limit(room).toList();
        tally.capped |= wanted.size() < due.size();
        Set<Hash> deleted = new HashSet<>();
        for (List<State> some : slices(wanted)) {
            deleted.addAll(tally.dryRun ? hashes(some) : slice(rows -> delete(rows, some)));
        }
        tally.deleted += deleted.size();
        for (State block : wanted) {
            tally.deletedBytes += deleted.contains(block.hash()) ? block.lengthBytes() : 0;
        }
        return deleted;
    }

    private List<Hash> delete(Collecting.Writable rows, List<State> blocks) {
        return rows.delete(hashes(blocks.stream().filter(this::isDue).toList()), condemnedUntil);
    }

    private static List<Hash> hashes(List<State> blocks) {
        return blocks.stream().map(State::hash).toList();
    }
}
