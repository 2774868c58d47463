package io.syncline.client.watch;

import java.time.Duration;

/**
 * Watches one synced folder with all its directories, except {@code .syncline}.
 *
 * <p>Guarantees: a change made after the watcher was opened is named by a {@link WatchEvent.Dirty}
 * or covered by an {@link WatchEvent.Overflow}, also in directories made or moved in later, by
 * whomever (scenario 71), as long as no {@link WatchEvent.Limited} said otherwise. What was changed
 * before it was opened is for a full scan to find: open first, then scan. Events are hints: equal
 * ones are merged, spurious ones occur (our own writes are heard too), and memory is bounded by
 * {@link #MAX_DIRTY}. Both sides of a rename inside the folder come in one event, and with a
 * directory that was renamed all that are below it.
 */
public interface Watcher extends AutoCloseable {
    /** How many dirty directories are remembered; more become an overflow. */
    int MAX_DIRTY = 10_000;

    /**
     * What was heard since the last call; waits up to that long for something. Only one thread may
     * call it.
     *
     * @throws InterruptedException if the thread is interrupted, with nothing lost
     */
    WatchEvent next(Duration timeout) throws InterruptedException;

    /** Stops watching and frees everything; a waiting {@link #next} returns {@code Quiet}. */
    @Override
    void close();
}
