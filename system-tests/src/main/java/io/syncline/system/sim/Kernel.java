package io.syncline.system.sim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs concurrent code on one thread, in an order and by a clock that come from a seed. The code
 * runs on virtual threads whose scheduler this is: those that it starts inherit it, so its locks,
 * queues and executors work as they are. Between two moments at which a thread parks, blocks or
 * yields it runs alone; then the next one is drawn. Time passes only when no thread can run, and by
 * a microsecond for each step.
 *
 * <p>What waits for real time can't be simulated. Whoever is woken by the platform's timers fails
 * the run, and is named. All methods are for the thread that made the kernel, except where stated.
 */
final class Kernel implements InstantSource {
    /** How long a step takes. */
    private static final long STEP_NANOS = 1_000;

    /** Rounds in which the threads of an ended world are told to end. */
    private static final int ENDING_ROUNDS = 100;

    /** The platform's thread that resumes whoever waited for a monitor (JEP 491). */
    private static final String UNBLOCKER = "VirtualThread-unblocker";

    private final RandomGenerator random;
    private final Trace trace;
    private final Thread thread = Thread.currentThread();
    private final Fence fence = new Fence();

    /** What lives, by its thread; looked up only. */
    private final IdentityHashMap<Thread, Task> tasks = new IdentityHashMap<>();

    /** The same in order of birth. */
    private final TreeMap<Long, Task> living = new TreeMap<>();

    private final TreeMap<Long, Task> ready = new TreeMap<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();

    /** Threads of killed programs, and those of them that could go on. */
    private final List<Thread> remains = new ArrayList<>();

    private final List<Runnable> restless = new ArrayList<>();
    private boolean ending;
    private long nowNanos;
    private long births;
    private long timerNumbers;
    private long steps;

    /** Many times what any world takes; one that takes more never ends. */
    private static final long STEPS_MAX = 4_000_000;

    private volatile @Nullable Task current;
    private @Nullable Throwable failure;

    private final Object lock = new Object();

    /** What other threads have resumed. */
    @GuardedBy("lock")
    private final List<Runnable> inbox = new ArrayList<>();

    /** Who waited for real time, and who resumed it. */
    @GuardedBy("lock")
    private @Nullable Thread impatient;

    @GuardedBy("lock")
    private String by = "";

    /** A kernel whose clock begins at {@code start}. */
    Kernel(RandomGenerator random, Trace trace, Instant start) {
        this.random = random;
        this.trace = trace;
        this.nowNanos = Math.multiplyExact(start.toEpochMilli(), 1_000_000L);
    }

    /**
     * A group of threads that dies as one: a program that runs on a machine. Threads that are
     * started by one of its threads belong to it.
     */
    final class Program implements Executor {
        private final String name;
        private volatile boolean dead;

        private Program(String name) {
            this.name = name;
        }

        /** Its name, unique in this kernel. */
        String name() {
            return name;
        }

        boolean isDead() {
            return dead;
        }

        /** For the platform: one of its threads can go on. */
        @Override
        public void execute(Runnable continuation) {
            if (Thread.currentThread().equals(thread) || isSimulated()) {
                resumed(continuation);
            } else {
                resumedByOther(continuation);
            }
        }

        private void resumed(Runnable continuation) {
            if (dead) {
                restless.add(continuation);
            } else {
                Task task = task(this, continuation);
                ready.put(task.number, task);
            }
        }

        private void resumedByOther(Runnable continuation) {
            synchronized (lock) {
                // The platform's cleaner shuts down what dead programs have left.
                if (dead || Thread.currentThread().getName().equals(UNBLOCKER)) {
                    inbox.add(() -> resumed(continuation));
                } else if (impatient == null) {
                    impatient = Platform.threadOf(continuation);
                    by = Thread.currentThread().getName();
                }
            }
        }

        /** Starts a thread of it. */
        void start(Runnable work) {
            if (dead) {
                throw new IllegalStateException(name + " is dead");
            }
            var _ =
                    Platform.builder(this)
                            .name(name)
                            .start(() -> {
                                try {
                                    work.run();
                                } catch (Throwable e) {
                                    fail(e);
                                }
                            });
        }

        /** Runs that on a thread of it and goes on until it has returned; fails if it can't. */
        void call(Runnable work) {
            boolean[] done = {false};
            start(() -> {
                work.run();
                done[0] = true;
            });
            while (!done[0]) {
                if (!step()) {
                    throw new IllegalStateException(name + " waits for something that never comes");
                }
            }
        }

