package io.syncline.server.block;

import io.syncline.storage.metadata.MetadataStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets several actors use one store in an order that a seed decides: each waits for its turn before
 * every read and write, and only one runs at a time.
 */
final class Turns {
    private final ThreadLocal<Actor> self = new ThreadLocal<>();
    private final Semaphore parked = new Semaphore(0);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private static final class Actor {
        final Semaphore go = new Semaphore(0);
        volatile boolean finished;
    }

    /** A store whose calls are turns of the actor that makes them. */
    MetadataStore over(MetadataStore store) {
        return new MetadataStore() {
            @Override
            public <T> T read(Read<T> work) {
                await();
                return store.read(work);
            }

            @Override
            public <T> T write(Write<T> work) {
                await();
                return store.write(work);
            }

            @Override
            public <T> T writeBehind(Write<T> work) {
                await();
                return store.writeBehind(work);
            }

            @Override
            public void close() {
                store.close();
            }
        };
    }

    /** Waits for the next turn; threads that aren't actors go on at once. */
    void await() {
        Actor actor = self.get();
        if (actor != null) {
            parked.release();
            actor.go.acquireUninterruptibly();
        }
    }

    /**
     * Runs the actors to their ends.
     *
     * @param afterEach runs after each turn, while nobody else does
     */
    void run(Random random, List<Runnable> works, Runnable afterEach) throws Exception {
        List<Actor> actors = new ArrayList<>();
        for (Runnable work : works) {
            Actor actor = new Actor();
            actors.add(actor);
            Thread.ofVirtual().start(() -> play(actor, work));
            step();
        }
        while (!actors.isEmpty() && failure.get() == null) {
            Actor next = actors.get(random.nextInt(actors.size()));
            next.go.release();
            step();
            if (next.finished) {
                actors.remove(next);
            }
            afterEach.run();
        }
        // After a failure the others are left where they are: parked virtual threads are garbage.
        if (failure.get() != null) {
            throw new AssertionError("an actor failed", failure.get());
        }
    }

    private void step() throws InterruptedException {
        if (!parked.tryAcquire(30, TimeUnit.SECONDS)) {
            throw new AssertionError("an actor neither waits nor ends");
        }
    }

    private void play(Actor actor, Runnable work) {
        self.set(actor);
        await();
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        } finally {
            actor.finished = true;
            parked.release();
        }
    }
}
