package io.syncline.client.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Time that passes only where somebody waits. */
    private static final class Clock implements Pace.Time {
        private final AtomicLong now;

        Clock(long start) {
            now = new AtomicLong(start);
        }

        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public void pause(long nanos) {
            now.addAndGet(nanos);
        }
    }

    /** A piece that passed: when, and how long it takes at the limit of its time. */
    private record Passed(long nanos, int bytes, double costNanos) {}

    /** Lanes that ask as soon as, or a while after, their last piece passed; limits that change. */
    private static List<Passed> history(Random random, boolean changing, boolean greedy) {
        Clock clock = new Clock(random.nextBoolean() ? Long.MAX_VALUE - SECOND : random.nextLong());
        long start = clock.nanos();
        Pace pace = new Pace(clock);
        long rate = rate(random);
        pace.limit(OptionalLong.of(rate));
        long[] free = new long[1 + random.nextInt(6)];
        List<Passed> passed = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            int next = 0;
            for (int lane = 1; lane < free.length; lane++) {
                next = free[lane] < free[next] ? lane : next;
            }
            clock.now.set(start + free[next]);
            if (changing && random.nextInt(20) == 0) {
                rate = random.nextInt(4) == 0 ? 0 : rate(random);
                pace.limit(rate == 0 ? OptionalLong.empty() : OptionalLong.of(rate));
            }
            int bytes =
                    greedy || random.nextBoolean()
                            ? pace.pieceBytes()
                            : 1 + random.nextInt(pace.pieceBytes());
            long at = free[next] + pace.take(bytes);
            passed.add(new Passed(at, bytes, rate == 0 ? 0 : (double) bytes * SECOND / rate));
            free[next] = at + (greedy ? 0 : random.nextLong(SECOND / 2));
        }
        return passed;
    }

    private static long rate(Random random) {
        return (long) (BandwidthLimits.MIN * Math.pow(10, random.nextDouble() * 5));
    }

    @Test
    @DisplayName("over any window bytes ≤ rate × time + burst, however the limit changes meanwhile")
    void noWindowHasMoreThanTheLimitAllows() {
        for (long seed = 0; seed < 60; seed++) {
            // What passes while there is no limit overtakes what waits, and takes nothing.
            List<Passed> passed =
                    history(new Random(seed), seed % 2 == 1, seed % 3 == 0).stream()
                            .filter(piece -> piece.costNanos() > 0)
                            .toList();
            for (int from = 0; from < passed.size(); from++) {
                double cost = 0;
                for (int to = from; to < passed.size(); to++) {
                    cost += passed.get(to).costNanos();
                    long window = passed.get(to).nanos() - passed.get(from).nanos();
                    assertThat(cost)
                            .as("seed %d, pieces %d to %d", seed, from, to)
                            .isLessThanOrEqualTo(window + Pace.BURST.toNanos() + 1.0);
                }
            }
        }
    }

    @Test
    @DisplayName("who always has something to send gets the whole limit")
    void nothingOfTheLimitIsLost() {
        for (long seed = 0; seed < 60; seed++) {
            List<Passed> passed = history(new Random(seed), false, true);
            double cost = passed.stream().mapToDouble(Passed::costNanos).sum();
            // The lanes may end apart by the pieces that they wait for; a nanosecond is rounded.
            long last = passed.stream().mapToLong(Passed::nanos).max().orElseThrow();
            assertThat(cost + passed.size())
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo((double) last);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {BandwidthLimits.MIN, 100_000, 2_000_000, BandwidthLimits.MAX})
    void aPieceTakesAnEighthOfASecondAtMost(long rate) {
        Pace pace = new Pace(new Clock(0));
        pace.limit(OptionalLong.of(rate));
        assertThat(pace.pieceBytes())
                .isBetween(1, Pace.PIECE_BYTES_MAX)
                .isLessThanOrEqualTo((int) Math.min(Integer.MAX_VALUE, rate / 8));
    }

    @Test
    void withoutALimitNothingWaits() throws InterruptedException {
        Clock clock = new Clock(5);
        Pace pace = new Pace(clock);
        try (Turn turn = pace.turn()) {
            turn.begin();
            for (int i = 0; i < 1_000; i++) {
                turn.pass(turn.pieceBytes());
            }
            assertThat(turn.heldNanos()).isZero();
        }
        assertThat(clock.nanos()).isEqualTo(5);
    }

    @Test
    void whatATurnWaitedIsHeldTime() throws InterruptedException {
        Clock clock = new Clock(0);
        Pace pace = new Pace(clock);
        pace.limit(OptionalLong.of(BandwidthLimits.MIN));
        try (Turn turn = pace.turn()) {
            turn.begin();
            while (clock.nanos() < 10 * SECOND) {
                turn.pass(turn.pieceBytes());
            }
            assertThat(turn.heldNanos()).isEqualTo(clock.nanos());
        }
    }

    @Test
    @DisplayName(
            "as many exchanges are under way as have a share of the limit each, and never none")
    void exchangesTakeTurns() throws InterruptedException {
        for (long rate : new long[] {BandwidthLimits.MIN, Pace.SHARE, 3 * Pace.SHARE}) {
            Pace pace = new Pace(new Clock(0));
            pace.limit(OptionalLong.of(rate));
            long most = Math.max(1, rate / Pace.SHARE);
            AtomicInteger underWay = new AtomicInteger();
            AtomicInteger tooMany = new AtomicInteger();
            AtomicInteger done = new AtomicInteger();
            try (var lanes = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 50; i++) {
                    lanes.execute(() -> {
                        try (Turn turn = pace.turn()) {
                            turn.begin();
                            if (underWay.incrementAndGet() > most) {
                                tooMany.incrementAndGet();
                            }
                            done.incrementAndGet();
                            underWay.decrementAndGet();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    });
                }
            }
            assertThat(tooMany).as("rate %d", rate).hasValue(0);
            assertThat(done).hasValue(50);
        }
    }

    @Test
    void aHigherLimitLetsWaitingExchangesBegin() throws InterruptedException {
        Pace pace = new Pace(new Clock(0));
        pace.limit(OptionalLong.of(BandwidthLimits.MIN));
        try (Turn first = pace.turn();
                Turn second = pace.turn()) {
            first.begin();
            Waiter waiter = new Waiter(second);
            pace.limit(OptionalLong.of(2 * Pace.SHARE));
            assertThat(waiter.outcome()).isEqualTo("begun");
        }
    }

    @Test
    void whoStopsWaitingIsInNobodysWay() throws InterruptedException {
        Pace pace = new Pace(new Clock(0));
        pace.limit(OptionalLong.of(BandwidthLimits.MIN));
        try (Turn second = pace.turn();
                Turn third = pace.turn()) {
            Waiter next;
            try (Turn first = pace.turn()) {
                first.begin();
                Waiter stopped = new Waiter(second);
                stopped.thread.interrupt();
                assertThat(stopped.outcome()).isEqualTo("interrupted");
                next = new Waiter(third);
            }
            assertThat(next.outcome()).isEqualTo("begun");
        }
    }

    @Test
    void whoWaitsToPassStopsAtOnceWhenInterrupted() throws InterruptedException {
        Pace pace = new Pace(Pace.Time.REAL);
        pace.limit(OptionalLong.of(BandwidthLimits.MIN));
        // An hour's worth: without the interrupt this test doesn't end.
        pace.take(3_600 * (int) BandwidthLimits.MIN);
        Turn turn = pace.turn();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> turn.pass(1)).isInstanceOf(InterruptedException.class);
    }

    /** Begins a turn in a thread of its own. */
    private static final class Waiter {
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile String outcome = "";
        private final Thread thread;

        Waiter(Turn turn) {
            thread =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    turn.begin();
                                    outcome = "begun";
                                } catch (InterruptedException e) {
                                    outcome = "interrupted";
                                }
                                ended.countDown();
                            });
        }

        String outcome() throws InterruptedException {
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            return outcome;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, BandwidthLimits.MIN - 1, BandwidthLimits.MAX + 1})
    void limitsHaveBounds(long rate) {
        assertThatThrownBy(() -> BandwidthLimits.NONE.withDownload(OptionalLong.of(rate)))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }

    @Test
    void eachDirectionHasItsOwnLimit() {
        Clock clock = new Clock(0);
        Bandwidth bandwidth = new Bandwidth(clock);
        bandwidth.limit(BandwidthLimits.NONE.withUpload(OptionalLong.of(BandwidthLimits.MIN)));
        assertThat(bandwidth.upload().take(100_000)).isPositive();
        assertThat(bandwidth.download().take(100_000)).isZero();
        bandwidth.limit(BandwidthLimits.NONE.withDownload(OptionalLong.of(BandwidthLimits.MIN)));
        assertThat(bandwidth.upload().take(100_000)).isZero();
        assertThat(bandwidth.download().take(100_000)).isPositive();
    }
}
