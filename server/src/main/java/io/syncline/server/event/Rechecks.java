package io.syncline.server.event;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the rights of sockets looked at again, many in one read of the store, and never on the thread
 * that keeps sockets alive: a store that doesn't answer must not cost a connection. Thread-safe.
 */
final class Rechecks {
    /** Sockets looked at in one read of the store. */
    static final int SLICE = 100;

    private static final Logger log = LoggerFactory.getLogger(Rechecks.class);

    private final Runnable first;
    private final Consumer<List<Watcher>> look;
    private final Executor executor;
    private final AtomicBoolean running = new AtomicBoolean();

    /**
     * @param first what is looked at before each round
     * @param look looks at up to {@link #SLICE} of them
     * @param executor what it looks on
     */
    Rechecks(Runnable first, Consumer<List<Watcher>> look, Executor executor) {
        this.first = first;
        this.look = look;
        this.executor = executor;
    }

    /** Begins a round with these, unless it isn't done with the last one. Returns at once. */
    void begin(List<Watcher> due) {
        if (running.getAndSet(true)) {
            return;
        }
        try {
            executor.execute(() -> run(due));
        } catch (RejectedExecutionException e) {
            running.set(false);
            log.atDebug().setCause(e).log("closed while rights were due");
        }
    }

    private void run(List<Watcher> due) {
        try {
            first.run();
            inSlices(due, look);
        } catch (RuntimeException e) {
            // What is still due is so at the next tick, too.
            log.atWarn().setCause(e).log("cannot look at rights again");
        } finally {
            running.set(false);
        }
    }

    /** Looks at these now, a slice after another. */
    static void inSlices(List<Watcher> due, Consumer<List<Watcher>> look) {
        // Those of one account share what is looked up.
        List<Watcher> ordered =
                due.stream()
                        .sorted(Comparator.comparing(watcher -> watcher.caller().account().value()))
                        .toList();
        for (int from = 0; from < ordered.size(); from += SLICE) {
            look.accept(ordered.subList(from, Math.min(ordered.size(), from + SLICE)));
        }
    }
}
