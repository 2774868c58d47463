package io.syncline.client.scan;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Look;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.client.ignore.IgnoreRules;
import io.syncline.client.ignore.Ignores;
import io.syncline.core.tree.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Looks at directories on disk and keeps a record and a sum of each, but not their entries. */
final class Walk {
    /** How many threads read directories: on two cores a third one gained nothing. */
    private static final int THREADS = 2;

    /** How deep a tree may be (R45). */
    private static final int MAX_DEPTH = 1_024;

    private final Disk disk;
    private final Ignores ignores;
    private final ThreadFactory threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final List<DiskDirectory> directories = new ArrayList<>();

    @GuardedBy("lock")
    private final ArrayDeque<Task> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private int unfinished;

    @GuardedBy("lock")
    private long entries;

    @GuardedBy("lock")
    private final List<LocalPath> unsupported = new ArrayList<>();

    private record Task(DiskDirectory directory, IgnoreRules above) {}

    Walk(Disk disk, Ignores ignores, ThreadFactory threads) {
        this.disk = disk;
        this.ignores = ignores;
        this.threads = threads;
    }

    Walked walkAll() {
        DiskDirectory root = root();
        enqueue(List.of(new Task(root, IgnoreRules.NONE)), List.of(root), 0, List.of());
        drain();
        return walked(true);
    }

    private Walked walked(boolean everything) {
        lock.lock();
        try {
            return new Walked(directories, everything, entries, List.copyOf(unsupported));
        } finally {
            lock.unlock();
        }
    }

    private DiskDirectory root() {
        return new DiskDirectory(null, "", disk.stat(LocalPath.ROOT).orThrow(LocalPath.ROOT));
    }

    // Everything below some directories, by a few threads.

