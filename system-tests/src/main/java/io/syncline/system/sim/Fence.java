package io.syncline.system.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until the platform has resumed all whose monitors were released before. It resumes them on
 * one thread, batch by batch; so once it has resumed a thread of ours, and after that another one,
 * it has done with every batch before.
 */
final class Fence {
    private static final long WAIT_SECONDS = 60;

    private final Object monitor = new Object();

    /** Continuations of ours that can go on, in the order in which they came to be. */
    private final LinkedBlockingQueue<Runnable> resumed = new LinkedBlockingQueue<>();

    private volatile boolean ended;
    private final Deque<Runner> runners = new ArrayDeque<>();

    /** Takes the monitor, holds it until told, and begins anew. */
    private final class Runner implements Runnable {
        private final Thread thread = Platform.builder(resumed::add).name("fence").unstarted(this);
        private volatile boolean mayRelease;
        private volatile boolean mayTake = true;

        @Override
        public void run() {
            while (!ended) {
                while (!mayTake && !ended) {
                    LockSupport.park();
                }
                mayTake = false;
                synchronized (monitor) {
                    while (!mayRelease && !ended) {
                        LockSupport.park();
                    }
                    mayRelease = false;
                }
            }
        }
    }

    Fence() {
        // One holds the monitor, the other waits for it.
        for (int i = 0; i < 2; i++) {
            Runner runner = new Runner();
            runners.add(runner);
            runner.thread.start();
            next();
        }
    }

    private void next() {
        try {
            Runnable continuation = resumed.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            if (continuation == null) {
                throw new IllegalStateException("the platform resumes nobody any more");
            }
            continuation.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in a simulation", e);
        }
    }

    /** Ends its threads. */
    void end() {
        ended = true;
        LockSupport.unpark(runners.getFirst().thread);
        next(); // It releases, and ends.
        next(); // The other one takes the monitor, and ends.
    }

    /** Returns when all are resumed. */
    void pass() {
        for (int i = 0; i < 2; i++) {
            Runner holder = runners.removeFirst();
            runners.addLast(holder);
            holder.mayRelease = true;
            LockSupport.unpark(holder.thread);
            next(); // It releases, and parks.
            next(); // The other one was resumed, takes the monitor, and parks.
            holder.mayTake = true;
            LockSupport.unpark(holder.thread);
            next(); // It blocks.
        }
    }
}
