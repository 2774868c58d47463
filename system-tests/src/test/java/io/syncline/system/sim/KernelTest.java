package io.syncline.system.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class KernelTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** Threads that meet at everything that Java has for that. */
    private static String history(long seed, List<String> log) {
        Trace trace = new Trace();
        Kernel kernel = new Kernel(new Random(seed), trace, START);
        Object monitor = new Object();
        var lock = new ReentrantLock();
        var queue = new ArrayBlockingQueue<Integer>(2);
        var semaphore = new Semaphore(1);
        kernel.process("p")
                .start(() -> {
                    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                        for (int i = 0; i < 4; i++) {
                            int me = i;
                            var _ =
                                    executor.submit(() -> {
                                        for (int round = 0; round < 5; round++) {
                                            synchronized (monitor) {
                                                kernel.letOthers();
                                                log.add(me + " monitor " + round);
                                                monitor.notifyAll();
                                                if (round == 2 && me != 0) {
                                                    monitor.wait();
                                                }
                                            }
                                            lock.lock();
                                            try {
                                                kernel.letOthers();
                                                log.add(me + " lock");
                                            } finally {
                                                lock.unlock();
                                            }
                                            if (me % 2 == 0) {
                                                queue.put(me);
                                            } else {
                                                log.add(me + " took " + queue.take());
                                            }
                                            semaphore.acquire();
                                            kernel.sleep(Duration.ofMillis(me));
                                            semaphore.release();
                                        }
                                        synchronized (monitor) {
                                            monitor.notifyAll();
                                        }
                                        return me;
                                    });
                        }
                    }
                    log.add("joined at " + Duration.between(START, kernel.instant()).toMillis());
                });
        var _ = kernel.runUntil(() -> false);
        assertThat(kernel.failure()).isEmpty();
        return trace.hash();
    }

    @Test
    void oneSeedIsOneHistoryAndOthersAreOthers() {
        var hashes = new HashSet<String>();
        for (long seed = 0; seed < 100; seed++) {
            var first = new ArrayList<String>();
            var second = new ArrayList<String>();
            String hash = history(seed, first);
            assertThat(history(seed, second)).as("seed %d", seed).isEqualTo(hash);
            assertThat(second).isEqualTo(first);
            assertThat(first.getLast()).startsWith("joined at");
            hashes.add(hash);
        }
        assertThat(hashes).hasSizeGreaterThan(95);
    }

    @Test
    void nothingOfAKilledProcessRunsAgain() {
        Kernel kernel = new Kernel(new Random(1), new Trace(), START);
        var log = new ArrayList<String>();
        Kernel.Program process = kernel.process("p");
        process.start(() -> {
            try {
                kernel.sleep(Duration.ofSeconds(1));
                log.add("slept");
            } catch (InterruptedException e) {
                log.add("interrupted");
            } finally {
                log.add("finally");
            }
        });
        assertThat(kernel.step()).isTrue();
        process.kill();

        assertThat(kernel.step()).isFalse();
        assertThat(log).isEmpty();
        assertThat(kernel.threads()).isZero();
    }

    @Test
    void whoeverWaitsForRealTimeIsNamed() {
        Kernel kernel = new Kernel(new Random(1), new Trace(), START);
        var semaphore = new Semaphore(0);
        kernel.process("impatient")
                .start(() -> {
                    try {
                        var _ = semaphore.tryAcquire(1, TimeUnit.MILLISECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        while (kernel.failure().isEmpty()) {
            var _ = kernel.step();
            Thread.onSpinWait();
        }

        assertThat(kernel.failure().orElseThrow())
                .hasMessageContaining("impatient")
                .hasMessageContaining("tryAcquire");
    }

    @Test
    void aYearPassesAtOnce() {
        Kernel kernel = new Kernel(new Random(1), new Trace(), START);
        kernel.process("p")
                .call(() -> {
                    try {
                        kernel.sleep(Duration.ofDays(365));
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });

        assertThat(kernel.instant()).isAfterOrEqualTo(START.plus(Duration.ofDays(365)));
    }
}