    private void drain() {
        try (var executor = Executors.newFixedThreadPool(THREADS, threads)) {
            var workers = new ArrayList<Future<?>>();
            for (int i = 0; i < THREADS; i++) {
                workers.add(executor.submit(this::work));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a walk failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("a walk was interrupted", e);
        }
    }

    private void work() {
        try {
            for (Optional<Task> task = take(); task.isPresent(); task = take()) {
                try {
                    readAll(task.get());
                } finally {
                    finished();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Task> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && unfinished > 0) {
                changed.await();
            }
            return Optional.ofNullable(waiting.pollLast());
        } finally {
            lock.unlock();
        }
    }

    private void finished() {
        lock.lock();
        try {
            if (--unfinished == 0) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(
            List<Task> tasks, List<DiskDirectory> seen, long count, List<LocalPath> special) {
        lock.lock();
        try {
            directories.addAll(seen);
            waiting.addAll(tasks);
            unfinished += tasks.size();
            entries += count;
            for (LocalPath path : special) {
                if (unsupported.size() < Walked.MAX_UNSUPPORTED) {
                    unsupported.add(path);
                }
            }
            if (!tasks.isEmpty()) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Reads one directory and leaves its subdirectories to whoever comes next. */
    private void readAll(Task task) {
        var tasks = new ArrayList<Task>();
        var seen = new ArrayList<DiskDirectory>();
        IgnoreRules rules = read(task.directory, task.above, seen);
        for (DiskDirectory child : seen) {
            tasks.add(new Task(child, rules));
        }
        enqueue(tasks, seen, 0, List.of());
    }

    /** Lists one directory: sums up its entries, collects its subdirectories. */
    private IgnoreRules read(
            DiskDirectory directory, IgnoreRules above, List<DiskDirectory> subdirectories) {
        LocalPath path = directory.path();
        if (path.names().size() > MAX_DEPTH) {
            directory.unreadable("it is deeper than " + MAX_DEPTH + " levels");
            return above;
        }
        if (isInsideItself(directory)) {
            directory.unreadable("the folder is mounted inside itself");
            return above;
        }
        switch (disk.list(path)) {
            case Look.Not<Listing>(Outcome.Refused why) -> {
                directory.unreadable(why.why());
                return above;
            }
            case Look.Found<Listing>(Listing listing) -> {
                if (!listing.directory().identity().equals(directory.identity())) {
                    directory.unreadable("it was replaced while it was being read");
                    return above;
                }
                try {
                    IgnoreRules rules = ignores.in(above, path, ignoreFile(listing));
                    sum(directory, path, listing, rules, subdirectories);
                    return rules;
                } catch (DiskException e) {
                    directory.unreadable(Ignores.FILE_NAME + ": " + e.refusal().why());
                    return above;
                }
            }
        }
    }

    private void sum(
            DiskDirectory directory,
            LocalPath path,
            Listing listing,
            IgnoreRules rules,
            List<DiskDirectory> subdirectories) {
        var special = new ArrayList<LocalPath>();
        long count = 0;
        for (Listing.Entry entry : listing.entries()) {
            Stat stat = entry.stat();
            if (rules.ignores(entry.name(), stat.isDirectory())) {
                continue;
            }
            if (stat.kind() == FileKind.OTHER) {
                special.add(path.child(entry.name()));
                continue;
            }
            count++;
            if (stat.isDirectory()) {
                subdirectories.add(new DiskDirectory(directory, entry.name(), stat));
            }
        }
        directory.digest = digest(listing, rules);
        directory.reading =
                listing.complete() ? DiskDirectory.Reading.READ : DiskDirectory.Reading.INCOMPLETE;
        directory.why = String.join("; ", listing.faults());
        enqueue(List.of(), List.of(), count, special);
    }

    /** The sum over the entries that are nodes. */
    static ListingDigest digest(Listing listing, IgnoreRules rules) {
        ListingDigest digest = ListingDigest.EMPTY;
        for (Listing.Entry entry : listing.entries()) {
            Stat stat = entry.stat();
            if (stat.kind() != FileKind.OTHER && !rules.ignores(entry.name(), stat.isDirectory())) {
                digest = digest.plus(ListingDigest.of(entry.name(), stat));
            }
        }
        return digest;
    }

    /** Whether a bind mount makes a directory its own descendant. */
    private static boolean isInsideItself(DiskDirectory directory) {
        for (DiskDirectory up = directory.parent(); up != null; up = up.parent()) {
            if (up.identity().equals(directory.identity())) {
                return true;
            }
        }
        return false;
    }

    static Optional<Stat> ignoreFile(Listing listing) {
        for (Listing.Entry entry : listing.entries()) {
            if (entry.name().equals(Ignores.FILE_NAME)) {
                return Optional.of(entry.stat());
            }
        }
        return Optional.empty();
    }

    // Some directories, and what is new in them.

    /** Where a partial walk has come to on the way to a directory. */
    private record Step(DiskDirectory directory, NodeId node) {}

    Walked walkSome(Set<LocalPath> dirty, KnownTree known) {
        var steps = new HashMap<LocalPath, Step>();
        DiskDirectory root = root();
        enqueue(List.of(), List.of(root), 0, List.of());
        steps.put(LocalPath.ROOT, new Step(root, NodeId.ROOT));
        var targets = new ArrayList<>(dirty);
        // Short ones first, so that a directory's record exists before those of its children.
        targets.sort((a, b) -> Integer.compare(a.names().size(), b.names().size()));
        for (LocalPath path : targets) {
            if (ignores.changed(path)) {
                return new Walk(disk, ignores, threads).walkAll();
            }
        }
        for (LocalPath path : targets) {
            if (!path.isControl()) {
                LocalPath target = nearestKnown(path, known, steps);
                readSome(target, known, steps);
            }
        }
        drain();
        return walked(false);
    }

    /**
     * Goes down towards the path as long as the disk holds what is known. What can't be looked at
     * on the way is taken for what is known: the directory itself is read, or told of as
     * unreadable, so that it isn't forgotten.
     */
    private LocalPath nearestKnown(LocalPath path, KnownTree known, Map<LocalPath, Step> steps) {
        LocalPath at = LocalPath.ROOT;
        for (String name : path.names()) {
            Step step = Objects.requireNonNull(steps.get(at));
            LocalPath next = at.child(name);
            if (!steps.containsKey(next)) {
                Optional<KnownNode> node = known.child(step.node, name);
                Look<Stat> look = disk.stat(next);
                Optional<Stat> stat =
                        look.isMissing()
                                ? Optional.empty()
                                : look.found().or(() -> node.map(KnownNode::seen));
                boolean same =
                        node.isPresent()
                                && stat.isPresent()
                                && stat.get().isDirectory()
                                && stat.get().identity().equals(node.get().seen().identity());
                if (!same || step.directory.isListed()) {
                    // Where the parent was listed, every subdirectory that is the same has a step.
                    return at;
                }
                var directory = new DiskDirectory(step.directory, name, stat.get());
                enqueue(List.of(), List.of(directory), 0, List.of());
                steps.put(next, new Step(directory, node.get().id()));
            }
            at = next;
        }
        return at;
    }

    private void readSome(LocalPath path, KnownTree known, Map<LocalPath, Step> steps) {
        Step step = Objects.requireNonNull(steps.get(path));
        if (step.directory.reading != DiskDirectory.Reading.NOT_READ || ignored(path)) {
            return;
        }
        IgnoreRules above = path.isRoot() ? IgnoreRules.NONE : ignores.in(path.parent());
        var seen = new ArrayList<DiskDirectory>();
        IgnoreRules rules = read(step.directory, above, seen);
        var fresh = new ArrayList<DiskDirectory>();
        var tasks = new ArrayList<Task>();
        for (DiskDirectory child : seen) {
            LocalPath childPath = path.child(child.name());
            Step already = steps.get(childPath);
            if (already != null && already.directory.identity().equals(child.identity())) {
                continue; // Its record was made on the way to a directory further down.
            }
            fresh.add(child);
            Optional<KnownNode> node = known.child(step.node, child.name());
            boolean same =
                    node.isPresent() && node.get().seen().identity().equals(child.identity());
            if (same) {
                steps.put(childPath, new Step(child, node.get().id()));
            } else {
                tasks.add(new Task(child, rules));
            }
        }
        enqueue(tasks, fresh, 0, List.of());
    }

    private boolean ignored(LocalPath path) {
        return !path.isRoot() && ignores.isIgnored(path, true);
    }
}
