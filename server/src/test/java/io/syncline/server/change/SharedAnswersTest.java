package io.syncline.server.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SharedAnswersTest {
    private final SharedAnswers<String, Long> shared = new SharedAnswers<>();

    @Test
    @DisplayName("R50 equal questions share answers, and none is older than its question")
    void answersAreNeverOld() throws Exception {
        AtomicLong committed = new AtomicLong();
        AtomicInteger computed = new AtomicInteger();
        List<Future<Boolean>> fresh = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2_000; i++) {
                fresh.add(
                        threads.submit(() -> {
                            long seen = committed.incrementAndGet();
                            long answer =
                                    shared.get(
                                            "page",
                                            () -> {
                                                computed.incrementAndGet();
                                                long value = committed.get();
                                                return value;
                                            });
                            return answer >= seen;
                        }));
            }
        }
        for (Future<Boolean> one : fresh) {
            assertThat(one.get()).isTrue();
        }
        assertThat(computed.get()).isLessThanOrEqualTo(2_000);
    }

    @Test
    @DisplayName("R50 a thousand questions that come during one look need one more")
    void thousandQuestionsNeedTwoLooks() throws Exception {
        AtomicInteger computed = new AtomicInteger();
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1_000);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first =
                    threads.submit(() ->
                            shared.get(
                                    "page",
                                    () -> {
                                        computed.incrementAndGet();
                                        looking.countDown();
                                        await(goOn);
                                        return 1L;
                                    }));
            await(looking);
            List<Future<Long>> others = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                others.add(
                        threads.submit(() -> {
                            asked.countDown();
                            return shared.get("page", () -> (long) computed.incrementAndGet());
                        }));
            }
            await(asked);
            goOn.countDown();
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(1L);
            for (Future<Long> other : others) {
                assertThat(other.get(10, TimeUnit.SECONDS)).isGreaterThan(1L);
            }
        }
        // A few threads may have come to ask only after the second look began.
        assertThat(computed.get()).isBetween(2, 100);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void failureReachesWhoAskedAndIsNotKept() {
        assertThatThrownBy(() ->
                        shared.get(
                                "page",
                                () -> {
                                    throw SynclineException.invalid("no");
                                }))
                .isInstanceOf(SynclineException.class);
        assertThat(shared.get("page", () -> 5L)).isEqualTo(5L);
    }
}
