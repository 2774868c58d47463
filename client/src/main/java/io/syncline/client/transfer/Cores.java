package io.syncline.client.transfer;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;

/**
 * The threads on which files are read, cut and hashed.
 *
 * @param count how many files are read at once, from 1
 * @param pools makes an executor for one transfer, which closes it
 */
public record Cores(int count, Supplier<ExecutorService> pools) {
    /** All that the machine has; the blocks of one large file are hashed by all of them. */
    public static Cores all() {
        int count = Runtime.getRuntime().availableProcessors();
        return new Cores(count, () -> new ForkJoinPool(count));
    }
}
