package io.syncline.client.engine;

import io.syncline.client.state.Intent;
import io.syncline.client.state.StateStore;
import java.util.List;
import java.util.Optional;

/**
 * Clears up what was cut off: intents of which nobody knows whether they were carried out (R6, R8,
 * R12), and temporaries that nothing needs. Until that is done nothing else is. It is done at the
 * start, after a change of the disk that failed halfway, and when the folder falls quiet after
 * something that may have left a temporary.
 */
final class Recovery {
    private static final String RETRY = "recover";

    private final Work work;
    private final DiskResults results;
    private boolean underway;

    /** Why it couldn't be done; it is tried again. */
    private Optional<String> failure = Optional.empty();

    /** Downloads, or looking at what names a disk can hold, may have left a temporary. */
    private boolean untidy;

    Recovery(Work work, DiskResults results) {
        this.work = work;
        this.results = results;
    }

    boolean isUnderway() {
        return underway;
    }

    /** Why it couldn't be done yet. */
    Optional<String> failure() {
        return failure;
    }

    /** When to try again; {@code Long.MAX_VALUE}: not before an answer. */
    long nextMillis() {
        return failure.isPresent() ? work.retries.nextMillis(work.now) : Long.MAX_VALUE;
    }

    void begin() {
        underway = true;
        failure = Optional.empty();
        work.out.add(new Effect.Recover(work.state.store().intents()));
    }

    /** Tries again what failed, once it is time. */
    void again() {
        if (failure.isPresent() && !work.retries.waits(RETRY, work.now)) {
            begin();
        }
    }

    void failed(String why) {
        failure = Optional.of(why);
        work.retries.failed(RETRY, work.now, 1_000);
    }

    /** A change of the disk failed halfway: what became of it is found out as after a crash. */
    void afterCarryingFailed(String why) {
        underway = true;
        failed(why);
    }

    /** Something may have left a temporary. */
    void untidy() {
        untidy = true;
    }

    /** Nothing is under way, so of the temporaries only those may be there that a start keeps. */
    void tidy() {
        if (untidy) {
            untidy = false;
            begin();
        }
    }

    /** What the disk shows of the intents. */
    void done(List<Event.Recovered.Trace> traces) {
        underway = false;
        work.retries.succeeded(RETRY);
        StateStore store = work.state.store();
        for (Event.Recovered.Trace trace : traces) {
            for (Intent intent : store.intents()) {
                if (intent.id() == trace.intent()) {
                    store.removeIntent(intent.id());
                    if (trace.happened()) {
                        happened(intent);
                    }
                }
            }
        }
    }

    /** The state knows nothing of it yet. */
    private void happened(Intent intent) {
        switch (Intention.of(intent)) {
            case Intention.SetAside aside -> results.setAsideBeforeTheCrash(intent.node(), aside);
            case Intention.Move move -> results.movedBeforeTheCrash(intent.node(), move);
            case Intention.Replace replace ->
                    results.replacedBeforeTheCrash(intent.node(), replace);
        }
    }
}
