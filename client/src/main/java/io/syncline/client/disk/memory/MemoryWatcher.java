package io.syncline.client.disk.memory;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.DirectoryInode.Link;
import io.syncline.client.watch.WatchEvent;
import io.syncline.client.watch.Watcher;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Hears of changes in one folder of a {@link MemoryFileSystem}, and can be made to miss some. It
 * never waits: {@link #next} returns {@code Quiet} where others would wait, and a simulation asks
 * {@link #nextDue}, or is told by {@link #onHeard}, when to call it.
 */
public final class MemoryWatcher implements Watcher {
    private final MemoryFileSystem files;
    private final DirectoryInode root;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** Directories that were heard of, and when that is told. */
    private final Map<LocalPath, Instant> hints = new LinkedHashMap<>();

    private final Deque<WatchEvent> first = new ArrayDeque<>();
    private Runnable onHeard = () -> {};
    private Duration delay = Duration.ZERO;
    private double missed;

    MemoryWatcher(
            MemoryFileSystem files,
            DirectoryInode root,
            InstantSource clock,
            RandomGenerator random) {
        this.files = files;
        this.root = root;
        this.clock = clock;
        this.random = random;
    }

    /** Runs that, within the operation that is heard of, whenever there is something new. */
    public void onHeard(Runnable then) {
        onHeard = then;
    }

    /** From now on what is heard is told so much later. */
    public void delay(Duration by) {
        delay = by;
    }

    /** From now on that share of the changes, 0 to 1, isn't heard, as no real system admits. */
    public void miss(double share) {
        missed = share;
    }

    /** What was heard and not told is lost, and only that is told. */
    public void overflow(String why) {
        hints.clear();
        first.add(new WatchEvent.Overflow(why));
        onHeard.run();
    }

    /** Tells that not all directories are watched. */
    public void limited(int watched, String advice) {
        first.add(new WatchEvent.Limited(watched, advice));
        onHeard.run();
    }

    /** When {@link #next} will have something to tell. */
    public Optional<Instant> nextDue() {
        if (!first.isEmpty()) {
            return Optional.of(Instant.MIN);
        }
        return hints.values().stream().min(Comparator.naturalOrder());
    }

    /** What was heard and is due, all at once; never waits. */
    @Override
    public WatchEvent next(Duration timeout) {
        WatchEvent event = first.poll();
        if (event != null) {
            return event;
        }
        Instant now = clock.instant();
        var due = new LinkedHashSet<LocalPath>();
        for (Map.Entry<LocalPath, Instant> hint : hints.entrySet()) {
            if (!hint.getValue().isAfter(now)) {
                due.add(hint.getKey());
            }
        }
        hints.keySet().removeAll(due);
        return due.isEmpty() ? new WatchEvent.Quiet() : new WatchEvent.Dirty(due);
    }

    @Override
    public void close() {
        files.closed(this);
        hints.clear();
        first.clear();
    }

    void heard(List<DirectoryInode> changed) {
        var directories = new LinkedHashSet<LocalPath>();
        for (DirectoryInode directory : changed) {
            path(directory).filter(path -> !path.isControl()).ifPresent(directories::add);
        }
        if (directories.isEmpty() || (missed > 0 && random.nextDouble() < missed)) {
            return;
        }
        Instant due = clock.instant().plus(delay);
        int before = hints.size();
        // One that wasn't told yet tells of this change as well.
        directories.forEach(directory -> hints.putIfAbsent(directory, due));
        if (hints.size() > MAX_DIRTY) {
            overflow("more than " + MAX_DIRTY + " directories changed at once");
        } else if (hints.size() > before) {
            onHeard.run();
        }
    }

    private Optional<LocalPath> path(DirectoryInode directory) {
        var names = new ArrayList<String>();
        for (DirectoryInode at = directory; at != root; ) {
            Link own = at.own == null ? covered(at) : at.own;
            if (own == null || own.parent == null) {
                return Optional.empty();
            }
            names.add(own.name);
            at = own.parent;
        }
        return Optional.of(new LocalPath(names.reversed()));
    }

    private static @Nullable Link covered(DirectoryInode root) {
        DirectoryInode covered = root.volume.covered();
        return covered == null ? null : covered.own;
    }
}
