package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.api.TreeApi.ChangesOutcome;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PrefetchTest {
    private static final long HEAD = 30;

    private final BlockingQueue<ChangesRequest> asked = new LinkedBlockingQueue<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final Prefetch prefetch = new Prefetch(this::ask);

    /** A feed of pages of ten. */
    private ChangesOutcome ask(ChangesRequest request) {
        asked.add(request);
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "lost");
        }
        long to = request.since() + request.limit();
        Proof proof =
                new Proof(
                        new Cursor(new Epoch("e".repeat(32)), HEAD),
                        TreeDigest.EMPTY,
                        "0".repeat(32));
        return new ChangesOutcome.Page(
                new ChangesPage(
                        proof, request.since(), to, to < HEAD, 0, Optional.empty(), List.of()));
    }

    private static ChangesPage page(ChangesOutcome outcome) {
        return ((ChangesOutcome.Page) outcome).page();
    }

    private ChangesRequest nextAsked() throws InterruptedException {
        ChangesRequest next = asked.poll(10, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    @Test
    @DisplayName("R50 the next page is fetched while the one before is taken in")
    void theNextPageIsFetchedAhead() throws Exception {
        ChangesRequest first = ChangesRequest.first(10);
        ChangesPage one = page(prefetch.apply(first));
        assertThat(nextAsked()).isEqualTo(first);
        ChangesRequest second = first.after(one);
        assertThat(nextAsked()).isEqualTo(second);

        ChangesPage two = page(prefetch.apply(second));
        assertThat(two.from()).isEqualTo(10);
        ChangesRequest third = second.after(two);
        // It wasn't asked for again, and the last one is ahead already.
        assertThat(nextAsked()).isEqualTo(third);
        // But the last page is asked for when it is wanted: only then nothing can be newer.
        assertThat(page(prefetch.apply(third)).more()).isFalse();
        assertThat(nextAsked()).isEqualTo(third);
        assertThat(asked).isEmpty();
    }

    @Test
    void whatIsNotWantedIsForgotten() throws Exception {
        ChangesRequest first = ChangesRequest.first(10);
        ChangesPage one = page(prefetch.apply(first));
        assertThat(nextAsked()).isEqualTo(first);
        assertThat(nextAsked()).isEqualTo(first.after(one));

        assertThat(page(prefetch.apply(first)).from()).isZero();
        assertThat(nextAsked()).isEqualTo(first);
    }

    @Test
    void aFailureAheadIsAskedForAgain() throws Exception {
        ChangesRequest first = ChangesRequest.first(10);
        failures.set(1);
        assertThatThrownBy(() -> prefetch.apply(first)).hasMessageContaining("lost");
        assertThat(nextAsked()).isEqualTo(first);
        ChangesPage one = page(prefetch.apply(first));
        assertThat(nextAsked()).isEqualTo(first);
        assertThat(nextAsked()).isEqualTo(first.after(one));
        failures.set(1);
        ChangesRequest second = first.after(one);
        ChangesPage two = page(prefetch.apply(second));
        assertThat(two.from()).isEqualTo(10);
    }

    @Test
    void nothingIsFetchedAfterTheEnd() throws Exception {
        prefetch.close();
        ChangesRequest first = ChangesRequest.first(10);
        assertThat(page(prefetch.apply(first)).more()).isTrue();
        assertThat(nextAsked()).isEqualTo(first);
        assertThat(asked).isEmpty();
    }
}
