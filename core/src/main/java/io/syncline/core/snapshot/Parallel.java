package io.syncline.core.snapshot;

import java.util.List;

/** Runs independent tasks, however many at once, and returns when all are done. */
@FunctionalInterface
public interface Parallel {
    /** One after another on the caller's thread. */
    Parallel SEQUENTIAL = tasks -> tasks.forEach(Runnable::run);

    /** Runs all; what one throws is thrown once none runs any more. */
    void run(List<Runnable> tasks);
}
