package io.syncline.client.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** How a folder's loop gets its threads, and how time passes for them. */
public interface Pace {
    /** Threads of the platform in real time. */
    Pace REAL =
            new Pace() {
                @Override
                public Thread thread(String name, Runnable work) {
                    return Thread.ofPlatform().daemon().name(name).unstarted(work);
                }

                @Override
                public <T> Optional<T> poll(BlockingQueue<T> queue, Duration most)
                        throws InterruptedException {
                    return Optional.ofNullable(queue.poll(most.toMillis(), TimeUnit.MILLISECONDS));
                }
            };

    /** A thread that isn't started yet. */
    Thread thread(String name, Runnable work);

    /** The queue's head, waited for up to that long. */
    <T> Optional<T> poll(BlockingQueue<T> queue, Duration most) throws InterruptedException;
}
