package io.syncline.client.disk.memory;

import io.syncline.client.disk.memory.DirectoryInode.Named;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The changes of names that aren't on the disk yet. Each happens as a whole or not at all.
 *
 * <p>Even where they may become durable in any order, one waits for the earlier ones without which
 * it would lose something or make no sense: those of the same names, of the same entries, of
 * directories that it uses, and directories that move, which wait for each other.
 */
final class Journal {
    /** How many changes wait; the oldest are written beyond. */
    private static final int MAX_PENDING = 4096;

    /** An entry of one directory before and after. */
    record Slot(
            DirectoryInode directory, String key, @Nullable Named before, @Nullable Named after) {}

    private record Change(long atNanos, List<Slot> slots, List<Inode> entries, boolean moves) {}

    private final boolean inOrder;
    private List<Change> pending = new ArrayList<>();

    Journal(Traits.Order order) {
        this.inOrder = order == Traits.Order.JOURNAL;
    }

    /**
     * Adds a change.
     *
     * @param freed whose number a new entry took over; that it is gone comes first
     */
    void add(long atNanos, List<Slot> slots, @Nullable Inode freed) {
        var entries = new ArrayList<Inode>();
        for (Slot slot : slots) {
            addEntry(entries, slot.before);
            addEntry(entries, slot.after);
        }
        if (freed != null) {
            entries.add(freed);
        }
        boolean moves =
                slots.size() > 1
                        && slots.get(0).directory != slots.get(1).directory
                        && entries.stream().anyMatch(DirectoryInode.class::isInstance);
        pending.add(new Change(atNanos, List.copyOf(slots), entries, moves));
        if (pending.size() > MAX_PENDING) {
            pending.subList(0, MAX_PENDING / 2).forEach(Journal::write);
            pending = new ArrayList<>(pending.subList(MAX_PENDING / 2, pending.size()));
        }
    }

    private static void addEntry(List<Inode> entries, @Nullable Named named) {
        if (named != null) {
            entries.add(named.inode());
        }
    }

    /** Whether a change of that entry waits. */
    boolean waitsFor(Inode inode) {
        return pending.stream().anyMatch(change -> change.entries.contains(inode));
    }

    /** Makes the entries of one directory durable, with all that they need. */
    void force(DirectoryInode directory) {
        forceAll(change -> change.slots.stream().anyMatch(slot -> slot.directory == directory));
    }

    /** Makes everything durable that is older. */
    void forceBefore(long nanos) {
        forceAll(change -> change.atNanos < nanos);
    }

    /** Makes everything durable. */
    void forceAll() {
        pending.forEach(Journal::write);
        pending = new ArrayList<>();
    }

    private void forceAll(Predicate<Change> which) {
        var needed = new Conflicts();
        var forced = new ArrayList<Change>();
        var left = new ArrayList<Change>();
        for (Change change : pending.reversed()) {
            boolean force =
                    which.test(change) || (inOrder && !forced.isEmpty()) || needed.hit(change);
            if (force) {
                needed.add(change);
            }
            (force ? forced : left).add(change);
        }
        forced.reversed().forEach(Journal::write);
        pending = new ArrayList<>(left.reversed());
    }

    /** A power cut: of what waits, some is on the disk and the rest never was. */
    void crash(RandomGenerator random) {
        var lost = new Conflicts();
        // Everything, nothing and much are each as likely as any share in between.
        double share =
                switch (random.nextInt(4)) {
                    case 0 -> 1;
                    case 1 -> 0;
                    case 2 -> 0.9;
                    default -> random.nextDouble();
                };
        boolean lostAny = false;
        for (Change change : pending) {
            boolean kept =
                    random.nextDouble() < share && !(inOrder && lostAny) && !lost.hit(change);
            if (kept) {
                write(change);
            } else {
                lost.add(change);
                lostAny = true;
            }
        }
        pending = new ArrayList<>();
    }

    private static void write(Change change) {
        for (Slot slot : change.slots) {
            if (slot.after == null) {
                slot.directory.durableEntries.remove(slot.key);
            } else {
                slot.directory.durableEntries.put(slot.key, slot.after);
            }
        }
    }

    /** What some changes touch; another one that hits it depends on them, or they on it. */
    private static final class Conflicts {
        private final Set<Inode> entries = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Set<Inode> directories = Collections.newSetFromMap(new IdentityHashMap<>());
        private final IdentityHashMap<DirectoryInode, Set<String>> names = new IdentityHashMap<>();
        private boolean moves;

        void add(Change change) {
            entries.addAll(change.entries);
            for (Slot slot : change.slots) {
                directories.add(slot.directory);
                names.computeIfAbsent(slot.directory, _ -> new HashSet<>()).add(slot.key);
            }
            moves |= change.moves;
        }

        boolean hit(Change change) {
            if (moves && change.moves) {
                return true;
            }
            for (Inode entry : change.entries) {
                if (entries.contains(entry) || directories.contains(entry)) {
                    return true;
                }
            }
            for (Slot slot : change.slots) {
                Set<String> there = names.get(slot.directory);
                if (entries.contains(slot.directory)
                        || (there != null && there.contains(slot.key))) {
                    return true;
                }
            }
            return false;
        }
    }
}
