package io.syncline.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.deadline.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Callers with deadlines, at a store that is busy. */
public final class WaitingCallers {
    private WaitingCallers() {}

    private static SynclineException late(MetadataStore store, boolean write, AtomicBoolean ran) {
        Deadline soon = Deadline.after(Duration.ofMillis(200));
        try {
            soon.call(() ->
                    write
                            ? store.<Boolean>write(_ -> mark(ran))
                            : store.<Boolean>read(_ -> mark(ran)));
        } catch (SynclineException e) {
            assertThat(soon.isOver()).isTrue();
            return e;
        }
        throw new AssertionError("it was done");
    }

    private static boolean mark(AtomicBoolean ran) {
        ran.set(true);
        return true;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A write that waited beyond its caller's deadline fails, and is never run. */
    public static void assertLateWritesNeverBegin(MetadataStore store, int writers)
            throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(writers);
        CountDownLatch release = new CountDownLatch(1);
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            busy.add(
                    Thread.ofVirtual()
                            .start(() ->
                                    store.<Boolean>write(_ -> {
                                        inside.countDown();
                                        await(release);
                                        return true;
                                    })));
        }
        inside.await();
        AtomicBoolean ran = new AtomicBoolean();
        SynclineException failure = late(store, true, ran);
        assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("did not begin");
        release.countDown();
        for (Thread thread : busy) {
            thread.join();
        }
        // What comes later is run; the one before it was passed over.
        assertThat(store.<Boolean>write(_ -> true)).isTrue();
        assertThat(ran).isFalse();
    }

    /** A read waits for its turn no longer than its caller does, and later ones pass. */
    public static void assertLateReadsNeverBegin(MetadataStore store, int readers)
            throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(readers);
        CountDownLatch release = new CountDownLatch(1);
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            busy.add(
                    Thread.ofVirtual()
                            .start(() ->
                                    store.<Boolean>read(_ -> {
                                        inside.countDown();
                                        await(release);
                                        return true;
                                    })));
        }
        inside.await();
        AtomicBoolean ran = new AtomicBoolean();
        assertThat(late(store, false, ran).code().retryable()).isTrue();
        release.countDown();
        for (Thread thread : busy) {
            thread.join();
        }
        assertThat(ran).isFalse();
        assertThat(store.<Boolean>read(_ -> true)).isTrue();
    }

    /** A read that has begun ends at its next look at the store. */
    public static void assertLateReadsEnd(MetadataStore store) {
        Deadline soon = Deadline.after(Duration.ofMillis(50));
        assertThatThrownBy(() ->
                        soon.call(() ->
                                store.read(read -> {
                                    while (!soon.isOver()) {
                                        Thread.onSpinWait();
                                    }
                                    return read.settings().find("nothing");
                                })))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(store.<Boolean>read(read -> read.settings().find("nothing").isEmpty())).isTrue();
    }
}