        /**
         * Nothing of it runs ever again, not even what is written in {@code finally}: as when the
         * power fails, or by signal 9.
         */
        void kill() {
            dead = true;
            for (Task task : living.values()) {
                if (task.process == this) {
                    remains.add(task.thread);
                    if (ready.containsKey(task.number)) {
                        restless.add(task.continuation);
                    }
                }
            }
            ready.values().removeIf(task -> task.process == this);
            living.values().removeIf(task -> task.process == this);
            tasks.values().removeIf(task -> task.process == this);
            waiting.removeIf(one -> one.process == this);
            timers.removeIf(timer -> timer.process.filter(this::equals).isPresent());
        }
    }

    /** A thread of the simulation. */
    private static final class Task {
        private final long number;
        private final Program process;
        private final Thread thread;
        private final Runnable continuation;

        Task(long number, Program process, Thread thread, Runnable continuation) {
            this.number = number;
            this.process = process;
            this.thread = thread;
            this.continuation = continuation;
        }
    }

    /** Something at its time; equal times in order of asking. */
    private record Timer(long atNanos, long number, Optional<Program> process, Runnable action)
            implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int order = Long.compare(atNanos, other.atNanos);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    private static final class Waiting {
        private final Program process;
        private final Thread thread;
        private final BooleanSupplier condition;
        private final long untilNanos;
        private boolean over;

        Waiting(Program process, Thread thread, BooleanSupplier condition, long untilNanos) {
            this.process = process;
            this.thread = thread;
            this.condition = condition;
            this.untilNanos = untilNanos;
        }
    }

    /** A process without threads; a number is added to a name that was used before. */
    Program process(String name) {
        int count = names.merge(name, 1, Integer::sum);
        return new Program(count == 1 ? name : name + "#" + count);
    }

    private Task task(Program process, Runnable continuation) {
        Thread of = Platform.threadOf(continuation);
        Task known = tasks.get(of);
        if (known == null) {
            known = new Task(births++, process, of, continuation);
            tasks.put(of, known);
            living.put(known.number, known);
        }
        return known;
    }

    /** Any thread: the run has failed. The first failure counts. */
    void fail(Throwable why) {
        synchronized (lock) {
            if (failure == null && !ending) {
                failure = why;
            }
        }
    }

    /** What failed the run. */
    Optional<Throwable> failure() {
        Thread waiter;
        String resumer;
        synchronized (lock) {
            if (failure != null || impatient == null) {
                return Optional.ofNullable(failure);
            }
            waiter = impatient;
            resumer = by;
        }
        fail(
                new IllegalStateException(
                        "simulated code waits for real time: "
                                + waiter
                                + " was resumed by "
                                + resumer
                                + "; it is at "
                                + List.of(waiter.getStackTrace())));
        return failure();
    }

