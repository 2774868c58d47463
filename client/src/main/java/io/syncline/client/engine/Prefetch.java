package io.syncline.client.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.api.TreeApi.ChangesOutcome;
import io.syncline.core.wire.ChangesRequest;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the page that will be wanted next while the one before is taken in (R50). One page ahead
 * at most; one that isn't wanted after all, or whose request failed, is forgotten. Thread-safe.
 */
final class Prefetch implements Function<ChangesRequest, ChangesOutcome>, AutoCloseable {
    private final Function<ChangesRequest, ChangesOutcome> source;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable Ahead ahead;

    @GuardedBy("lock")
    private boolean closed;

    private record Ahead(ChangesRequest request, FutureTask<ChangesOutcome> page, Thread thread) {}

    Prefetch(Function<ChangesRequest, ChangesOutcome> source) {
        this.source = source;
    }

    @Override
    public ChangesOutcome apply(ChangesRequest request) {
        ChangesOutcome outcome = fetched(request).orElseGet(() -> source.apply(request));
        next(request, outcome).ifPresent(this::fetch);
        return outcome;
    }

    private static Optional<ChangesRequest> next(ChangesRequest request, ChangesOutcome outcome) {
        return outcome instanceof ChangesOutcome.Page(var page) && page.more()
                ? Optional.of(request.after(page))
                : Optional.empty();
    }

    private void fetch(ChangesRequest request) {
        var page = new FutureTask<>(() -> source.apply(request));
        Thread thread = Thread.ofVirtual().name("prefetch").unstarted(page);
        synchronized (lock) {
            if (!closed) {
                ahead = new Ahead(request, page, thread);
                thread.start();
            }
        }
    }

    /**
     * What was fetched ahead for this request. Only a page that isn't the last: the last one would
     * be as old as its fetching, and might miss what a hint has told of since.
     */
    private Optional<ChangesOutcome> fetched(ChangesRequest request) {
        Ahead taken;
        synchronized (lock) {
            taken = ahead;
            ahead = null;
        }
        if (taken == null) {
            return Optional.empty();
        }
        if (!taken.request().equals(request)) {
            taken.thread().interrupt();
            return Optional.empty();
        }
        try {
            return Optional.of(taken.page().get())
                    .filter(outcome -> next(request, outcome).isPresent());
        } catch (ExecutionException _) {
            // Asked again by the caller, it fails for a reason that the caller sees.
            return Optional.empty();
        } catch (InterruptedException _) {
            taken.thread().interrupt();
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Forgets what is fetched ahead, and fetches nothing more. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            if (ahead != null) {
                ahead.thread().interrupt();
                ahead = null;
            }
        }
    }
}
