package io.syncline.storage.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private static final Duration DAY = Duration.ofDays(1);

    @Test
    void whatIsWaitedForIsWhatIsLeft() {
        assertThat(Deadline.leftNanos(DAY)).isEqualTo(DAY.toNanos());
        Deadline hour = Deadline.after(Duration.ofHours(1));
        long left = hour.call(() -> Deadline.leftNanos(DAY));
        assertThat(left).isPositive().isLessThanOrEqualTo(Duration.ofHours(1).toNanos());
        assertThat(hour.call(() -> Deadline.leftNanos(Duration.ofNanos(5)))).isEqualTo(5);
        assertThat(Deadline.current()).isEmpty();
    }

    @Test
    void nothingIsDoneOnceItIsOver() {
        Deadline over = Deadline.after(Duration.ZERO);
        assertThat(over.isOver()).isTrue();
        assertThatThrownBy(() -> over.call(DeadlineTest::checked))
                .isInstanceOf(SynclineException.class);
        over.hold();
        assertThat(over.call(DeadlineTest::checked)).isTrue();
        over.renew();
        assertThatThrownBy(() -> over.call(DeadlineTest::checked))
                .isInstanceOf(SynclineException.class);
        assertThatCode(Deadline::check).doesNotThrowAnyException();
    }

    private static boolean checked() {
        Deadline.check();
        return true;
    }

    @Test
    void otherThreadsHaveItOnlyWhereItIsHandedOn() throws Exception {
        Deadline over = Deadline.after(Duration.ZERO);
        assertThat(over.call(() -> onAnother(() -> Deadline.current().isPresent()))).isFalse();
        Supplier<Boolean> handedOn =
                over.call(() -> Deadline.handOn(() -> Deadline.current().isPresent()));
        assertThat(onAnother(handedOn)).isTrue();
        over.call(() -> {
            Deadline.without(Deadline::check);
            return true;
        });
    }

    private static boolean onAnother(Supplier<Boolean> work) {
        FutureTask<Boolean> task = new FutureTask<>(work::get);
        Thread.ofVirtual().start(task);
        try {
            return task.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
