package io.syncline.client.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.disk.LocalPath;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What was heard and not yet asked for: a bounded set, an overflow, a limit. */
final class Heard {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();

    @GuardedBy("lock")
    private final Set<LocalPath> dirty = new LinkedHashSet<>();

    @GuardedBy("lock")
    private Optional<WatchEvent.Overflow> overflow = Optional.empty();

    @GuardedBy("lock")
    private Optional<WatchEvent.Limited> limited = Optional.empty();

    @GuardedBy("lock")
    private boolean closed;

    void add(Set<LocalPath> directories) {
        if (directories.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            dirty.addAll(directories);
            if (dirty.size() > Watcher.MAX_DIRTY) {
                dirty.clear();
                overflow =
                        Optional.of(
                                new WatchEvent.Overflow(
                                        "more than "
                                                + Watcher.MAX_DIRTY
                                                + " directories changed at once"));
            }
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    void overflow(String why) {
        lock.lock();
        try {
            overflow = Optional.of(new WatchEvent.Overflow(why));
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    void limited(int watched, String advice) {
        lock.lock();
        try {
            limited = Optional.of(new WatchEvent.Limited(watched, advice));
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    WatchEvent next(Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (!closed && dirty.isEmpty() && overflow.isEmpty() && limited.isEmpty()) {
                if (nanos <= 0) {
                    return new WatchEvent.Quiet();
                }
                nanos = something.awaitNanos(nanos);
            }
            if (closed) {
                return new WatchEvent.Quiet();
            }
            if (limited.isPresent()) {
                WatchEvent event = limited.get();
                limited = Optional.empty();
                return event;
            }
            if (overflow.isPresent()) {
                WatchEvent event = overflow.get();
                overflow = Optional.empty();
                dirty.clear(); // Covered by the scan that the overflow asks for.
                return event;
            }
            var event = new WatchEvent.Dirty(dirty);
            dirty.clear();
            return event;
        } finally {
            lock.unlock();
        }
    }
}