    // The clock.

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(nowNanos);
    }

    /** Nanoseconds since 1970. */
    long nanos() {
        return nowNanos;
    }

    /** Steps taken so far. */
    long steps() {
        return steps;
    }

    /** Threads that live, for bounds. */
    int threads() {
        return living.size();
    }

    // For simulated threads.

    /** Whether the calling thread is one of the simulation. */
    boolean isSimulated() {
        Task task = current;
        return task != null && Thread.currentThread().equals(task.thread);
    }

    /** Lets others go first; nothing where the caller isn't simulated. */
    @SuppressWarnings("ThreadPriorityCheck") // the scheduler is ours
    void letOthers() {
        if (isSimulated()) {
            Thread.yield();
        }
    }

    /** The process whose thread runs. */
    Program running() {
        Task task = current;
        if (task == null) {
            throw new IllegalStateException("no simulated thread runs");
        }
        return task.process;
    }

    /** Lets simulated time pass. */
    void sleep(Duration time) throws InterruptedException {
        var _ = await(() -> false, time);
    }

    /**
     * Waits until the condition holds or the time is over; true if it holds. The condition is
     * looked at before each step, so it is to be cheap.
     */
    boolean await(BooleanSupplier condition, Duration most) throws InterruptedException {
        if (ending) {
            throw new InterruptedException("the world has ended");
        }
        if (!isSimulated()) {
            throw new IllegalStateException("only simulated threads wait here");
        }
        var one =
                new Waiting(
                        running(),
                        Thread.currentThread(),
                        condition,
                        nowNanos + Math.max(0, most.toNanos()));
        waiting.add(one);
        while (!one.over) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                waiting.remove(one);
                throw new InterruptedException("interrupted in simulated time");
            }
        }
        return condition.getAsBoolean();
    }

    /** Later this happens, on the kernel's thread. */
    void after(Duration time, Runnable action) {
        timers.add(new Timer(nowNanos + time.toNanos(), timerNumbers++, Optional.empty(), action));
    }

    // Running.

    /** Takes steps until the condition holds; false if nothing can happen any more before. */
    boolean runUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (failure().isPresent() || !step()) {
                return false;
            }
            if (steps > STEPS_MAX) {
                fail(new Violation("ends", "after " + steps + " steps there is more to do"));
            }
        }
        return true;
    }

    /**
     * Ends every thread, also those of killed programs: who waits for a monitor is never forgotten
     * by the platform, nor is what he holds. Nothing of the world may be looked at afterwards.
     */
    void end() {
        synchronized (lock) {
            ending = true;
        }
        for (Task task : living.values()) {
            remains.add(task.thread);
            task.process.dead = true;
            if (ready.containsKey(task.number)) {
                restless.add(task.continuation);
            }
        }
        ready.clear();
        for (int round = 0; round < ENDING_ROUNDS && !remains.isEmpty(); round++) {
            remains.forEach(Thread::interrupt);
            fence.pass();
            synchronized (lock) {
                inbox.forEach(Runnable::run);
                inbox.clear();
            }
            List<Runnable> going = List.copyOf(restless);
            restless.clear();
            going.forEach(Runnable::run);
            remains.removeIf(one -> !one.isAlive());
        }
        fence.end();
        // Whoever is left, such as the thread of an executor that was never shut down, holds us.
        tasks.clear();
        living.clear();
        remains.clear();
        restless.clear();
        waiting.clear();
        timers.clear();
    }

    /**
     * One thread goes on until it waits for something. False if all threads wait for others, and
     * nobody for time to pass.
     */
    boolean step() {
        wake();
        while (ready.isEmpty()) {
            long next = nextNanos();
            if (next == Long.MAX_VALUE) {
                return false;
            }
            nowNanos = Math.max(nowNanos, next);
            wake();
        }
        Task task = pick();
        steps++;
        nowNanos += STEP_NANOS;
        trace.step(nowNanos, task.number);
        current = task;
        task.continuation.run();
        current = null;
        if (!task.thread.isAlive()) {
            tasks.remove(task.thread);
            living.remove(task.number);
        }
        collect();
        return true;
    }

    private Task pick() {
        int index = random.nextInt(ready.size());
        Iterator<Task> all = ready.values().iterator();
        Task picked = all.next();
        for (int i = 0; i < index; i++) {
            picked = all.next();
        }
        ready.remove(picked.number);
        return picked;
    }

    private long nextNanos() {
        long next = timers.isEmpty() ? Long.MAX_VALUE : timers.peek().atNanos();
        for (Waiting one : waiting) {
            next = Math.min(next, one.untilNanos);
        }
        return next;
    }

    private void wake() {
        while (!timers.isEmpty() && timers.peek().atNanos() <= nowNanos) {
            timers.remove().action().run();
        }
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
            Waiting one = all.next();
            if (one.untilNanos <= nowNanos || one.condition.getAsBoolean()) {
                all.remove();
                one.over = true;
                LockSupport.unpark(one.thread);
            }
        }
    }

    /**
     * Takes in what the platform resumes. It does so on a thread of its own, some time after a
     * monitor was released; so while a thread waits for a monitor, that thread is waited for.
     */
    private void collect() {
        boolean blocked = false;
        for (Task task : living.values()) {
            // One that isn't blocked any more and can't go on yet is just being resumed.
            Thread.State state = task.thread.getState();
            if ((state == Thread.State.BLOCKED || state == Thread.State.RUNNABLE)
                    && !ready.containsKey(task.number)) {
                blocked = true;
                break;
            }
        }
        if (blocked) {
            fence.pass();
        }
        synchronized (lock) {
            inbox.forEach(Runnable::run);
            inbox.clear();
        }
    }
}
