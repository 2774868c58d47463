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
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Hears of changes in one folder of a {@link MemoryFileSystem}, and can be made to miss some. It
 * never waits: {@link #next} returns {@code Quiet} where others would wait, and a simulation asks
 * {@link #nextDue}, or is told by {@link #onHeard}, when to call it.
 */
public final class MemoryWatcher implements Watcher {
    private record Hint(Instant due, Set<LocalPath> directories) {}

    private final MemoryFileSystem files;
    private final DirectoryInode root;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Deque<Hint> hints = new ArrayDeque<>();
    private final Deque<WatchEvent> first = new ArrayDeque<>();
    private Runnable onHeard = () -> {};
    private Duration delay = Duration.ZERO;
    private double missed;
    private int heardCount;

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
        heardCount = 0;
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
        return Optional.ofNullable(hints.peek()).map(Hint::due);
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
        for (Hint hint = hints.peek(); hint != null; hint = hints.peek()) {
            if (hint.due.isAfter(now)) {
                break;
            }
            due.addAll(hint.directories);
            heardCount -= hint.directories.size();
            hints.remove();
        }
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
        hints.add(new Hint(clock.instant().plus(delay), directories));
        heardCount += directories.size();
        if (heardCount > MAX_DIRTY) {
            overflow("more than " + MAX_DIRTY + " directories changed at once");
        } else {
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
