package io.syncline.client.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetriesTest {
    private final List<Duration> pauses = new ArrayList<>();
    private final Retries retries = new Retries(new Random(1), pauses::add);
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void clearInterrupt() {
        assertThat(Thread.interrupted()).isFalse();
    }

    private <T> Supplier<T> failing(int times, SynclineException failure, T result) {
        return () -> {
            if (calls.incrementAndGet() <= times) {
                throw failure;
            }
            return result;
        };
    }

    private static ServerFailure failure(ErrorCode code, Optional<Duration> retryAfter) {
        return new ServerFailure(code, "no", retryAfter);
    }

    @Test
    void passingFailureIsRepeatedWithGrowingBoundedPauses() {
        var passing = failure(ErrorCode.UNAVAILABLE, Optional.empty());

        assertThat(retries.call(failing(4, passing, "yes"))).isEqualTo("yes");

        assertThat(calls).hasValue(5);
        assertThat(pauses).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertThat(pauses.get(i)).isBetween(Duration.ZERO, Duration.ofMillis(200L << i));
        }
        assertThat(pauses).doesNotHaveDuplicates();
    }

    @Test
    void triesEnd() {
        var passing = failure(ErrorCode.LIMITED, Optional.empty());
        assertThatThrownBy(() -> retries.call(failing(99, passing, "never"))).isSameAs(passing);
        assertThat(calls).hasValue(Retries.ATTEMPTS_MAX);
    }

    @Test
    void lastingFailuresAreNotRepeated() {
        for (ErrorCode code : ErrorCode.values()) {
            if (!code.retryable()) {
                calls.set(0);
                var lasting = failure(code, Optional.empty());
                assertThatThrownBy(() -> retries.call(failing(99, lasting, "never")))
                        .isSameAs(lasting);
                assertThat(calls).as(code.name()).hasValue(1);
            }
        }
        assertThat(pauses).isEmpty();
    }

    @Test
    void serverIsGivenTheTimeThatItAsksFor() {
        var busy = failure(ErrorCode.LIMITED, Optional.of(Duration.ofSeconds(7)));
        assertThat(retries.call(failing(1, busy, "yes"))).isEqualTo("yes");
        assertThat(pauses.getFirst())
                .isBetween(Duration.ofSeconds(7), Duration.ofSeconds(7).plusMillis(200));
    }

    @Test
    void callerIsToldAtOnceWhenTheServerAsksForLong() {
        var closed = failure(ErrorCode.UNAVAILABLE, Optional.of(Duration.ofMinutes(10)));
        assertThatThrownBy(() -> retries.call(failing(99, closed, "never"))).isSameAs(closed);
        assertThat(calls).hasValue(1);
    }

    @Test
    void budgetBoundsTheRepeatsOfAllCallsTogether() {
        var passing = failure(ErrorCode.UNAVAILABLE, Optional.empty());
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> retries.call(failing(Integer.MAX_VALUE, passing, "never")))
                    .isSameAs(passing);
        }
        // Fifty first tries, and the twenty repeats of the whole budget.
        assertThat(calls).hasValue(70);

        for (int i = 0; i < 5; i++) {
            retries.call(() -> "earned");
        }
        calls.set(0);
        assertThat(retries.call(failing(1, passing, "again"))).isEqualTo("again");
    }

    @Test
    void interruptEndsTheWaiting() {
        var interrupted =
                new Retries(
                        new Random(1),
                        _ -> {
                            throw new InterruptedException();
                        });
        var passing = failure(ErrorCode.UNAVAILABLE, Optional.empty());
        assertThatThrownBy(() -> interrupted.call(failing(99, passing, "never"))).isSameAs(passing);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(calls).hasValue(1);
    }
}
